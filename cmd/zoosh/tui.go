package main

import (
	"context"
	"fmt"

	"zoosh/shell"
	"zoosh/shell/transcript"
	"zoosh/tui"
)

// runTUI shows the TUI until its user leaves.
func runTUI(ctx context.Context, cfg shell.Config, at *target, o *options, std stdio, rec *transcript.Recording) int {
	where := ""
	if at.embedded != nil {
		where = "embedded"
	}
	history, _ := openHistory() // nil, if there is none to be had, keeps nothing
	code, err := tui.Run(ctx, tui.Config{
		Shell: cfg, Where: where, ASCII: o.ascii,
		Asks: at.asks(), History: history.Lines(), Remember: history.Add, Recording: rec,
	})
	if signalled, ended := signalCode(ctx); ended {
		return signalled // what went wrong then is that the terminal had gone
	}
	if err != nil {
		fmt.Fprintln(std.err, "zoosh:", err)
		return codeFailed
	}
	return code
}
