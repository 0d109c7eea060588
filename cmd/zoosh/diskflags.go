package main

import (
	"errors"
	"fmt"
	"strings"

	"zoosh/internal/datadir"
	"zoosh/internal/server"
)

// diskFlags are the flags of every server that keeps its data in a directory.
type diskFlags struct {
	randomPasswords bool
	unpacked        unpackedFlag
}

func (f *diskFlags) register(fs *flagSet) {
	fs.BoolVar(&f.randomPasswords, "random-session-passwords", false,
		"the sessions in -data-dir have random passwords; else ZooKeeper's, which follow from their ids, for one that takes over")
	f.unpacked.register(fs)
}

// apply has a server do as the flags say.
func (f *diskFlags) apply(cfg *server.Config) {
	cfg.RandomPasswords, cfg.MaxUnpacked = f.randomPasswords, f.unpacked.bytes()
}

// zooDiskKeys are the same in a zoo.cfg. ZooKeeper takes names that it does not know for
// properties of its JVM.
var zooDiskKeys = map[string]func(c *zooCfg, value string) error{
	"zoosh.randomSessionPasswords": func(c *zooCfg, v string) error { c.RandomPasswords = strings.EqualFold(v, "true"); return nil },
	"zoosh.maxUnpacked": func(c *zooCfg, v string) error {
		n, err := atLeast(v, 1)
		c.MaxUnpacked = int64(n) << 20
		return err
	},
}

// unpackedFlag is how many MiB a packed snapshot may unpack to; 0 for what is usual.
type unpackedFlag int

func (f *unpackedFlag) register(fs *flagSet) {
	fs.Func("max-unpacked", "let a packed snapshot (.gz, .snappy) unpack to `N` MiB (default: 100 times its own length, and 64 MiB at least)", func(s string) error {
		n, err := atLeast(s, 1)
		*f = unpackedFlag(n)
		return err
	})
}

func (f unpackedFlag) bytes() int64 { return int64(f) << 20 }

// tooLarge adds to the error of a snapshot that unpacks to too much what lets it.
func tooLarge(err error, flag string) error {
	if !errors.As(err, new(*datadir.TooLargeError)) {
		return err
	}
	return fmt.Errorf("%w. %s lets it have N MiB", err, flag)
}
