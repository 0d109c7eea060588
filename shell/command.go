package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"zoosh/internal/session"
)

// A Command is a row of the table of commands.
type Command struct {
	Name string
	// Usage is what zkCli of a dialect shows behind the name.
	Usage Usage
	// Own marks zoosh's own commands, which help lists apart.
	Own bool
	// FrontEnd marks commands that the front end does, if it can: see FrontEnd.
	FrontEnd bool
	// Until is the last dialect that has the command, if later ones lost it.
	Until Dialect
	// Summary is one line for help.
	Summary string
	// Effect says whether it changes what a server keeps: see Config.NoWrites.
	Effect Effect
	// Reaches says what it can reach, beyond its own server too: see Config.Grant.
	// Beyond is what a run of it does reach there, by its words.
	Reaches Reaches
	Beyond  func(*Call) []access
	// Creates: it creates znodes, where a parent may be missing.
	Creates bool
	// Results has one of each kind of result that it yields. No command has none: what it
	// finds, or has done, is printed as text or as JSON: see Config.JSON.
	Results []Result
	Options []Option
	// Exclusive: only one of the options may be given; OptionNeeded: one must be.
	Exclusive, OptionNeeded bool
	// ReadsAlone: without arguments it only reads, whatever Effect says.
	ReadsAlone bool
	// AsksMembers: it asks the members of the ensemble themselves, and prints the same
	// in every dialect.
	AsksMembers bool
	// Sessionless, if not nil, tells by the words of a line that the session has no part
	// in it: it works where that has expired.
	Sessionless func(words []string) bool
	// Raw: the words are for the command alone to read, options included.
	Raw bool
	// Beside: it does not go through the session, and can be run beside a command
	// that waits for it: see Shell.RunBeside.
	Beside bool
	// OneRequest: it is one request, whose sending needs no answer to another, unless one of
	// the options is given whose letters MoreWith has. Its lines in a script can be sent
	// before those in front of them are answered.
	OneRequest bool
	MoreWith   string
	// HoldsNext: what follows is sent once this is answered.
	HoldsNext bool
	// Example is lines that show the command at work, from an empty tree on; where
	// the command is one of zoosh's own about subtrees, from a znode /app on.
	Example string
	// Details, if not nil, is lines that help shows below the summary.
	Details func() string
	// DescribesOptions: zkCli 3.9 lists the options below the usage line.
	DescribesOptions bool
	// Args are the kinds of its arguments, for completion; the last one repeats.
	Args []ArgKind
	// ArgOf, if not nil, tells that kind by the arguments before.
	ArgOf func(before []string) ArgKind
	// MinArgs is how many arguments it needs.
	MinArgs int
	// MaxArgs is how many it looks at, options aside. MaxArgs34 is that in dialect
	// 3.4, where it is one more.
	MaxArgs, MaxArgs34 ArgLimit
	// LastFits, if not nil, tells whether a word can be the last one of those, of
	// MaxArgs34 where that is given. One that cannot be is one too many.
	LastFits func(word string) bool
	Needs    Needs
	// Run does it. What it finds it yields, and leaves it to a printer whether that is
	// shown as text or as JSON.
	Run func(*Call) error
}

// ArgLimit is how many arguments a command looks at. Each command states it.
type ArgLimit int

// The limits that are no numbers.
const (
	NoArgs  ArgLimit = -1
	AnyArgs ArgLimit = -2 // it reads its words, and refuses what is too much, by itself
)

// ArgKind says what an argument is, so that it can be completed.
type ArgKind int

// The kinds of arguments.
const (
	ArgOther ArgKind = iota
	ArgPath
	ArgData
	ArgACL
	ArgOnOff
	ArgScheme
	ArgDialect
	ArgHelp // a command, or a topic of the manual
	ArgSession
	ArgFile
	ArgTree // a path, or the file of an export
	ArgFormat
	ArgTxnOp
	ArgServerAct
	ArgServerSession
	ArgServerLine
)

// Needs says what a command needs to run.
type Needs int

