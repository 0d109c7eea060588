// Command zoosh is a ZooKeeper shell for the terminal: zkCli's commands, with an
// embedded ZooKeeper to try them on, and sessions that are kept as text and
// replayed as tests.
//
// This package reads the command line and decides which front end it asks for.
// Each front end consumes a shell.Stream; none has a command of its own.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"

	"github.com/charmbracelet/x/term"

	"zoosh/shell"
	"zoosh/shell/transcript"
	"zoosh/shell/workspace"
)

// The exit codes of zoosh itself; those of commands are zkCli 3.9's.
const (
	codeOK     = 0
	codeFailed = 1
	codeUsage  = 2
)

func main() {
	os.Exit(run(os.Args[1:], stdio{in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: isTerminal}))
}

// stdio is where a front end reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
	terminal func(stream any) bool // tells whether one of them is a terminal
	// inspect, if not nil, is shown the flags of a call in place of the call.
	inspect func(*flagSet)
	// hasty runs no command for a credential: somebody waits, and is not to be asked.
	hasty bool
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(file.Fd())
}

// interactive tells whether somebody sits at both ends.
func (std stdio) interactive() bool { return std.terminal(std.in) && std.terminal(std.out) }

// dumb is a terminal that can only print lines.
func dumb() bool { return os.Getenv("TERM") == "dumb" }

// safeFor makes text fit for w: what goes to a terminal holds no control
// characters, what goes anywhere else is kept to the byte.
func (std stdio) safeFor(w io.Writer) func(string) string {
	if std.terminal(w) {
		return shell.Printable
	}
	return func(text string) string { return text }
}

// complain says what went wrong. There may be names of files in it, and what stands in
// them.
func complain(out io.Writer, who string, err error) {
	fmt.Fprintln(out, who, shell.Printable(err.Error()))
}

// A subcommand is a word that, standing first, is no ZooKeeper command.
type subcommand struct {
	name, args string
	summary    string // "" keeps it out of what people read
	takes      takes
	run        func(args []string, std stdio) int
}

// takes is what the arguments of a subcommand are.
type takes int

const (
	takesNothing takes = iota
	takesFile
	takesFiles
	takesLesson
	takesShell
	takesTopic
	takesDirCommand // a directory or a file, then a ZooKeeper command
)

var subcommands []subcommand

func init() { // complete and man read the table
	subcommands = []subcommand{
		{"play", "[NAME | FILE.md]", "a walkthrough: zoosh plays the roles", takesLesson, runPlay},
		{"record", "FILE.md", "a shell whose sessions are written down as a transcript", takesFile, runRecord},
		{"serve", "", "the embedded server alone", takesNothing, runServe},
		{"open", "DIR [COMMAND [ARG...]]", "look into a ZooKeeper's data directory, now or as it was", takesDirCommand, runOpen},
		{"test", "FILE.md...", "replay transcripts and show what differs", takesFiles, runTest},
		{"profiles", "", "list the profiles", takesNothing, runProfiles},
		{"completion", "bash | zsh | fish", "print what makes a shell complete zoosh's words", takesShell, runCompletion},
		{"complete", "SHELL WORD...", "", takesNothing, runComplete},
		{"man", "[TOPIC]", "print the manual page, or that of a topic", takesTopic, runMan},
	}
}

// findSubcommand is the subcommand of that name, nil if there is none.
func findSubcommand(name string) *subcommand {
	for i := range subcommands {
		if subcommands[i].name == name {
			return &subcommands[i]
		}
	}
	return nil
}

// flagsOf are the flags of a subcommand; of zoosh itself, if it is nil.
func flagsOf(sub *subcommand) (fs *flagSet) {
	std := stdio{out: io.Discard, err: io.Discard, terminal: func(any) bool { return false }, inspect: func(f *flagSet) { fs = f }}
	if sub == nil {
		parseFlags(nil, std)
	} else {
		sub.run(nil, std)
	}
	return fs
}

// run is main without the process around it: it returns the exit code.
func run(args []string, std stdio) int {
	opts, rest, code, ok := parseFlags(args, std)
	if !ok {
		return code
	}
	if opts.version {
		fmt.Fprintln(std.out, versionLine())
		return codeOK
	}
	if len(rest) > 0 {
		if sub := findSubcommand(rest[0]); sub != nil {
			return sub.run(slices.Concat(opts.given, rest[1:]), std)
		}
	}
	return runShell(opts, rest, nil, std)
}

// runShell is the front end that the call asks for: one command, or a shell for
// many, which is recorded if rec is not nil.
func runShell(opts *options, rest []string, rec *transcript.Recording, std stdio) int {
	ctx, stop := untilSignal(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	var code int
	var ok bool
	if opts.profile, code, ok = opts.flags.takeProfile(ctx, true); !ok {
		return code
	}
	if err := opts.security.load(std); err != nil {
		complain(std.err, "zoosh:", err)
		return codeFailed
	}
	at, err := opts.chooseServer(ctx, len(rest) == 0 && std.interactive(), std)
	if err != nil {
		complain(std.err, "zoosh:", err)
		return codeFailed
	}
	defer at.close(std.err)
	return runFrontEnd(ctx, at, opts, rest, rec, std)
}

// runFrontEnd is runShell on a target.
func runFrontEnd(ctx context.Context, at *target, opts *options, rest []string, rec *transcript.Recording, std stdio) int {
	interactive := len(rest) == 0 && std.interactive()
	cfg := at.shellConfig(opts)
	cfg.Typed = interactive || len(rest) > 0
	cfg.Profile = profileTarget
	cfg.Columns = func() int { return widthOf(std.out) }
	questions := workspace.DataQuestions
	if at.asks() {
		questions = workspace.AllQuestions
	}
	switch {
	case len(rest) > 0:
		cfg.Input, cfg.Raw = std.in, !std.terminal(std.out)
		if std.terminal(std.err) {
			cfg.Progress = progressOn(std.err)
		}
		if !std.terminal(std.in) || !std.terminal(std.err) {
			questions = workspace.NoQuestions
		}
		return runOneShot(ctx, workspace.Config{Shell: cfg, Single: true, Questions: questions}, rest, std)
	case interactive && (opts.plain || dumb()):
		return runPlain(ctx, cfg, questions, std, rec)
	case interactive:
		return runTUI(ctx, cfg, at, opts, std, rec)
	}
	cfg.OneSession = !opts.script.newSession
	return runScript(ctx, cfg, opts.script, std, rec)
}
