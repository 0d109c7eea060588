//go:build unix

package main

import (
	"strings"
	"testing"
)

func TestPTYOpen(t *testing.T) {
	before := fingerprint(t, keptDataDir)
	p := onPTY(t, 80, 24, "open", "-at", "0x18", keptDataDir)
	p.shows("CONNECTED, read-only  …/../testdata/datadir@0x18")
	p.shows("dir@0x18 ─╮")
	p.shows("[zk: ../../testdata/datadir@0x18(CONNECTED")
	p.shows("config")
	p.until("the tree to show what its ACL hides from others", func(screen string) bool {
		return strings.Contains(screen, " secret ") && !strings.Contains(screen, "NoAuth")
	})
	p.send("create /x 1\r")
	p.shows("Not a read-only call: /x")
	p.send("log -n 1\r")
	p.shows("create /master")
	p.send("get /config\r")
	p.shows("timeout=9")
	p.send("\x1b[17~\x1b[17~d") // F6 twice: the tree
	p.shows("delete: this is what files say")
	p.send("\x11") // Ctrl-Q
	p.exits(0)
	sameFiles(t, before, fingerprint(t, keptDataDir))
}
