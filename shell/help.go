package shell

import (
	"fmt"
	"iter"
	"strings"

	"zoosh/internal/manual"
)

// zkHelp is the list that zkCli of dialect d prints for a command it does not
// know, to the letter.
func zkHelp(d Dialect) string {
	var b strings.Builder
	if d.Before(D38) {
		b.WriteString("ZooKeeper -server host:port cmd args\n")
	} else {
		b.WriteString("ZooKeeper -server host:port -client-configuration properties-file cmd args\n")
	}
	for _, c := range Commands(d) {
		if c.group(d) == groupOwnVersion {
			fmt.Fprintf(&b, "\t%s\n", c.rawUsage(d))
		}
	}
	return b.String()
}

// runHelp lists the commands, or tells about one, or shows a page of the manual.
func runHelp(c *Call) error {
	if len(c.args) > 0 && !c.sh.cfg.Strict {
		return c.helpOn(c.args[0])
	}
	list := &commandList{strict: c.sh.cfg.Strict, topics: c.sh.cfg.Typed}
	for _, cmd := range Commands(c.dialect) {
		list.commands = append(list.commands, cmd.helpIn(c.dialect))
	}
	return c.yield(list)
}

// A commandList is all commands there are.
type commandList struct {
	commands []*commandHelp
	topics   bool // those of the manual, too: for who types
	strict   bool // a script has zkCli's list alone, on its stream
}

// text is zkCli's list and, apart from it, what else there is.
func (l *commandList) text(w *textOut) {
	if l.strict {
		w.errOut(zkHelp(w.dialect))
		return
	}
	w.out(zkHelp(w.dialect))
	last := groupOwnVersion
	for _, h := range l.commands {
		if h.group == groupOwnVersion {
			continue
		}
		if h.group != last {
			w.outln("%s", [...]string{groupOtherVersion: "from other versions of zkCli:", groupZoosh: "zoosh's own:"}[h.group])
			last = h.group
		}
		w.outln("\t%-30s %s", h.shortUsage(), h.Summary)
	}
	if l.topics {
		w.out(topicsHelp())
	}
}

func (l *commandList) objects() iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, h := range l.commands {
			short := commandHelp{Name: h.Name, Usage: h.Usage, Summary: h.Summary}
			if !yield(&short) {
				return
			}
		}
		if !l.topics {
			return
		}
		for _, t := range manual.Topics() {
			if !yield(&manualPage{Topic: t.Name, Summary: t.Summary}) {
				return
			}
		}
	}
}

// A commandHelp is what help tells about a command.
type commandHelp struct {
	Name    string       `json:"name"`
	Usage   string       `json:"usage"`
	Summary string       `json:"summary"`
	Details string       `json:"details,omitempty"`
	Options []optionHelp `json:"options,omitempty"`
	Example string       `json:"example,omitempty"`
	group   int
	options []Option
}

// An optionHelp is an option of a command: its name, what its argument is, if it takes
// one, and what it does.
type optionHelp struct {
	Name string `json:"name"`
	Arg  string `json:"arg,omitempty"`
	Text string `json:"text"`
}

// helpIn is the help on a command in dialect d.
func (c *Command) helpIn(d Dialect) *commandHelp {
	h := &commandHelp{Name: c.Name, Usage: c.usage(d), Summary: c.Summary, Example: c.Example, group: c.group(d), options: c.Options}
	if c.Details != nil {
		h.Details = c.Details()
	}
	for _, o := range c.Options {
		h.Options = append(h.Options, optionHelp{o.Name, o.Arg, o.Desc})
	}
	return h
}

func (h *commandHelp) text(w *textOut) {
	w.out(h.Usage + "\n" + h.Summary + "\n" + h.Details + describeOptions(h.options) + "-o json prints JSON, an object a line\n")
	if h.Example != "" {
		w.out("example:\n  " + strings.ReplaceAll(h.Example, "\n", "\n  ") + "\n")
	}
}

func (h *commandHelp) objects() iter.Seq[any] { return one(h) }

// longestUsage is how long a usage line may be beside a summary.
const longestUsage = 40

// shortUsage is the usage line, or if that is too long for the list the name.
func (h *commandHelp) shortUsage() string {
	if len(h.Usage) <= longestUsage {
		return h.Usage
	}
	return h.Name + " ..."
}

// helpOn tells about one command: its usage, what it does, its options, and an
// example. Where there is no such command it is a page of the manual that is asked for.
func (c *Call) helpOn(name string) error {
	if cmd := c.sh.lookup(c.dialect, name); cmd != nil {
		return c.yield(cmd.helpIn(c.dialect))
	}
	page, ok := manual.Page(name)
	switch {
	case ok:
		return c.yield(&manualPage{Topic: name, Text: page, columns: c.sh.columns()})
	case c.sh.cfg.Typed:
		return noSuchHelp(c.dialect, name)
	}
	return notFound(c.dialect, name)
}

// UsageOf is the usage line of a command in dialect d, and what the command does.
func UsageOf(d Dialect, name string) (usage, summary string, ok bool) {
	cmd := Lookup(d, name)
	if cmd == nil {
		return "", "", false
	}
	return cmd.usage(d), cmd.Summary, true
}
