package server

import (
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// On disk the memory that outlives a restart is the disk's.
func TestEmbeddedRestartsFromDisk(t *testing.T) {
	e, err := StartEmbedded(Config{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	c := dialAt(t, e.Addr(), wire.ConnectRequest{Timeout: 30000})
	c.create("/own", wire.FlagEphemeral)
	want := dump(t, e.running)
	if err := e.Restart(false); err != nil {
		t.Fatal(err)
	}
	sameDump(t, dump(t, e.running), want)
	if err := e.Restart(true); err == nil || !strings.Contains(err.Error(), "forgets nothing") {
		t.Errorf("to forget: %v", err)
	}
	if again := dialAt(t, e.Addr(), wire.ConnectRequest{Timeout: 30000}); !again.exists("/own") {
		t.Error("the refused restart has stopped the server or wiped it")
	}
}
