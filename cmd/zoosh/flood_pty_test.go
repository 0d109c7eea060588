//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoosh/shell"
)

// Line mode counts what comes too fast, as the TUI does; a recording has all of it.
func TestPTYFlood(t *testing.T) {
	const n = 400
	addr := startServer(t, 0).Addr()
	page := filepath.Join(t.TempDir(), "page.md")
	p := onPTY(t, 120, 40, "record", page, "-server", addr, "-plain", "-dialect", "3.8")
	p.shows("(CONNECTED) 0]")
	p.send("create /busy x\raddWatch /busy\r")
	p.shows("(CONNECTED) 2]")
	var script strings.Builder
	for i := range n {
		fmt.Fprintf(&script, "set /busy %d\n", i)
	}
	if _, errOut, code := zoosh(t, script.String(), "-server", addr); code != 0 {
		t.Fatal(errOut)
	}
	p.shows("a recording has them")
	p.send("quit\r")
	p.leftAsItWas(0)
	if shown := strings.Count(p.written(), "type:NodeDataChanged"); shown > n/2 || shown < shell.FloodLimit {
		t.Errorf("%d of %d events are shown", shown, n)
	}
	src, err := os.ReadFile(page)
	if got := strings.Count(string(src), "type:NodeDataChanged path:/busy"); err != nil || got != n {
		t.Errorf("the recording has %d of %d events, %v", got, n, err)
	}
}
