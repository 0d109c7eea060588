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

// TestServeSaysWhatItRecovered: a start without the logs is not to look like any other.
func TestServeSaysWhatItRecovered(t *testing.T) {
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
	_, errOut, code := zoosh(t, "", append([]string{"serve", "-listen", "127.0.0.1:0"}, both...)...)
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

// TestServeMisused: what would start something else than was meant.
func TestServeMisused(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		args string // with blanks; "" is written as two quotes
		want string
	}{
		{`serve -data-dir ""`, "-data-dir is empty"},
		{`serve -config ""`, "-config is empty"},
		{`serve -data-dir DIR -data-log-dir ""`, "-data-log-dir is empty"},
		{`-embedded -data-dir "" ls /`, "-data-dir is empty"},
		{`record -embedded -data-dir "" x.md`, "-data-dir is empty"},
		{`serve -keep 5`, "-keep goes with -data-dir"},
		{`serve -snap-count 5`, "-snap-count goes with -data-dir"},
		{`serve -data-log-dir DIR`, "-data-log-dir goes with -data-dir"},
		{`serve -data-dir DIR -keep 1`, "-keep is 3 at least, or 0"},
		{`serve -data-dir DIR -keep -1`, "-keep is 3 at least, or 0"},
		{`serve -data-dir DIR -snap-count 0`, "-snap-count is 1 at least"},
		{`serve -data-dir DIR -snap-count -3`, "-snap-count is 1 at least"},
		{`serve -tick 100`, "its unit is missing, as in 100ms"},
		{`serve -tick 0`, "its unit is missing"},
		{`serve -tick -1s`, "it is 1ms at least"},
		{`serve -tick 1us`, "it is 1ms at least"},
		{`serve -tick soon`, "it is a time such as 500ms or 2s"},
	} {
		args := strings.Fields(strings.ReplaceAll(tt.args, "DIR", dir))
		for i := range args {
			if args[i] == `""` {
				args[i] = ""
			}
		}
		_, errOut, code := zoosh(t, "", args...)
		if code != codeUsage || !strings.Contains(errOut, tt.want) {
			t.Errorf("%s: %d, %s", tt.args, code, errOut)
		}
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
