package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/build"
	"zoosh/internal/session"
	"zoosh/shell"
)

// options is what the command line asks for.
type options struct {
	server   string // "" if none was named
	security security
	limits   session.Limits
	window   int // how much may be under way; 0 follows the answers
	timeout  time.Duration
	readOnly bool
	wait     bool
	dialect  shell.Dialect
	embedded bool
	dataDir  string // of the embedded server; "" for one in memory
	disk     diskFlags
	quota    bool // the embedded server enforces it: see quotaFlag
	plain    bool
	ascii    bool
	version  bool
	noWrites bool
	json     bool
	quiet    bool
	script   scriptOptions
	profile  chosen
	flags    *flagSet // which they were read from
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
  zoosh @NAME ...                  each of these on the ensemble of a profile
  zoosh play [NAME or FILE.md]     a walkthrough: zoosh plays the roles
  zoosh record FILE.md             a shell whose sessions are written down
  zoosh serve [-listen ADDR]       the embedded server alone, in memory or on disk
  zoosh open DIR [COMMAND...]      look into a data directory, which is only read
  zoosh test [-update] FILE.md...  replay transcripts and show what differs
  zoosh profiles                   list the profiles
  zoosh completion SHELL           print the completion script of bash, zsh or fish
  zoosh help [TOPIC]               a page of the manual; help lists the topics
  zoosh man [TOPIC]                print the manual page, or that of a topic

flags:
`

// parseFlags reads the flags that stand before a command, and returns what
// follows them. If ok is false the call ends with code.
func parseFlags(args []string, std stdio) (o *options, rest []string, code int, ok bool) {
	o = &options{}
	fs := newFlagSet("zoosh", std, usageText)
	o.shellFlags(fs)
	fs.BoolVar(&o.version, "version", false, "print the version")
	if code, ok = fs.parse(args); !ok {
		return nil, nil, code, false
	}
	if why := o.contradiction(); why != "" {
		return nil, nil, fs.misused("%s", why), false
	}
	o.given = args[:len(args)-fs.NArg()]
	return o, fs.Args(), codeOK, true
}

// contradiction is what is wrong with flags that are right by themselves.
func (o *options) contradiction() string {
	if why := o.flags.empty("data-dir"); why != "" {
		return why
	}
	if o.embedded && o.server != "" {
		return "-embedded and -server exclude each other"
	}
	if o.dataDir != "" && !o.embedded {
		return "-data-dir goes with -embedded"
	}
	if o.disk.randomPasswords && o.dataDir == "" {
		return "-random-session-passwords goes with -data-dir: in memory they are random anyway"
	}
	if o.disk.unpacked != 0 && o.dataDir == "" {
		return "-max-unpacked goes with -data-dir"
	}
	if o.quota && !o.embedded {
		return "-enforce-quota is for the embedded server: -embedded starts one"
	}
	if flag := o.security.asked(); o.embedded && flag != "" {
		return "-embedded and " + flag + " exclude each other"
	}
	return ""
}

// shellFlags are the flags of a shell, recorded or not.
func (o *options) shellFlags(fs *flagSet) {
	o.connectionFlags(fs)
	fs.BoolVar(&o.readOnly, "r", false, "go on in read-only mode with a server that is cut off from its quorum")
	fs.BoolVar(&o.wait, "waitforconnection", false, "wait for the connection before the first command")
	fs.BoolVar(&o.script.stopOnError, "stop-on-error", false, "end a script at the first line that fails, before what follows it is sent: each line waits for its answer then")
	fs.BoolVar(&o.script.newSession, "new-session", false, "have a script go on in a new session when its session has expired, instead of stopping")
	fs.BoolVar(&o.noWrites, "readonly", false, "refuse every command that writes")
	o.frontFlags(fs)
	fs.BoolVar(&o.embedded, "embedded", false, "start a fresh embedded server, on a free port")
	fs.StringVar(&o.dataDir, "data-dir", "", "have the embedded server keep everything in `DIR`, in ZooKeeper's own files, and go on from what is there")
	o.disk.register(fs)
	quotaFlag(fs, &o.quota)
}

// frontFlags are the flags about the front end, whatever it shows.
func (o *options) frontFlags(fs *flagSet) {
	fs.BoolVar(&o.quiet, "q", false, "no messages but errors")
	fs.Func("o", "print what commands find, and have done, as `form` text or json, an object a line (default text)", func(s string) error {
		if s != "text" && s != "json" {
			return fmt.Errorf("it is text or json")
		}
		o.json = s == "json"
		return nil
	})
	fs.BoolVar(&o.plain, "plain", false, "line mode instead of the TUI")
	fs.BoolVar(&o.ascii, "ascii", false, "draw the TUI with ASCII characters alone")
}

// connectionFlags are the flags that zoosh and its subcommands share.
func (o *options) connectionFlags(fs *flagSet) {
	o.flags, fs.profiled = fs, true
	fs.StringVar(&o.server, "server", "", "the ensemble, as `host:port,...[/chroot]` or @profile (default "+defaultServer+")")
	o.security.flags(fs.FlagSet)
	fs.Func("timeout", "the session `timeout` to ask for, in milliseconds (default 30000)", func(s string) error {
		ms, err := strconv.ParseInt(s, 10, 32)
		if err != nil || ms <= 0 {
			return fmt.Errorf("it is a number of milliseconds above 0")
		}
		o.timeout = time.Duration(ms) * time.Millisecond
		return nil
	})
	o.dialectFlag(fs)
	limitFlags(fs, &o.limits)
	windowFlag(fs, &o.window)
}

func (o *options) dialectFlag(fs *flagSet) {
	fs.Func("dialect", "print as zkCli `version` "+strings.Join(shell.DialectNames()[1:], ", ")+" does, or auto: as the server's (default auto)", func(s string) (err error) {
		o.dialect, err = shell.ParseDialect(s)
		return err
	})
}

// A flagSet is a set of flags that explains itself: on standard output when it
// is asked to, else with a hint on standard error.
type flagSet struct {
	*flag.FlagSet
	std   stdio
	usage string
	// profiled: @NAME chooses a profile, and the sessions have its identities.
	profiled bool
	at       []string // the profiles that were named so
}

func newFlagSet(name string, std stdio, usage string) *flagSet {
	fs := &flagSet{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), std: std, usage: usage}
	fs.SetOutput(io.Discard) // what flag would say is said by parse
	return fs
}

// parse reads args. If ok is false the call ends with code.
func (fs *flagSet) parse(args []string) (code int, ok bool) {
	if fs.std.inspect != nil {
		fs.std.inspect(fs)
		return codeOK, false
	}
	err := fs.Parse(args)
	for err == nil && fs.profiled && strings.HasPrefix(fs.Arg(0), "@") {
		fs.at = append(fs.at, fs.Arg(0))
		err = fs.Parse(fs.Args()[1:])
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(fs.std.out)
		fmt.Fprint(fs.std.out, fs.usage)
		fs.PrintDefaults()
		return codeOK, false
	case err != nil:
		return fs.misused("%v", err), false
	}
	return codeOK, true
}

// misused says what is wrong with the call and where to read how it is right.
func (fs *flagSet) misused(format string, args ...any) int {
	fmt.Fprintf(fs.std.err, "%s: %s (%s -help tells more)\n", fs.Name(), shell.Printable(fmt.Sprintf(format, args...)), fs.Name())
	return codeUsage
}

// failed says what the call failed of.
func (fs *flagSet) failed(err error) int {
	fmt.Fprintf(fs.std.err, "%s: %s\n", fs.Name(), fs.std.safeFor(fs.std.err)(err.Error()))
	return codeFailed
}

// given tells whether a flag was given, by the call or by its profile.
func (fs *flagSet) given(name string) (yes bool) {
	fs.Visit(func(f *flag.Flag) { yes = yes || f.Name == name })
	return yes
}

// empty is what is wrong with those of the flags that name something and were given
// nothing to name, as by a variable that is not set; "" if it is none.
func (fs *flagSet) empty(names ...string) string {
	for _, name := range names {
		if fs.given(name) && fs.Lookup(name).Value.String() == "" {
			return "-" + name + " is empty"
		}
	}
	return ""
}

// versionLine tells the version that this was built as.
func versionLine() string { return fmt.Sprintf("zoosh %s %s", build.Version(), runtime.Version()) }
