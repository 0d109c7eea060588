package main

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"

	"zoosh/internal/server"
)

const serveUsage = `usage: zoosh serve [flags]

The embedded ZooKeeper alone, in memory, until SIGINT or SIGTERM.

flags:
`

// runServe is zoosh serve.
func runServe(args []string, std stdio) int {
	fs := newFlagSet("zoosh serve", std, serveUsage)
	addr := fs.String("listen", "127.0.0.1:2181", "listen on `host:port`; without a host on loopback alone")
	tick := fs.Duration("tick", 2*time.Second, "ZooKeeper's tickTime: session timeouts are between 2 and 20 of them")
	var quota bool
	quotaFlag(fs, &quota)
	if code, ok := fs.parse(args); !ok {
		return code
	}
	if fs.NArg() > 0 {
		return fs.misused("unexpected %q", fs.Arg(0))
	}
	ctx, stop := untilSignal(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	srv, err := server.Start(server.Config{Addr: *addr, TickTime: *tick, EnforceQuota: quota})
	if err != nil {
		fmt.Fprintln(std.err, "zoosh: serve:", err)
		return codeFailed
	}
	fmt.Fprintf(std.err, "ZooKeeper %s listens on %s, in memory\n", server.Version, srv.Addr())
	<-ctx.Done()
	if err := srv.Close(); err != nil {
		fmt.Fprintln(std.err, "zoosh: serve:", err)
		return codeFailed
	}
	return codeOK
}

// quotaFlag is the flag that ZooKeeper's enforceQuota is.
func quotaFlag(fs *flagSet, to *bool) {
	fs.BoolVar(to, "enforce-quota", false, "the embedded server refuses what goes beyond a hard limit (setquota -N, -B); else it only counts")
}
