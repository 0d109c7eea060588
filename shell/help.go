package shell

import (
	"fmt"
	"strings"
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

// runHelp prints zkCli's list and, apart from it, what else there is. For a
// script in dialect 3.4 it is zkCli's list alone, on its stream.
func runHelp(c *Call) error {
	if c.sh.cfg.Strict {
		c.put(Item{Kind: Stderr, Text: zkHelp(c.dialect)})
		return nil
	}
	if len(c.args) > 0 {
		return c.helpOn(c.args[0])
	}
	c.out(zkHelp(c.dialect))
	for _, part := range []struct {
		group int
		title string
	}{{groupOtherVersion, "from other versions of zkCli:"}, {groupZoosh, "zoosh's own:"}} {
		title := part.title
		for _, cmd := range Commands(c.dialect) {
			if cmd.group(c.dialect) != part.group {
				continue
			}
			if title != "" {
				c.outln("%s", title)
				title = ""
			}
			c.outln("\t%-30s %s", cmd.shortUsage(c.dialect), cmd.Summary)
		}
	}
	if c.sh.cfg.Typed {
		c.out(topicsHelp())
	}
	return nil
}

// longestUsage is how long a usage line may be beside a summary.
const longestUsage = 40

// shortUsage is the usage line, or if that is too long for the list the name.
func (c *Command) shortUsage(d Dialect) string {
	if usage := c.usage(d); len(usage) <= longestUsage {
		return usage
	}
	return c.Name + " ..."
}

// helpOn tells about one command: its usage, what it does, its options, and an
// example. Where there is no such command it is a page of the manual that is asked for.
func (c *Call) helpOn(name string) error {
	cmd := c.sh.lookup(c.dialect, name)
	switch {
	case cmd != nil:
	case c.helpOnTopic(name):
		return nil
	case c.sh.cfg.Typed:
		return noSuchHelp(c.dialect, name)
	default:
		return notFound(c.dialect, name)
	}
	details := ""
	if cmd.Details != nil {
		details = cmd.Details()
	}
	c.out(cmd.usage(c.dialect) + "\n" + cmd.Summary + "\n" + details + describeOptions(cmd.Options) + cmd.help())
	return nil
}

// help is the end of help on a command: JSON's names, and an example.
func (c *Command) help() string {
	var b strings.Builder
	if c.hasJSON() {
		b.WriteString("-o json prints JSON, an object a line\n")
	}
	if c.Example != "" {
		b.WriteString("example:\n  " + strings.ReplaceAll(c.Example, "\n", "\n  ") + "\n")
	}
	return b.String()
}

// UsageOf is the usage line of a command in dialect d, and what the command does.
func UsageOf(d Dialect, name string) (usage, summary string, ok bool) {
	cmd := Lookup(d, name)
	if cmd == nil {
		return "", "", false
	}
	return cmd.usage(d), cmd.Summary, true
}
