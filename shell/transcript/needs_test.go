package transcript

import (
	"errors"
	"strings"
	"testing"

	"zoosh/internal/server"
)

const controls = "../../testdata/server-controls.md"

// The page about the embedded server's controls passes, and is not played where
// they are not at hand.
func TestServerControls(t *testing.T) {
	t.Parallel()
	page, _ := played(t, controls)
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	for _, opt := range []Options{
		{Server: srv.Addr()},
		{Start: func() (string, func() error, error) { return srv.Addr(), srv.Close, nil }},
	} {
		if _, err := Begin(page, opt); !errors.Is(err, ErrNeedsEmbedded) || !strings.HasPrefix(err.Error(), controls+": ") {
			t.Errorf("%v", err)
		}
	}
}

func TestNeeds(t *testing.T) {
	page, err := Parse("x.md", []byte("---\nneeds: luck\n---\n```zk\n[zk] ls /\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Begin(page, Options{}); err == nil || err.Error() != `x.md: front matter: needs knows only "embedded", not "luck"` {
		t.Errorf("%v", err)
	}
}
