//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"zoosh/internal/zktest"
)

// TestServeTrustsEmpty: the logs that a ZooKeeper has written, without its snapshots,
// are served if snapshot.trust.empty says so, from then on without it, and by ZooKeeper.
func TestServeTrustsEmpty(t *testing.T) {
	zk := zktest.Start(t)
	if _, errOut, code := zoosh(t, "create /a 1\ncreate /a/b 2\nset /a 3\ncreate -s /s x\ncreate /gone x\ndelete /gone\n", "-server", zk.Addr()); code != 0 {
		t.Fatal(errOut)
	}
	zk.Kill()
	zk.Restart() // which takes a snapshot and begins a log
	zoosh(t, "create /later y\n", "-server", zk.Addr())
	want, _, _ := zoosh(t, "ls -R /\nget -s /a\n", "-server", zk.Addr(), "-dialect", "3.8")
	zk.Kill()
	snapshots, _ := filepath.Glob(filepath.Join(zk.DataDir(), "version-2", "snapshot.*"))
	if len(snapshots) < 2 {
		t.Fatalf("snapshots: %q", snapshots)
	}
	for _, s := range snapshots {
		if err := os.Remove(s); err != nil {
			t.Fatal(err)
		}
	}
	config := func(lines string) string {
		file := filepath.Join(t.TempDir(), "zoo.cfg")
		text := fmt.Sprintf("dataDir=%s\nclientPortAddress=127.0.0.1\nclientPort=0\n4lw.commands.whitelist=*\n%s\n", zk.DataDir(), lines)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, lines := range []string{"", "snapshot.trust.empty=false", "snapshot.trust.empty=yes"} {
		_, errOut, code := zoosh(t, "", "serve", "-config", config(lines))
		if code != codeFailed || !strings.Contains(errOut, "no snapshot") || !strings.Contains(errOut, "snapshot.trust.empty=true") {
			t.Errorf("%q: %d, %s", lines, code, errOut)
		}
	}
	serve := func(lines string, says ...string) {
		t.Helper()
		s := startServing(t, "", "-config", config(lines))
		got, errOut, _ := zoosh(t, "ls -R /\nget -s /a\n", "-server", s.addr, "-dialect", "3.8")
		if got != want {
			t.Errorf("%q: %s%s\nwant\n%s", lines, got, errOut, want)
		}
		s.end(syscall.SIGTERM)
		s.mu.Lock()
		defer s.mu.Unlock()
		all := strings.Join(s.lines, "\n")
		for _, text := range says {
			if !strings.Contains(all, text) {
				t.Errorf("%q says nothing of %q: %s", lines, text, all)
			}
		}
	}
	serve("zookeeper.snapshot.trust.empty=TRUE", "from no snapshot and", "there is no snapshot that the logs begin with")
	// It has written one.
	if snapshots, _ := filepath.Glob(filepath.Join(zk.DataDir(), "version-2", "snapshot.*")); len(snapshots) != 1 {
		t.Errorf("snapshots: %q", snapshots)
	}
	serve("", "from snapshot.")
	zk.Restart()
	if got, errOut, _ := zoosh(t, "ls -R /\nget -s /a\n", "-server", zk.Addr(), "-dialect", "3.8"); got != want {
		t.Errorf("ZooKeeper: %s%s\nwant\n%s", got, errOut, want)
	}
}
