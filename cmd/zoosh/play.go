package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell"
)

const playUsage = `usage: zoosh play [flags] [NAME | FILE.md]

Plays a walkthrough, a lesson, with each role on a session of its own: in the TUI,
or, with -plain and where there is no terminal, printed step by step. -list tells
which there are. Exit code 1 if something came out otherwise than the lesson has it.

With -plain, Enter plays the next step; ? tells what else there is. Nobody is asked
with -auto, or if the output is no terminal and -plain was not given.

flags:
`

// playOptions is what zoosh play is asked for.
type playOptions struct {
	server       string
	target       session.Target // what server is
	plain, ascii bool
	auto, turn   bool
	list         bool
	language     string
	pace         roles.Pace
	allow        shell.Grant
	security     security
	limits       session.Limits
}

// define makes the flags of zoosh play.
func (o *playOptions) define(fs *flagSet) {
	fs.profiled = true
	fs.StringVar(&o.server, "server", "", "play on that ensemble, below a path of the lesson's own, which is removed in the end; `host:port,...[/chroot]` or @profile (default: an embedded server)")
	o.security.flags(fs.FlagSet)
	limitFlags(fs, &o.limits)
	allowFlag(fs, &o.allow)
	fs.BoolVar(&o.plain, "plain", false, "print the lesson step by step instead of the TUI")
	fs.BoolVar(&o.ascii, "ascii", false, "draw the TUI with ASCII characters alone")
	fs.BoolVar(&o.auto, "auto", false, "play by itself")
	fs.BoolVar(&o.turn, "turn", false, "your turn: what a step is to achieve is left to you")
	fs.BoolVar(&o.list, "list", false, "list the lessons")
	fs.StringVar(&o.language, "lang", localeLanguage(), "the `language`, en or zh")
	fs.Func("speed", fmt.Sprintf("how fast it plays by itself, from `%d` to %d: each step is half as fast again (default 0)", roles.Slowest, roles.Fastest), func(s string) error {
		n, err := strconv.Atoi(s)
		if o.pace = roles.Pace(n); err != nil || o.pace < roles.Slowest || o.pace > roles.Fastest {
			return fmt.Errorf("it is a number from %d to %d", roles.Slowest, roles.Fastest)
		}
		return nil
	})
}

// runPlay is zoosh play.
func runPlay(args []string, std stdio) int {
	var o playOptions
	fs := newFlagSet("zoosh play", std, playUsage)
	o.define(fs)
	names, code, ok := fs.parseMixed(args)
	switch {
	case !ok:
		return code
	case o.language != roles.English && o.language != roles.Chinese:
		return fs.misused("there is no language %q: en or zh", o.language)
	case len(names) > 1:
		return fs.misused("one lesson at a time: %s or %s?", names[0], names[1])
	case o.auto && o.turn:
		return fs.misused("-auto and -turn exclude each other")
	case o.list:
		return listLessons(o.language, std)
	}
	who, code, ok := fs.takeProfile(context.Background(), false)
	switch {
	case !ok:
		return code
	case o.server == "" && o.security.asked() != "":
		return fs.misused("%s goes with -server", o.security.asked())
	}
	if err := o.security.load(std); err != nil {
		complain(std.err, "zoosh: play:", err)
		return codeFailed
	}
	o.target = o.security.target(o.server, who)
	o.target.Limits = o.limits
	inTUI := !o.plain && !o.auto && std.interactive() && !dumb()
	if len(names) == 0 {
		if inTUI {
			return playInTUI(&o, nil, std)
		}
		return fs.misused("which lesson? zoosh play -list lists them")
	}
	lesson, err := roles.Find(names[0], o.language)
	if err == nil {
		err = lesson.MayPlay(roles.Options{Target: o.target, Turn: o.turn, Allow: o.allow})
	}
	if err != nil {
		fmt.Fprintln(std.err, "zoosh: play:", std.safeFor(std.err)(err.Error()))
		return codeFailed
	}
	if inTUI {
		return playInTUI(&o, lesson, std)
	}
	return playInLines(&o, lesson, std)
}

// listLessons prints the lessons that are part of the program.
func listLessons(language string, std stdio) int {
	lessons, err := roles.Lessons(language)
	if err != nil {
		complain(std.err, "zoosh: play:", err)
		return codeFailed
	}
	width := 0
	for _, l := range lessons {
		width = max(width, len(l.Name))
	}
	for _, l := range lessons {
		fmt.Fprintf(std.out, "%-*s  %s\n", width, l.Name, cmp.Or(l.Summary, l.Title))
	}
	return codeOK
}

// playInLines prints a lesson step by step.
func playInLines(o *playOptions, lesson *roles.Lesson, std stdio) int {
	ctx, stop := untilSignal(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := newLessonPrinter(o, lesson, std, cancel)
	code, err := p.run(ctx)
	if signalled, ended := signalCode(ctx); ended {
		if p.asks {
			fmt.Fprintln(std.out) // behind the line that was being typed
		}
		return signalled
	}
	if p.out.broken() {
		return signalled{syscall.SIGPIPE}.code()
	}
	if err != nil {
		fmt.Fprintln(std.err, "zoosh: play:", std.safeFor(std.err)(err.Error()))
		return codeFailed
	}
	return code
}