// What a command can need.
const (
	NeedsSession Needs = iota // a session that is not closed
	NeedsNothing              // runs at any time
	// NeedsNothingButSays runs at any time, but like zkCli it then says so if
	// there is no session.
	NeedsNothingButSays
)

// table is all commands, by family: each family's file has its rows. It is filled
// in init because help, itself in the table, reads it.
var (
	table  []Command
	byName map[string]*Command
)

func init() {
	table = slices.Concat(readCommands, writeCommands, aclCommands, quotaCommands, watchesCommands,
		configCommands, sessionCommands, shellCommands, frontCommands,
		treeCommands, watchCommands, exportCommands, multiCommands, memberCommands, serverCommands, logCommands)
	byName = make(map[string]*Command, len(table))
	for i := range table {
		byName[table[i].Name] = &table[i]
	}
}

// Lookup finds the command of that name in dialect d: what zkCli of another
// version has works too, except where a later zkCli has dropped it.
func Lookup(d Dialect, name string) *Command {
	c := byName[name]
	if c == nil || c.Until != Auto && d > c.Until {
		return nil
	}
	return c
}

// Commands lists the commands of dialect d in the order of its zkCli's help,
// zoosh's own ones last.
func Commands(d Dialect) []*Command {
	var listed []*Command
	for i := range table {
		if c := &table[i]; Lookup(d, c.Name) != nil {
			listed = append(listed, c)
		}
	}
	slices.SortFunc(listed, func(a, b *Command) int {
		if a.group(d) != b.group(d) {
			return a.group(d) - b.group(d)
		}
		if i, j := slices.Index(helpOrder34, a.Name), slices.Index(helpOrder34, b.Name); d.Before(D38) && i >= 0 && j >= 0 {
			return i - j
		}
		return strings.Compare(a.Name, b.Name)
	})
	return listed
}

// The groups of help.
const (
	groupOwnVersion   = iota // what zkCli of the dialect has
	groupOtherVersion        // what another zkCli has
	groupZoosh               // zoosh's own
)

func (c *Command) group(d Dialect) int {
	_, has := c.Usage.in(d)
	switch {
	case c.Own:
		return groupZoosh
	case has:
		return groupOwnVersion
	}
	return groupOtherVersion
}

// in34 tells whether zkCli 3.4 has the command, whose options come first.
func (c *Command) in34() bool {
	_, has := c.Usage.in(D34)
	return has && !c.Own
}

// usage is the usage line in dialect d; where d's zkCli lacks the command, that
// of the version that has it.
func (c *Command) usage(d Dialect) string { return strings.TrimRight(c.rawUsage(d), " ") }

// rawUsage is usage as zkCli prints it: with a blank behind a name that nothing
// follows.
func (c *Command) rawUsage(d Dialect) string {
	args, ok := c.Usage.in(d)
	if !ok {
		args, _ = c.Usage.in(Newest())
	}
	return c.Name + " " + args
}

// usageError is what zkCli prints when arguments are missing.
func (c *Command) usageError(d Dialect) error {
	text := c.rawUsage(d)
	if d.Since(D39) && c.DescribesOptions {
		text += "\n" + describeOptions(c.zkCliOptions())
	}
	return failf("%s", text)
}

// zkCliOptions are the options that zkCli has, too.
func (c *Command) zkCliOptions() []Option {
	return slices.DeleteFunc(slices.Clone(c.Options), func(o Option) bool { return o.Own })
}

// describeOptions lists options, a line each, as Commons CLI lays them out.
func describeOptions(options []Option) string {
	width := 0
	for _, o := range options {
		width = max(width, len(o.column()))
	}
	var b strings.Builder
	for _, o := range options {
		fmt.Fprintf(&b, " %-*s   %s\n", width, o.column(), o.Desc)
	}
	return b.String()
}

func (o Option) column() string {
	if o.Arg != "" {
		return "-" + o.Name + " <arg>"
	}
	return "-" + o.Name
}

