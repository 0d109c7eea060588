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
		Name: "redo", Run: runRedo, Results: []Result{&redone{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothingButSays,
		Usage:   Usage{D34: "cmdno"},
		Summary: "run a command of the history again",
		Args:    []ArgKind{ArgOther}, MaxArgs: 1,
		Example: "ls /\nredo 0",
	},
	{
		Name: "printwatches", Run: runPrintWatches, Results: []Result{&watchesPrinted{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothingButSays,
		Usage:   Usage{D34: "on|off"},
		Summary: "show watch events at the prompt, or not",
		Args:    []ArgKind{ArgOnOff}, MaxArgs: 1,
		Example: "printwatches off",
	},
	{
		Name: "quit", Run: runQuit, Results: []Result{&sessionLeft{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing,
		Usage:   Usage{D34: ""},
		MaxArgs: NoArgs,
		Summary: "end the session and leave",
		Example: "quit",
	},
	{
		Name: "exit", Run: runQuit, Results: []Result{&sessionLeft{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true,
		Usage:   always(""),
		MaxArgs: NoArgs,
		Summary: "the same as quit",
		Example: "exit",
	},
	{
		Name: "help", Run: runHelp, Results: []Result{&commandList{}, &commandHelp{}, &manualPage{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true,
		Usage:   always("[command|topic]"),
		Summary: "list the commands, or tell about one, or show a page of the manual",
		Args:    []ArgKind{ArgHelp}, MaxArgs: 1,
		Example: "help ls\nhelp watches",
	},
	{
		Name: "output", Run: runOutput, Results: []Result{&outputForm{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true,
		Usage:   always("[text|json]"),
		Summary: "show or change the form in which commands print what they find and have done",
		Args:    []ArgKind{ArgFormat}, MaxArgs: 1,
		Example: "output json",
	},
	{
		Name: "dialect", Run: runDialect, Results: []Result{&dialectSpoken{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true,
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
		if err := c.yield(&redone{c.act(""), historyLine{int(n), line}}); err != nil {
			return err
		}
		end := c.sh.execute(c.ctx, &Call{line: line, asJSON: c.asJSON, formed: c.formed})
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

// A redone is the line that is run again, whose results follow.
type redone struct {
	act
	historyLine
}

func (*redone) text(*textOut) {}

func (r *redone) objects() iter.Seq[any] { return one(r) }

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
	if len(c.args) > 0 {
		c.sh.printWatches = c.args[0] == "on"
	}
	now := c.sh.printWatches
	c.sh.mu.Unlock()
	return c.yield(&watchesPrinted{c.act(""), now, len(c.args) == 0})
}

// watchesPrinted is whether watch events are shown. Text has it only where it was asked.
type watchesPrinted struct {
	act
	On    bool `json:"on"`
	asked bool
}

func (p *watchesPrinted) text(w *textOut) {
	state := "off"
	if p.On {
		state = "on"
	}
	if p.asked {
		w.outln("printwatches is %s", state)
	}
}

func (p *watchesPrinted) objects() iter.Seq[any] { return one(p) }

// runQuit leaves the exit code as the command before it set it.
func runQuit(c *Call) error {
	if err := c.yield(&sessionLeft{act: c.act(""), Session: c.sessionID()}); err != nil {
		return err
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
	asks := len(c.args) == 0
	if !asks {
		if len(c.args) > 1 || c.args[0] != "text" && c.args[0] != "json" {
			return c.cmd.usageError(c.dialect)
		}
		c.sh.mu.Lock()
		c.sh.json = c.args[0] == "json"
		c.sh.mu.Unlock()
	}
	form := "text"
	if c.sh.jsonOn() {
		form = "json"
	}
	return c.yield(&outputForm{c.act(""), form, asks})
}

// An outputForm is the form of what is printed from here on. Text has it only where it
// was asked.
type outputForm struct {
	act
	Output string `json:"output"`
	asked  bool
}

func (f *outputForm) text(w *textOut) {
	if f.asked {
		w.outln("output is %s", f.Output)
	}
}

func (f *outputForm) objects() iter.Seq[any] { return one(f) }

func runDialect(c *Call) error {
	if len(c.args) == 0 {
		return c.yield(&dialectSpoken{c.act(""), c.dialect.String(), c.sh.wished() == Auto, true})
	}
	d, err := ParseDialect(c.args[0])
	if err != nil {
		return failf("%v", err)
	}
	c.sh.setDialect(d)
	return c.yield(&dialectSpoken{act: c.act(""), Dialect: d.String(), Auto: d == Auto})
}

// A dialectSpoken is the dialect of what is printed, which the server may have told. Text
// has it only where it was asked.
type dialectSpoken struct {
	act
	Dialect string `json:"dialect"`
	Auto    bool   `json:"auto"`
	asked   bool
}

func (d *dialectSpoken) text(w *textOut) {
	switch {
	case d.asked && d.Auto:
		w.outln("dialect is %s (auto)", d.Dialect)
	case d.asked:
		w.outln("dialect is %s", d.Dialect)
	}
}

func (d *dialectSpoken) objects() iter.Seq[any] { return one(d) }

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
