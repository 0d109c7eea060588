package main

import (
	"context"
	"fmt"
	"os"
	"syscall"

	"zoosh/shell/transcript"
)

const testUsage = `usage: zoosh test [flags] FILE.md...

Replays transcripts, each on an embedded server of its own unless -server names
one, and shows what differs. Exit code 1 if anything does.

flags:
`

// runTest is zoosh test.
func runTest(args []string, std stdio) int {
	var o options
	fs := newFlagSet("zoosh test", std, testUsage)
	o.connectionFlags(fs.FlagSet)
	update := fs.Bool("update", false, "rewrite the lines that differ")
	if code, ok := fs.parse(args); !ok {
		return code
	}
	if fs.NArg() == 0 {
		return fs.misused("no transcript was named")
	}
	ctx, stop := untilSignal(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	failed, err := transcript.Test(ctx, std.out, fs.Args(), *update, transcript.Options{
		Server: o.server, Timeout: o.timeout, Dialect: o.dialect,
	})
	code, ended := signalCode(ctx)
	switch {
	case ended:
		return code
	case err != nil:
		fmt.Fprintln(std.err, "zoosh: test:", err)
		return codeFailed
	case failed > 0:
		return codeFailed
	}
	return codeOK
}
