package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"syscall"
	"time"

	"zoosh/internal/server"
	"zoosh/shell"
)

const serveUsage = `usage: zoosh serve [flags]

The embedded ZooKeeper alone, until SIGINT or SIGTERM. With -data-dir or -config it
keeps its znodes and sessions in ZooKeeper's own files and goes on from them when it
is started again; without, they are in memory and end with it.

flags:
`

// serveFlags are the flags of zoosh serve.
type serveFlags struct {
	cfg    server.Config
	disk   diskFlags
	tls    serveTLS
	jaas   string // who may log in by SASL
	config string // a zoo.cfg
	keep   int
	unread int // MiB
}

func (f *serveFlags) register(fs *flagSet) {
	fs.StringVar(&f.cfg.Addr, "listen", "127.0.0.1:2181", "listen on `host:port`; without a host on loopback alone")
	fs.Func("tick", "ZooKeeper's tickTime, a `duration` such as 500ms: session timeouts are between 2 and 20 of them (default 2s)", f.setTick)
	fs.StringVar(&f.cfg.DataDir, "data-dir", "", "keep everything in `DIR`, as ZooKeeper's dataDir")
	fs.StringVar(&f.cfg.LogDir, "data-log-dir", "", "keep the transaction log in `DIR`, as ZooKeeper's dataLogDir; -data-dir by default")
	fs.IntVar(&f.cfg.SnapCount, "snap-count", 100_000, "take a snapshot after `N` transactions at the latest")
	fs.IntVar(&f.keep, "keep", 0, "remove all but the `N` newest snapshots, and the logs that only older ones need; 0 removes none, and the least is 3")
	fs.IntVar(&f.cfg.MaxClientCnxns, "max-client-cnxns", 1000, "let one address have `N` connections on a port, as ZooKeeper's maxClientCnxns; 0 is any number")
	fs.IntVar(&f.cfg.MaxCnxns, "max-cnxns", 10_000, "let there be `N` connections in all, as ZooKeeper's maxCnxns; 0 is as many as there are descriptors for")
	fs.IntVar(&f.unread, "max-unread", 64, "let `N` MiB of replies wait for clients that do not read them, in all, and of requests that arrive; who wants more waits")
	fs.IntVar(&f.cfg.MaxWatches, "max-watches", 1_000_000, "let there be `N` watches in all, with paths of 64 bytes on average; beyond that the client with most of them is disconnected")
	quotaFlag(fs, &f.cfg.EnforceQuota)
	f.disk.register(fs)
	f.tls.register(fs)
	fs.StringVar(&f.jaas, "jaas", "", "let the users log in by SASL DIGEST-MD5 that the section Server of the JAAS `FILE` has; goes with -config, too")
	fs.StringVar(&f.config, "config", "", "read a standalone server's zoo.cfg from `FILE`, instead of these flags")
}

// serverConfig is what the flags ask for.
func (f *serveFlags) serverConfig(fs *flagSet, std stdio) (cfg server.Config, code int, ok bool) {
	if why := f.contradiction(fs); why != "" {
		return cfg, fs.misused("%s", why), false
	}
	warnExposed(std.err, f.jaas, cmp.Or(f.tls.certs.Key, f.tls.certs.Cert))
	if f.config == "" {
		misuse, err := f.tls.load(f, fs, logTo(std.err))
		if misuse == "" && err == nil {
			err = f.loadJAAS()
		}
		switch {
		case misuse != "":
			return cfg, fs.misused("%s", misuse), false
		case err != nil:
			complain(std.err, "zoosh: serve:", err)
			return cfg, codeFailed, false
		}
		f.cfg.SnapRetain = f.keep
		f.disk.apply(&f.cfg)
		f.cfg.MaxUnread = f.unread << 20
		if f.cfg.MaxCnxns == 0 {
			f.cfg.MaxCnxns = -1
		}
		return f.cfg, codeOK, true
	}
	if n := fs.NFlag(); n > 2 || n > 1 && f.jaas == "" {
		return cfg, fs.misused("-config stands alone, but for -jaas: the file says the rest"), false
	}
	zoo, err := readZooCfg(f.config, f.jaas, logTo(std.err))
	if zoo != nil {
		warnExposed(std.err, zoo.tls.exposed(f.config)...)
	}
	if err != nil {
		complain(std.err, "zoosh: serve:", err)
		return cfg, codeFailed, false
	}
	for _, note := range zoo.notes {
		fmt.Fprintln(std.err, shell.PrintableLine(f.config+": "+note))
	}
	return zoo.Config, codeOK, true
}

// setTick reads -tick.
func (f *serveFlags) setTick(text string) (err error) {
	if _, bare := strconv.ParseFloat(text, 64); bare == nil {
		return fmt.Errorf("its unit is missing, as in %sms", text)
	}
	if f.cfg.TickTime, err = time.ParseDuration(text); err != nil {
		return errors.New("it is a time such as 500ms or 2s")
	}
	if f.cfg.TickTime < time.Millisecond {
		return errors.New("it is 1ms at least")
	}
	return nil
}

