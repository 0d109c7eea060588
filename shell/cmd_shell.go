package shell

import (
	"iter"
	"strings"

	"zoosh/internal/fault"
)

// shellCommands are the commands about the shell itself.
var shellCommands = []Command{
	{
		Name: "history", Run: runHistory, Results: []Result{&historyLine{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothingButSays,
		Usage:   Usage{D34: ""},
		MaxArgs: NoArgs,
		Summary: "show the last eleven commands",
		Example: "ls /\nhistory",
	},
	{
		Name: "redo", Run: runRedo, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothingButSays,
		Usage:   Usage{D34: "cmdno"},
		Summary: "run a command of the history again",
		Args:    []ArgKind{ArgOther}, MaxArgs: 1,
		Example: "ls /\nredo 0",
	},
	{
		Name: "printwatches", Run: runPrintWatches, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothingButSays,
		Usage:   Usage{D34: "on|off"},
		Summary: "show watch events at the prompt, or not",
		Args:    []ArgKind{ArgOnOff}, MaxArgs: 1,
		Example: "printwatches off",
	},
	{
		Name: "quit", Run: runQuit, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing,
		Usage:   Usage{D34: ""},
		MaxArgs: NoArgs,
		Summary: "end the session and leave",
		Example: "quit",
	},
	{
		Name: "exit", Run: runQuit, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true,
		Usage:   always(""),
		MaxArgs: NoArgs,
		Summary: "the same as quit",
		Example: "exit",
	},
	{
		Name: "help", Run: runHelp, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true,
		Usage:   always("[command|topic]"),
		Summary: "list the commands, or tell about one, or show a page of the manual",
		Args:    []ArgKind{ArgHelp}, MaxArgs: 1,
		Example: "help ls\nhelp watches",
	},
	{
		Name: "output", Run: runOutput, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true,
		Usage:   always("[text|json]"),
		Summary: "show or change the form in which reading commands print what they find",
		Args:    []ArgKind{ArgFormat}, MaxArgs: 1,
		Example: "output json",
	},
	{
		Name: "dialect", Run: runDialect, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true,
		Usage:   always("[" + strings.Join(append(DialectNames()[1:], Auto.String()), "|") + "]"),
		Summary: "show or change whose output is printed",
		Args:    []ArgKind{ArgDialect}, MaxArgs: 1,
		Example: "dialect 3.9",
	},
}

// historyShown is how many commands before the running one history lists.
const historyShown = 10

func runHistory(c *Call) error {
	lines := c.sh.History()
	for i := max(0, len(lines)-1-historyShown); i < len(lines); i++ {
		if err := c.yield(&historyLine{i, lines[i]}); err != nil {
			return err
		}
	}
	return nil
}

// A historyLine is a line that was run, and its number.
type historyLine struct {
	Number int    `json:"number"`
	Line   string `json:"line"`
}

func (l *historyLine) text(w *textOut) { w.outln("%d - %s", l.Number, l.Line) }

func (l *historyLine) objects() iter.Seq[any] { return one(l) }

// History is the lines that were run, by their number in the prompt.
func (sh *Shell) History() []string {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return append([]string(nil), sh.history...)
}

// runRedo runs a line of the history, which takes the place of the redo in it.
// Like zkCli it succeeds whatever that line does.
func runRedo(c *Call) error {
	if len(c.args) == 0 {
		return nil
	}
	n, err := decodeInt32(c.args[0])
	if err != nil {
		return err
	}
	line, problem := c.sh.recall(int(n))
	switch {
	case problem == "":
		end := c.sh.execute(c.ctx, &Call{line: line})
		c.made, c.auth, c.named, c.doubt = end.Made, end.Auth, end.Named, end.Doubt
		if fault.Of(end.Err) != nil {
			return &failure{code: exitFailed}
		}
	case c.dialect.Before(D38):
		c.outln("%s", problem)
	default:
		return failf("%s", problem)
	}
	return nil
}

// recall finds line n and puts it in the place of the running line. If it cannot
// be run again, problem says why.
func (sh *Shell) recall(n int) (line, problem string) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	current := len(sh.history) - 1
	if n < 0 || n >= current {
		return "", "Command index out of range"
	}
	line = sh.history[n]
	if words := Split(line); len(words) > 0 && words[0] == "redo" {
		return "", "No redoing redos"
	}
	sh.history[current] = line
	return line, ""
}

func runPrintWatches(c *Call) error {
	c.sh.mu.Lock()
	on := c.sh.printWatches
	if len(c.args) > 0 {
		c.sh.printWatches = c.args[0] == "on"
	}
	c.sh.mu.Unlock()
	switch {
	case len(c.args) > 0:
	case on:
		c.outln("printwatches is on")
	default:
		c.outln("printwatches is off")
	}
	return nil
}

// runQuit leaves the exit code as the command before it set it.
func runQuit(c *Call) error {
	if c.dialect.Before(D38) {
		c.outln("Quitting...")
	}
	c.sh.mu.Lock()
	c.sh.quit = true
	code := c.sh.code
	c.sh.mu.Unlock()
	if err := c.sh.Close(); err != nil {
		return err
	}
	if code != exitOK {
		return &failure{code: code}
	}
	return nil
}

func runOutput(c *Call) error {
	switch {
	case len(c.args) == 0 && c.sh.jsonOn():
		c.outln("output is json")
	case len(c.args) == 0:
		c.outln("output is text")
	case len(c.args) > 1 || c.args[0] != "text" && c.args[0] != "json":
		return c.cmd.usageError(c.dialect)
	default:
		c.sh.mu.Lock()
		c.sh.json = c.args[0] == "json"
		c.sh.mu.Unlock()
	}
	return nil
}

func runDialect(c *Call) error {
	if len(c.args) == 0 {
		if c.sh.wished() == Auto {
			c.outln("dialect is %v (auto)", c.dialect)
		} else {
			c.outln("dialect is %v", c.dialect)
		}
		return nil
	}
	d, err := ParseDialect(c.args[0])
	if err != nil {
		return failf("%v", err)
	}
	c.sh.setDialect(d)
	return nil
}

// setDialect changes whose output is printed. Auto asks the server, unless it
// has told already.
func (sh *Shell) setDialect(d Dialect) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.dialect = d
	if sh.zk != nil {
		sh.startDetecting(sh.servers)
	}
}
