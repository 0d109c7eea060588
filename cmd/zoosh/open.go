package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"zoosh/internal/datadir"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/shell/workspace"
)

const openUsage = `usage: zoosh open [flags] DIR [COMMAND [ARG...]]

A shell on what is in a ZooKeeper's data directory: the TUI, with -plain line mode,
one command, or a script. Nothing can be changed, and DIR is only read: a server may
be running on it, and a copy will do. DIR is a dataDir, its version-2, or a single
snapshot or transaction log.

  zoosh open DIR log -path /config -op delete    what deleted /config, when, and whose
                                                 session that was
  zoosh open DIR log -session ID                 what else that session did
  zoosh open -at 19:00 DIR get /config           what was in it at 19:00

-at takes a zxid (0x1f or 31) or a time (2026-11-24T19:00:05Z; '2026-11-24 19:00:05'
in local time; 19:00 today). The tree is then as it was right after the last
transaction up to there.

flags:
`

// openOptions is what zoosh open is asked for.
type openOptions struct {
	options
	dir, logDir string
	at          *shell.Point // nil: the end
	unpacked    unpackedFlag
}

func (o *openOptions) register(fs *flagSet) {
	o.flags = fs
	o.frontFlags(fs)
	o.dialectFlag(fs)
	fs.StringVar(&o.logDir, "log-dir", "", "the transaction logs are in `DIR`, ZooKeeper's dataLogDir")
	o.unpacked.register(fs)
	fs.Func("at", "the tree as it was at a zxid or a time: a `point` (default: the end)", func(s string) error {
		p, err := shell.ParsePoint(s, time.Now())
		o.at = &p
		return err
	})
}

// runOpen is zoosh open.
func runOpen(args []string, std stdio) int {
	var o openOptions
	fs := newFlagSet("zoosh open", std, openUsage)
	o.register(fs)
	if code, ok := fs.parse(args); !ok {
		return code
	}
	if why := fs.empty("log-dir"); why != "" {
		return fs.misused("%s", why)
	}
	if fs.NArg() == 0 {
		return fs.misused("the data directory is missing")
	}
	if command := fs.Arg(1); strings.HasPrefix(command, "-") {
		return fs.misused("%s stands behind the directory: flags come before it", command)
	}
	o.dir = fs.Arg(0)
	if o.dialect == shell.Auto {
		o.dialect = shell.Newest()
	}
	past, err := datadir.OpenPast(o.dir, o.logDir)
	if err != nil {
		return fs.failed(err)
	}
	past.MaxUnpacked = o.unpacked.bytes()
	ctx, stop := untilSignal(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	command := fs.Args()[1:]
	if len(command) > 0 && command[0] == "log" {
		code, err := o.runLog(ctx, past, command, std)
		if err != nil {
			return fs.failed(err)
		}
		return code
	}
	at, err := o.serve(past)
	if err != nil {
		return fs.failed(err)
	}
	defer at.close(std.err)
	if o.at == nil && (len(command) > 0 || !std.interactive()) {
		at.notes = at.notes[1:] // that it is the end needs no words
	}
	return runFrontEnd(ctx, at, &o.options, command, nil, std)
}

// runLog runs log by itself: it needs no tree, which may not be known. With -at it is
// the whole log, too, as it is in a shell.
func (o *openOptions) runLog(ctx context.Context, past *datadir.Past, command []string, std stdio) (int, error) {
	t := &target{log: &fileLog{path: o.dir, logDir: o.logDir}}
	if o.at != nil {
		zxid, err := o.zxid(past)
		if err != nil {
			return codeFailed, err
		}
		t.asOf = &zxid
	}
	return runOneShot(ctx, workspace.Config{Shell: t.shellConfig(&o.options), Single: true}, command, std), nil
}

// serve starts a server that shows the tree as it was.
func (o *openOptions) serve(past *datadir.Past) (*target, error) {
	zxid, err := o.zxid(past)
	if err != nil {
		return nil, err
	}
	var info datadir.PastInfo
	super := "super:" + rand.Text() // of nobody else: the files' ACLs are for other users of the machine
	srv, err := server.Start(server.Config{SuperDigest: server.DigestOf(super), Past: func(load func(*datadir.SnapshotReader) error, apply func(*datadir.Txn) error) (err error) {
		info, err = past.Restore(zxid, load, apply)
		return err
	}})
	if err != nil {
		return nil, o.explain(err, &info)
	}
	connect, err := connectTo(srv.Addr())
	if err != nil {
		srv.Close()
		return nil, err
	}
	at := &target{
		connect: connect, past: srv, place: placeOf(o.dir, info.Zxid),
		auth:     []session.Credential{{Scheme: "digest", Auth: []byte(super)}},
		log:      &fileLog{path: o.dir, logDir: o.logDir},
		notes:    pastNotes(o.dir, o.logDir, past, &info),
		asOf:     &info.Zxid,
		sessions: []shell.PastSession{},
	}
	for _, s := range srv.PastSessions() {
		at.sessions = append(at.sessions, shell.PastSession{ID: s.ID, Timeout: s.Timeout})
	}
	return at, nil
}

// placeOf is what a directory is called, so that two side by side can be told apart.
func placeOf(dir string, zxid int64) string {
	name := filepath.Clean(dir)
	if base := filepath.Base(name); base == "." || base == ".." || name == "version-2" {
		if full, err := filepath.Abs(name); err == nil {
			name = full
		}
	}
	name = strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(shell.Printable(name))
	return fmt.Sprintf("%s@0x%x", name, zxid)
}

// zxid is the last txn whose work is to be seen.
func (o *openOptions) zxid(past *datadir.Past) (int64, error) {
	switch {
	case o.at == nil:
		return datadir.Latest, nil
	case o.at.IsTime():
		return past.ZxidAt(o.at.Time)
	}
	return o.at.Zxid, nil
}

// explain adds to an error what can be done about it.
func (o *openOptions) explain(err error, info *datadir.PastInfo) error {
	var damage *datadir.Damage
	var unknown *datadir.UnknownTreeError
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("%w: zoosh open %s log", unknown, o.dir)
	case errors.As(err, &damage) && o.at == nil && info.Zxid > 0:
		return fmt.Errorf("%w. -at 0x%x shows the tree before that", err, info.Zxid)
	}
	return tooLarge(err, "-max-unpacked N")
}

// pastNotes is what is to be known of the tree that is shown.
func pastNotes(dir, logDir string, past *datadir.Past, info *datadir.PastInfo) []string {
	when := ""
	if info.Time != 0 {
		when = ", " + time.UnixMilli(info.Time).UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	notes := []string{fmt.Sprintf("%s as of 0x%x%s, read-only", dir, info.Zxid, when)}
	if !past.HasLogs() && info.Snapshot.Path != dir {
		notes = append(notes, fmt.Sprintf("there are no transaction logs in %s: this is the snapshot, without what came after it (-log-dir names the directory where they are)", cmp.Or(logDir, dir)))
	}
	for _, d := range info.Skipped {
		notes = append(notes, fmt.Sprintf("a snapshot is passed over, an older one with the logs makes it good: %v", d))
	}
	if info.Torn != nil {
		notes = append(notes, fmt.Sprintf("what was being written last is not whole, and is left out: %v", info.Torn))
	}
	if info.Blurred != 0 {
		notes = append(notes, fmt.Sprintf("%s was written while the server went on: some of what was done up to 0x%x may be seen already",
			info.Snapshot.Path, info.Blurred))
	}
	return notes
}
