package server

import (
	"errors"
	"net"
	"strings"
	"testing"

	"zoosh/internal/control"
	"zoosh/internal/wire"
)

// On disk the memory that outlives a restart is the disk's.
func TestEmbeddedRestartsFromDisk(t *testing.T) {
	e, err := StartEmbedded(Config{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	c := connectTo(t, e.Addr(), wire.ConnectRequest{Timeout: 30000})
	c.create("/own", wire.FlagEphemeral)
	want := dump(t, e.running)
	if err := e.Restart(false); err != nil {
		t.Fatal(err)
	}
	sameDump(t, dump(t, e.running), want)
	if err := e.Restart(true); err == nil || !strings.Contains(err.Error(), "forgets nothing") {
		t.Errorf("to forget: %v", err)
	}
	if again := connectTo(t, e.Addr(), wire.ConnectRequest{Timeout: 30000}); !again.exists("/own") {
		t.Error("the refused restart has stopped the server or wiped it")
	}
}

// A server that its disk has ended says so at once and why, once, and is started again
// with what is on the disk.
func TestEmbeddedFails(t *testing.T) {
	dir := t.TempDir()
	e, err := StartEmbedded(Config{DataDir: dir, SnapCount: 4})
	must(t, err)
	c := connectTo(t, e.Addr(), wire.ConnectRequest{Timeout: 30000})
	c.create("/kept", 0)
	full := errors.New("no space left on device")
	e.running.diskFailed(full)
	if e.Condition() != control.Failed || !errors.Is(e.Failure(), full) {
		t.Errorf("it is %v, %v", e.Condition(), e.Failure())
	}
	closes(t, c.nc)
	if st := e.Status(); st.Condition != control.Failed || st.Failure == nil || st.Zxid != 2 || st.Znodes != 6 || len(st.Sessions) != 1 {
		t.Errorf("%+v", st)
	}
	for what, err := range map[string]error{"stop": e.Stop(), "pause": e.Pause(), "resume": e.Resume(), "drop": e.Drop(c.conn.SessionID)} {
		if err == nil || err.Error() != "the server has failed, starting it tries again: "+full.Error() {
			t.Errorf("%s: %v", what, err)
		}
	}
	ln, err := net.Listen("tcp", e.Addr())
	must(t, err)
	if e.Start(false) == nil || e.Condition() != control.Failed {
		t.Errorf("started on a port that is taken: it is %v", e.Condition())
	}
	ln.Close()
	must(t, e.Start(false))
	if e.Condition() != control.Running || e.Failure() != nil {
		t.Errorf("it is %v, %v", e.Condition(), e.Failure())
	}
	if !connectTo(t, e.Addr(), wire.ConnectRequest{Timeout: 30000}).exists("/kept") {
		t.Error("/kept is gone")
	}
	e.running.diskFailed(full)
	must(t, e.Restart(false))
	e.running.diskFailed(full)
	if err := e.Close(); err == nil || err.Error() != "the server stops, since its disk refuses: "+full.Error() {
		t.Errorf("closed with %v", err)
	}
	if e.Condition() != control.Stopped {
		t.Errorf("it is %v", e.Condition())
	}
}
