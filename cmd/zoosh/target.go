package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/shell"
)

// A target is the ensemble that the shell joins, and the embedded server if that
// is what it is.
type target struct {
	connect  string
	embedded *server.Embedded
	log      shell.TxnLog // of the server, if its files are at hand

	// Of a data directory that is looked into.

	past     *server.Server
	place    string // what it is called
	auth     []session.Credential
	sessions []shell.PastSession
	asOf     *int64 // zxid
	notes    []string
}

// close ends the embedded server. What went wrong with its disk is said now, for
// there was nowhere to say it before.
func (t *target) close(out io.Writer) {
	if t.embedded != nil {
		if err := t.embedded.Close(); err != nil {
			fmt.Fprintln(out, "zoosh:", shell.Printable(err.Error()))
		}
	}
	if t.past != nil {
		t.past.Close()
	}
}

// asks tells whether to ask before much is taken: what is on an embedded server
// is there to be tried out, and the past is not to be taken.
func (t *target) asks() bool { return t.embedded == nil && t.past == nil }

// target is the ensemble of a connect string as the flags have it reached.
func (o *options) target(connect string) session.Target {
	at := o.security.target(connect, o.profile)
	at.Timeout, at.ReadOnly, at.NoWrites, at.Limits = o.timeout, o.readOnly, o.noWrites, o.limits
	at.Window = o.window
	return at
}

// shellConfig is the configuration of a shell on the target.
func (t *target) shellConfig(o *options) shell.Config {
	at := o.target(t.connect)
	at.Place, at.Auth, at.ReadOnly = t.place, slices.Concat(at.Auth, t.auth), at.ReadOnly || t.past != nil
	cfg := shell.Config{
		Target: at, WaitForConnection: o.wait, Dialect: o.dialect, JSON: o.json, Quiet: o.quiet,
		Log: t.log, Past: t.sessions, AsOf: t.asOf, Notes: t.notes,
	}
	if t.embedded != nil {
		cfg.Control = t.embedded
	}
	return cfg
}

// probeTimeout is how long a ZooKeeper on localhost has to answer.
const probeTimeout = time.Second

// chooseServer finds the ensemble to join. Only a person gets an embedded server
// without having asked for one: a script or a single command that finds no
// server must fail rather than run on an empty tree.
func (o *options) chooseServer(ctx context.Context, interactive bool, std stdio) (*target, error) {
	switch {
	case o.embedded:
		cfg := server.Config{DataDir: o.dataDir, EnforceQuota: o.quota}
		o.disk.apply(&cfg)
		t, err := embed(std.err, cfg)
		if err == nil && o.dataDir != "" {
			t.log = &fileLog{path: o.dataDir, live: true}
			t.notes = recoveredNotes(o.dataDir, t.embedded.Recovered(), interactive)
		}
		return t, err
	case o.server != "":
		return &target{connect: o.server}, nil
	case !interactive || o.security.asked() != "" || answers(ctx, defaultServer):
		return &target{connect: defaultServer}, nil
	}
	t, err := embed(std.err, server.Config{Addr: "127.0.0.1:2181"})
	if err != nil {
		// Something else has the port.
		if t, err = embed(std.err, server.Config{}); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(std.err, "No ZooKeeper answers on %s: this one is embedded and in memory.\n", defaultServer)
	return t, nil
}

// recoveredNotes is what is to be known of what an embedded server goes on from. A person
// is told it in any case, a script if something is wrong.
func recoveredNotes(dir string, recovered *server.Recovered, interactive bool) (notes []string) {
	if recovered != nil && interactive {
		notes = append(notes, fmt.Sprintf("%s %v", dir, recovered))
	}
	if note := bareNote(dir, recovered); note != "" {
		notes = append(notes, note+" (zoosh serve -data-log-dir takes them from elsewhere)")
	}
	return notes
}

// answers tells whether a ZooKeeper is at addr, whatever it says.
func answers(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	reply, err := session.FourLetter(ctx, addr, "srvr")
	return err == nil && reply != ""
}

// embed starts an embedded server. What it says of its data while it starts is
// written to out; later a screen or a prompt is there, which it must not disturb.
func embed(out io.Writer, cfg server.Config) (*target, error) {
	var started atomic.Bool
	log := logTo(out)
	cfg.Logf = func(format string, args ...any) {
		if !started.Load() {
			log(format, args...)
		}
	}
	srv, err := server.StartEmbedded(cfg)
	started.Store(true)
	if err != nil {
		return nil, fmt.Errorf("start the embedded server: %w", tooLarge(err, "-max-unpacked N"))
	}
	connect, err := connectTo(srv.Addr())
	if err != nil {
		srv.Close()
		return nil, err
	}
	return &target{connect: connect, embedded: srv}, nil
}

// connectTo is the connect string of an embedded server.
func connectTo(addr string) (string, error) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("address of the embedded server: %w", err)
	}
	return "localhost:" + port, nil
}
