//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// serveOnce serves what args say, runs a script there and returns what the server has
// said of its start.
func serveOnce(t *testing.T, script string, args ...string) string {
	t.Helper()
	s := startServing(t, "", append([]string{"-listen", "127.0.0.1:0"}, args...)...)
	if _, errOut, code := zoosh(t, script, "-server", s.addr); code != 0 {
		t.Fatal(errOut)
	}
	s.end(syscall.SIGTERM)
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

// TestServeSaysWhatItFound: a start without the logs is not to look like any other.
func TestServeSaysWhatItFound(t *testing.T) {
	snaps, logs := t.TempDir(), t.TempDir()
	both := []string{"-data-dir", snaps, "-data-log-dir", logs}
	if said := serveOnce(t, "create /a 1\ncreate /b 2\n", both...); !strings.Contains(said, "in "+snaps+"\n") && !strings.HasSuffix(said, "in "+snaps) {
		t.Errorf("of an empty directory: %s", said)
	}
	// Two sessions began and one ended, beside the two znodes.
	if said := serveOnce(t, "ls /\n", both...); !strings.Contains(said, ", as of 0x4, 7 znodes, from snapshot.0 and 4 transactions of log.1") {
		t.Errorf("of both: %s", said)
	}
	if said := serveOnce(t, "create /c 3\n", "-data-dir", snaps); !strings.Contains(said, ", as of 0x0, 5 znodes, from snapshot.0 and no transaction logs") {
		t.Errorf("without the logs: %s", said)
	}
	_, errOut, code := zoosh(t, "", append([]string{"serve"}, both...)...)
	if code != codeFailed || !strings.Contains(errOut, "to go on from there, move that log away, and all logs and snapshots after it in "+snaps) {
		t.Errorf("both again: %d, %s", code, errOut)
	}
	if err := os.Remove(filepath.Join(snaps, "version-2", "log.1")); err != nil {
		t.Fatal(err)
	}
	if said := serveOnce(t, "get /a\n", both...); !strings.Contains(said, "of log.1 to log.5") {
		t.Errorf("after the way out: %s", said)
	}
}

// TestServeWithoutLogs: a snapshot that has lost its logs is warned of.
func TestServeWithoutLogs(t *testing.T) {
	dir := t.TempDir()
	serveOnce(t, strings.Repeat("create -s /a 1\n", 10), "-data-dir", dir, "-snap-count", "4")
	logs, err := filepath.Glob(filepath.Join(dir, "version-2", "log.*"))
	if err != nil || len(logs) < 2 {
		t.Fatal(logs, err)
	}
	for _, log := range logs {
		if err := os.Remove(log); err != nil {
			t.Fatal(err)
		}
	}
	const want = "there are no transaction logs in "
	_, errOut, _ := zoosh(t, "ls /\n", "-embedded", "-data-dir", dir)
	if strings.Count(errOut, want+dir+": this is snapshot.") != 1 {
		t.Errorf("-embedded: %s", errOut)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "version-2", "log.*"))
	for _, log := range left { // that it has just written
		os.Remove(log)
	}
	if said := serveOnce(t, "ls /\n", "-data-dir", dir); strings.Count(said, want+dir+": this is snapshot.") != 1 {
		t.Errorf("serve: %s", said)
	}
}
