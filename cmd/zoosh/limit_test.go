package main

import (
	"strings"
	"testing"

	"zoosh/internal/server"
)

// TestRequestLimitEverywhere sends more than a server takes by default to one that takes
// more, by each front end that is given the client's configuration.
func TestRequestLimitEverywhere(t *testing.T) {
	t.Parallel()
	srv, err := server.Start(server.Config{MaxBuffer: 4 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	page := file(t, "large.md", "# Large\n\n```zk\n[zk] create /large "+strings.Repeat("x", 1200000)+"\nCreated /large\n[zk] delete /large\n```\n")
	flags := []string{"-server", srv.Addr(), "-client-configuration", file(t, "c.properties", "jute.maxbuffer=4194304\n")}
	for name, args := range map[string][]string{
		"test": append([]string{"test"}, append(flags, page)...),
		"play": append([]string{"play", "-plain", "-auto"}, append(flags, page)...),
	} {
		t.Run(name, func(t *testing.T) {
			if out, errOut, code := zoosh(t, "", args...); code != 0 {
				t.Errorf("code %d, %.300s, %.300s", code, out[max(0, len(out)-300):], errOut)
			}
		})
	}
}
