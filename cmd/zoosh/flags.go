package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"zoosh/shell"
)

// options is what the command line asks for.
type options struct {
	server   string // "" if none was named
	timeout  time.Duration
	readOnly bool
	wait     bool
	dialect  shell.Dialect
	embedded bool
	plain    bool
	version  bool
	given    []string // the flags as they were given, for a subcommand to read again
}

// defaultServer is where zkCli looks for a ZooKeeper.
const defaultServer = "localhost:2181"

const usageText = `zoosh is a ZooKeeper shell: zkCli's commands, and a ZooKeeper to try them on.

usage:
  zoosh [flags]                    a shell on localhost:2181, or on an embedded
                                   server if no ZooKeeper answers there
  zoosh [flags] COMMAND [ARG...]   one command, then exit with its code
  zoosh [flags] < FILE             each line of FILE is a command
  zoosh serve [-listen ADDR]       the embedded server alone
  zoosh test [-update] FILE.md...  replay transcripts and show what differs

flags:
`

// parseFlags reads the flags that stand before a command. What it refuses it
// has said on errOut.
func parseFlags(args []string, errOut io.Writer) (*options, []string, error) {
	o := &options{}
	fs := newFlagSet("zoosh", errOut, usageText)
	o.connectionFlags(fs)
	fs.BoolVar(&o.readOnly, "r", false, "go on in read-only mode with a server that is cut off from its quorum")
	fs.BoolVar(&o.wait, "waitforconnection", false, "wait for the connection before the first command")
	fs.BoolVar(&o.embedded, "embedded", false, "start a fresh embedded server, on a free port")
	fs.BoolVar(&o.plain, "plain", false, "line mode")
	fs.BoolVar(&o.version, "version", false, "print the version")
	if err := fs.Parse(args); err != nil {
		return nil, nil, err
	}
	if o.embedded && o.server != "" {
		err := fmt.Errorf("-embedded and -server exclude each other")
		fmt.Fprintln(errOut, "zoosh:", err)
		return nil, nil, err
	}
	o.given = args[:len(args)-fs.NArg()]
	return o, fs.Args(), nil
}

// connectionFlags are the flags that zoosh and its subcommands share.
func (o *options) connectionFlags(fs *flag.FlagSet) {
	fs.StringVar(&o.server, "server", "", "the ensemble, as `host:port,...[/chroot]` (default "+defaultServer+")")
	fs.Func("timeout", "the session `timeout` to ask for, in milliseconds (default 30000)", func(s string) error {
		ms, err := time.ParseDuration(s + "ms")
		if err != nil || ms <= 0 || strings.ContainsAny(s, ".eE") {
			return fmt.Errorf("it is a number of milliseconds above 0")
		}
		o.timeout = ms
		return nil
	})
	fs.Func("dialect", "print as zkCli `version` 3.4, 3.8 or 3.9 does, or auto: as the server's (default auto)", func(s string) (err error) {
		o.dialect, err = shell.ParseDialect(s)
		return err
	})
}

// newFlagSet makes a set that explains itself on errOut.
func newFlagSet(name string, errOut io.Writer, usage string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(errOut)
	fs.Usage = func() {
		fmt.Fprint(errOut, usage)
		fs.PrintDefaults()
	}
	return fs
}

// parseSubcommand reads a subcommand's flags. maxArgs bounds the arguments that
// may follow them; -1 does not. If ok is false the call ends with code.
func parseSubcommand(fs *flag.FlagSet, args []string, maxArgs int) (code int, ok bool) {
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return codeOK, false
	case err != nil:
		return codeUsage, false
	case maxArgs >= 0 && fs.NArg() > maxArgs:
		fmt.Fprintf(fs.Output(), "%s: unexpected %q\n", fs.Name(), fs.Arg(maxArgs))
		return codeUsage, false
	}
	return codeOK, true
}

// versionLine tells the version that the module was built as.
func versionLine() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "zoosh (unknown build)"
	}
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	return fmt.Sprintf("zoosh %s %s", version, info.GoVersion)
}
