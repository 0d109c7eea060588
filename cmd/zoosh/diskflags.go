package main

import (
	"strings"

	"zoosh/internal/server"
)

// diskFlags are the flags of every server that keeps its data in a directory.
type diskFlags struct {
	randomPasswords bool
}

func (f *diskFlags) register(fs *flagSet) {
	fs.BoolVar(&f.randomPasswords, "random-session-passwords", false,
		"the sessions in -data-dir have random passwords; else ZooKeeper's, which follow from their ids, for one that takes over")
}

// apply has a server do as the flags say.
func (f *diskFlags) apply(cfg *server.Config) {
	cfg.RandomPasswords = f.randomPasswords
}

// zooDiskKeys are the same in a zoo.cfg. ZooKeeper takes names that it does not know for
// properties of its JVM.
var zooDiskKeys = map[string]func(c *zooCfg, value string) error{
	"zoosh.randomSessionPasswords": func(c *zooCfg, v string) error { c.RandomPasswords = strings.EqualFold(v, "true"); return nil },
}
