//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Three hosts are shown as one and two more where they leave no room for a line, in
// both front ends; what is recorded there has zkCli's prompt.
func TestPTYPromptOfThreeHosts(t *testing.T) {
	addr := startServer(t, 0).Addr()
	three := strings.Join([]string{addr, addr, addr}, ",")
	brief := "[zk: " + addr + "+2(CONNECTED) 0]"
	for _, flags := range [][]string{{"-plain"}, nil} {
		page := filepath.Join(t.TempDir(), "page.md")
		p := onPTY(t, 100, 30, append([]string{"record", page, "-server", three}, flags...)...)
		p.shows(brief)
		if flags == nil {
			p.shows("REC") // the lines from here on
		}
		p.send("ls /\r")
		p.shows("[zookeeper]")
		p.send("quit\r")
		p.leftAsItWas(0)
		src, err := os.ReadFile(page)
		if err != nil || !strings.Contains(string(src), "[zk: "+three+"(CONNECTED) 0] ls /") {
			t.Errorf("%v: %v; the page is\n%s", flags, err, src)
		}
	}
	p := onPTY(t, 250, 30, "-server", three, "-plain")
	p.shows("[zk: " + three + "(CONNECTED) 0]")
}
