package shell

import (
	"slices"

	"zoosh/internal/session"
)

// Effect says what a command does to what a server keeps, or to the server.
type Effect int

// The effects. A row of the table that does not say is taken to write.
const (
	Unsaid Effect = iota
	Reads         // leaves it as it is, if it asks a server at all
	Writes        // changes it, unless option -dry-run is there
)

// dryRunOption has a command say what it would do.
var dryRunOption = Option{Name: "dry-run", Desc: "say what would be done, and do nothing", Own: true}

// mayRun refuses a command that writes where nothing is to be written. The
// session refuses the requests, too, should a command be wrong about itself.
func (c *Call) mayRun() error {
	reads := c.cmd.Effect == Reads || c.has(dryRunOption.Name) || c.cmd.ReadsAlone && len(c.args) == 0
	if why := c.sh.onlyReads(); why != "" && !reads {
		return failf("%s writes, and %s", c.cmd.Name, why)
	}
	return nil
}

// onlyReads is why the shell was told to write nothing where it is, "" if it was not.
func (sh *Shell) onlyReads() string {
	switch r := sh.Target(); {
	case sh.cfg.NoWrites:
		return onlyReads
	case r.NoWrites:
		return "the profile " + r.ProfileName + " only reads"
	}
	return ""
}

// onlyReads is why a zoosh writes nowhere.
const onlyReads = "this zoosh only reads (-readonly)"

// CannotWrite says why nothing can be written in the shell as it is, "" if something
// can be.
func (sh *Shell) CannotWrite() string {
	switch zk := sh.Session(); {
	case sh.onlyReads() != "":
		return sh.onlyReads()
	case sh.cfg.Past != nil && sh.ConnectString() == sh.cfg.Connect:
		return "this is what files say, which are only read"
	case zk != nil && zk.State() == session.ConnectedReadOnly:
		return "the server has no quorum: it only reads"
	}
	return ""
}

// takeFormat takes -o json or -o text out of the words of a command; zkCli has no such
// option anywhere.
func (c *Call) takeFormat() {
	if !c.formed {
		c.asJSON = c.sh.jsonOn()
	}
	for i := 1; i+1 < len(c.words) && c.words[i] != "--"; i++ {
		if format := c.words[i+1]; c.words[i] == "-o" && (format == "json" || format == "text") {
			c.words = slices.Delete(slices.Clone(c.words), i, i+2)
			c.asJSON, c.formed = format == "json", true
			return
		}
	}
}

// printsJSON counts a command that prints JSON, if it does, until the function that it
// returns is called.
func (sh *Shell) printsJSON(does bool) (ended func()) {
	n := 0
	if does {
		n = 1
	}
	add := func(n int) {
		sh.mu.Lock()
		defer sh.mu.Unlock()
		sh.jsonCalls += n
	}
	add(n)
	return func() { add(-n) }
}

// jsonOn tells whether commands print JSON.
func (sh *Shell) jsonOn() bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.json
}