// contradiction is what is wrong with the flags: values that would otherwise be taken
// for others, and those that would do nothing.
func (f *serveFlags) contradiction(fs *flagSet) string {
	if why := fs.empty("config", "data-dir", "data-log-dir"); why != "" {
		return why
	}
	for _, name := range []string{"data-log-dir", "snap-count", "keep", "random-session-passwords", "max-unpacked"} {
		if fs.given(name) && f.config == "" && f.cfg.DataDir == "" {
			return "-" + name + " goes with -data-dir"
		}
	}
	switch {
	case f.cfg.MaxClientCnxns < 0 || f.cfg.MaxCnxns < 0:
		return "-max-client-cnxns and -max-cnxns are 0 at least"
	case f.unread < 1 || f.unread > maxUnreadMiB:
		return fmt.Sprintf("-max-unread is between 1 and %d", maxUnreadMiB)
	case f.cfg.MaxWatches < 1 || f.cfg.MaxWatches > math.MaxInt32:
		return "-max-watches is 1 at least"
	case f.cfg.SnapCount < 1:
		return "-snap-count is 1 at least"
	case f.keep != 0 && f.keep < minRetained:
		return fmt.Sprintf("-keep is %d at least, or 0", minRetained)
	}
	return ""
}

// maxUnreadMiB is the highest -max-unread: a TiB.
const maxUnreadMiB = 1 << 20

// runServe is zoosh serve.
func runServe(args []string, std stdio) int {
	fs := newFlagSet("zoosh serve", std, serveUsage)
	var f serveFlags
	f.register(fs)
	if code, ok := fs.parse(args); !ok {
		return code
	}
	if fs.NArg() > 0 {
		return fs.misused("unexpected %q", fs.Arg(0))
	}
	cfg, code, ok := f.serverConfig(fs, std)
	if !ok {
		return code
	}
	ctx, stop := untilSignal(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return serve(ctx, cfg, std.err)
}

// serve runs a server until ctx ends or the server does.
func serve(ctx context.Context, cfg server.Config, out io.Writer) int {
	cfg.Logf = logTo(out)
	srv, err := server.Start(cfg)
	if err != nil {
		complain(out, "zoosh: serve:", tooLarge(err, "-max-unpacked N, or zoosh.maxUnpacked=N in the zoo.cfg,"))
		return codeFailed
	}
	fmt.Fprintln(out, shell.PrintableLine(fmt.Sprintf("ZooKeeper %s listens on %s, %s", server.Version, ports(srv, cfg.PortUnification), whereKept(cfg.DataDir, srv.Recovered()))))
	if note := bareNote(cmp.Or(cfg.LogDir, cfg.DataDir), srv.Recovered()); note != "" {
		cfg.Logf("%s (-data-log-dir, and dataLogDir in a zoo.cfg, name the directory where they are)", note)
	}
	if os.Getenv("GOGC") == "" {
		// Not now: it begins with a collection, which the first answers would wait for.
		defer time.AfterFunc(time.Second, func() { debug.SetGCPercent(serveGCPercent) }).Stop()
	}
	select {
	case <-ctx.Done():
	case <-srv.Done():
	}
	if err := srv.Close(); err != nil {
		complain(out, "zoosh: serve:", err)
		return codeFailed
	}
	return codeOK
}

// whereKept is where a server keeps its data, and what it has found there.
func whereKept(dir string, recovered *server.Recovered) string {
	switch {
	case dir == "":
		return "in memory"
	case recovered == nil:
		return "in " + dir
	}
	return fmt.Sprintf("in %s, %v", dir, recovered)
}

// bareNote says that a server has found a snapshot alone; "" if it has not.
func bareNote(dir string, recovered *server.Recovered) string {
	if recovered == nil || !recovered.Bare() {
		return ""
	}
	return fmt.Sprintf("there are no transaction logs in %s: this is %s, without what came after it", dir, filepath.Base(recovered.Snapshot.Path))
}

// ports are where the server listens.
func ports(srv *server.Server, unified bool) string {
	plain, secure := srv.Addr(), srv.SecureAddr()
	switch {
	case plain == secure:
		return plain + " with TLS"
	case unified && secure != "":
		return plain + ", with TLS or without, and " + secure + " with TLS"
	case unified:
		return plain + ", with TLS or without"
	case secure != "":
		return plain + ", and " + secure + " with TLS"
	}
	return plain
}

// serveGCPercent has the garbage collected more often than is usual in Go: a server's
// heap is nearly all znodes, which stay, and what they make it look through costs less
// than as much memory again.
const serveGCPercent = 75

// quotaFlag is the flag that ZooKeeper's enforceQuota is.
func quotaFlag(fs *flagSet, to *bool) {
	fs.BoolVar(to, "enforce-quota", false, "the embedded server refuses what goes beyond a hard limit (setquota -N, -B); else it only counts")
}

// logTo writes what a server tells its operator, with the time. There may be names
// in it that clients have made up.
func logTo(out io.Writer) func(format string, args ...any) {
	var mu sync.Mutex
	return func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(out, "%s %s\n", time.Now().Format(time.DateTime), shell.PrintableLine(fmt.Sprintf(format, args...)))
	}
}
