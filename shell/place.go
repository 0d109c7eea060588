package shell

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"zoosh/internal/session"
)

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

// FitPrompt is a prompt of the shell for a screen of so many columns, 0 if that is not
// known. Beyond a third of them it shows where it is by the profile's name, or by the
// member and how many others there are, if that is shorter.
func (sh *Shell) FitPrompt(prompt string, width int) string {
	if width <= 0 || utf8.RuneCountInString(prompt) <= width/3 {
		return prompt
	}
	place, brief := sh.promptPlace(), sh.briefPlace()
	if utf8.RuneCountInString(brief) >= utf8.RuneCountInString(place) {
		return prompt
	}
	return strings.Replace(prompt, promptHead+place, promptHead+brief, 1)
}

// promptHead is what every prompt begins with.
const promptHead = "[zk: "

// briefPlace is the place in a few characters.
func (sh *Shell) briefPlace() string {
	connect := sh.ConnectString()
	if profile := sh.Target().ProfileName; profile != "" {
		return profile
	}
	servers, chroot, err := session.ParseConnect(connect)
	if err != nil || len(servers) < 2 || sh.Place() != connect {
		return sh.promptPlace()
	}
	member := servers[0]
	if zk := sh.Session(); zk != nil && zk.Server() != "" {
		member = zk.Server()
	}
	return fmt.Sprintf("%s+%d%s", member, len(servers)-1, chroot)
}