// parse fills in the options and arguments of the call, and refuses it if too
// few are there.
func (c *Call) parse() error {
	if err := c.parseOptions(); err != nil && c.sh.cfg.Typed {
		return failf("%v; usage: %s", err, c.cmd.usage(c.dialect))
	} else if err != nil {
		return err
	}
	if c.cmd.OptionNeeded && len(c.opts) == 0 && c.dialect.Since(D38) {
		return c.cmd.missingOption()
	}
	if len(c.args) < c.cmd.MinArgs {
		return c.cmd.usageError(c.dialect)
	}
	return c.refuseExcess()
}

// parseOptions tells options from arguments by the rules of the dialect.
func (c *Call) parseOptions() (err error) {
	switch {
	case c.cmd.Raw, c.cmd.Needs != NeedsSession && len(c.cmd.Options) == 0: // zkCli takes the words of these as they are
		c.args = c.words[1:]
	case c.cmd.in34() && c.dialect.Before(D38):
		c.opts, c.args, err = parseLeadingOptions(c.cmd.Options, c.words[1:])
	default:
		p := optionParser{known: c.cmd.Options, opts: options{}, exclusive: c.cmd.Exclusive}
		c.opts, c.args, err = p.parse(c.words[1:])
	}
	return err
}

// missingOption is Commons CLI's error for a command without any of its options.
func (c *Command) missingOption() error {
	var names []string
	for _, o := range c.Options {
		names = append(names, "-"+o.Name+" "+o.Desc)
	}
	return failf("Missing required option: [%s]", strings.Join(names, ", "))
}

// A Call is one run of a command.
type Call struct {
	ctx     context.Context
	sh      *Shell
	cmd     *Command
	dialect Dialect
	line    string   // as typed; what a watch is said to be armed by
	words   []string // the command's name first
	opts    options
	args    []string
	asJSON  bool // JSON is wanted
	formed  bool // asJSON is set, for the line is part of another
	beside  bool // another command of the shell is under way
	zk      *session.Session
	made    *Made
	auth    bool
	named   *Named
	began   time.Time
	done    *session.Tally // what its requests have changed
	toMake  func() int     // how many changes it is to make, nil if that is not known
	doubt   string         // of the line that it ran
	sink    func(Item)     // takes what it puts out, if it is not nil
	warns   func(string)   // in place of Config.Warn, if it is not nil

	progressAt    time.Time // when it was told last, or began
	progressShown bool
}

func (c *Call) has(option string) bool { _, ok := c.opts[option]; return ok }

// put puts out an item of the call.
func (c *Call) put(it Item) {
	it.Beside = c.beside
	if c.sink != nil {
		it.Shell = c.sh.cfg.Name
		c.sink(it)
		return
	}
	c.sh.put(it)
}

// out puts out what zkCli writes to standard output. Where JSON is wanted it has no
// place there, and is a message.
func (c *Call) out(text string) {
	kind := Stdout
	if c.asJSON {
		kind = Stderr
	}
	c.put(Item{Kind: kind, Text: text})
}

// data puts out objects of JSON, or what is data in any form.
func (c *Call) data(text string) { c.put(Item{Kind: Stdout, Text: text}) }

func (c *Call) outln(format string, args ...any) { c.out(fmt.Sprintf(format, args...) + "\n") }

// note says what is good to know and no error; Config.Quiet keeps it back.
func (c *Call) note(format string, args ...any) {
	if !c.sh.cfg.Quiet {
		c.errln(format, args...)
	}
}

func (c *Call) errln(format string, args ...any) {
	c.put(Item{Kind: Stderr, Text: fmt.Sprintf(format, args...) + "\n"})
}

// arm is the watch to ask for, or none.
func (c *Call) arm(watch bool) *session.Arm {
	if !watch {
		return nil
	}
	return &session.Arm{Label: c.line}
}

// version is the expected version that option -v, or in 3.4 the argument at
// position i, asks for; any version if neither is there.
func (c *Call) version(i int) (int32, error) {
	text, ok := c.opts["v"]
	if !ok && c.dialect.Before(D38) && i < len(c.args) {
		text, ok = c.args[i], true
	}
	if !ok {
		return anyVersion, nil
	}
	return parseInt32(text)
}
