package shell

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"zoosh/internal/control"
	"zoosh/internal/server"
	"zoosh/internal/wire"
)

// A server that ends by itself says why, to those who lose their connections by it and
// to those who ask; it is started again by command.
func TestServerFails(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no directory is removed there whose files are open")
	}
	dir := t.TempDir()
	e, err := server.StartEmbedded(server.Config{DataDir: dir, SnapCount: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	x := openControlled(t, e, Config{Dialect: D39})
	if err := os.RemoveAll(filepath.Join(dir, "version-2")); err != nil {
		t.Fatal(err)
	}
	for e.Condition() == control.Running { // until a new log is begun
		x.run("create -s /n- x")
	}
	lost := x.rec.await(t, "Disconnected", func(it Item) bool { return it.Kind == State && it.Event.State == wire.StateDisconnected })
	var failed *ServerFailed
	if !errors.As(lost.Event.Err, &failed) || !strings.HasPrefix(FailedNote(lost.Event.Err), "(the embedded server has failed: begin a transaction log: ") {
		t.Errorf("the connection was lost by %v", lost.Event.Err)
	}
	if out, _, _ := x.run("server"); !regexp.MustCompile(`(?m)^state     failed: begin a transaction log: .*$`).MatchString(out) || strings.Contains(out, "zxid      0x0\n") {
		t.Errorf("%s", out)
	}
	out, _, _ := x.run("server -o json")
	var line serverLine
	if err := json.Unmarshal([]byte(out), &line); err != nil || line.State != "failed" || !strings.HasPrefix(line.Failure, "begin a transaction log: ") {
		t.Errorf("%s", out)
	}
	if _, err, code := x.run("server stop"); code != 1 || !strings.HasPrefix(err, "server stop: the server has failed, starting it tries again: ") {
		t.Errorf("%s", err)
	}
	x.want("server start", "", "Started: each session has its whole timeout from now on\n", 0)
	if e.Failure() != nil {
		t.Errorf("it has failed: %v", e.Failure())
	}
}

func TestFailedNoteOfOthers(t *testing.T) {
	for _, err := range []error{nil, errors.New("reset by peer")} {
		if note := FailedNote(err); note != "" {
			t.Errorf("%v: %q", err, note)
		}
	}
}
