package shell

import "zoosh/internal/session"

// Place is what the server is called that the shell was connected to last: its connect
// string, unless people know it by another name.
func (sh *Shell) Place() string { return sh.cfg.PlaceOf(sh.ConnectString()) }

// PlaceOf is what the server of a connect string is called.
func (cfg *Config) PlaceOf(connect string) string {
	if cfg.Place != "" && connect == cfg.Connect {
		return cfg.Place
	}
	return connect
}

// placeOf is what a member of the shell's ensemble is called.
func (c *Call) placeOf(m session.Member) string {
	if c.sh.Place() != c.sh.ConnectString() { // it is alone
		return c.sh.Place()
	}
	return m.String()
}

// maxPromptPlace is how much of a place, in characters, a prompt has room for. Only
// those that are no connect string are shortened: zkCli shows these whole.
const maxPromptPlace = 30

// promptPlace is the place as the prompt has it: of a path the end says most.
func (sh *Shell) promptPlace() string {
	place := sh.Place()
	if place == sh.ConnectString() {
		return place
	}
	if runes := []rune(place); len(runes) > maxPromptPlace {
		return leftOut + string(runes[len(runes)-maxPromptPlace+len(leftOut):])
	}
	return place
}

// leftOut stands for the beginning of a place.
const leftOut = "..."
