package main

import (
	"context"
	"os"
	"syscall"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/transcript"
)

const testUsage = `usage: zoosh test [flags] FILE.md...
       zoosh test -lessons

Replays transcripts, each on an embedded server of its own unless -server names
one, and shows what differs. Exit code 1 if anything does. Lessons are transcripts.

A page reaches its own server alone, and with -server what is below the path there.
One that says that it needs files or another server has those that -allow names.

flags:
`

// runTest is zoosh test.
func runTest(args []string, std stdio) int {
	var o options
	fs := newFlagSet("zoosh test", std, testUsage)
	o.connectionFlags(fs)
	update := fs.Bool("update", false, "rewrite the lines that differ")
	var allow shell.Grant
	allowFlag(fs, &allow)
	lessons := fs.Bool("lessons", false, "replay the lessons that are part of zoosh, in all languages")
	code, ok := fs.parse(args)
	switch {
	case !ok:
		return code
	case *lessons && (fs.NArg() > 0 || *update || o.server != "" || len(fs.at) > 0):
		return fs.misused("-lessons goes with no file, no -update and no -server")
	case !*lessons && fs.NArg() == 0:
		return fs.misused("no transcript was named")
	}
	ctx, stop := untilSignal(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	who, code, ok := fs.takeProfile(ctx, false)
	switch {
	case !ok:
		return code
	case o.server == "" && o.security.asked() != "":
		return fs.misused("%s goes with -server", o.security.asked())
	}
	if err := o.security.load(std); err != nil {
		complain(std.err, "zoosh: test:", err)
		return codeFailed
	}
	opt := transcript.Options{
		Target: o.security.target(o.server, who), Dialect: o.dialect, Allow: allow,
	}
	opt.Timeout, opt.Limits, opt.Window = o.timeout, o.limits, o.window
	var failed int
	var err error
	if *lessons {
		failed, err = testLessons(ctx, std, opt)
	} else {
		failed, err = transcript.Test(ctx, std.out, fs.Args(), *update, opt)
	}
	code, ended := signalCode(ctx)
	switch {
	case ended:
		return code
	case err != nil:
		complain(std.err, "zoosh: test:", err)
		return codeFailed
	case failed > 0:
		return codeFailed
	}
	return codeOK
}

// testLessons replays the built-in lessons and says how many failed.
func testLessons(ctx context.Context, std stdio, opt transcript.Options) (failed int, err error) {
	lessons, err := roles.All()
	if err != nil {
		return 0, err
	}
	for _, l := range lessons {
		ok, err := transcript.TestPage(ctx, std.out, l.Page, opt)
		if err != nil {
			return failed, err
		}
		if !ok {
			failed++
		}
	}
	return failed, nil
}
