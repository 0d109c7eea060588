package transcript

import (
	"errors"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
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
		{Target: session.Target{Connect: srv.Addr()}},
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
	if _, err := Begin(page, Options{}); err == nil || err.Error() != `x.md: front matter: needs knows only "embedded", "files" and "connect", not "luck"` {
		t.Errorf("%v", err)
	}
}

// A page says whether its lines were typed at a prompt, and is replayed accordingly.
func TestTypedPage(t *testing.T) {
	for front, want := range map[string]bool{"": false, "at: prompt\n": true} {
		page, err := Parse("x.md", []byte("---\ntitle: T\n"+front+"---\n```zk\n[zk] ls /\n```\n"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Begin(page, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if err := r.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.Shell(DefaultSession).Typed(); got != want {
			t.Errorf("%q: typed: %v, want %v", front, got, want)
		}
	}
	page, err := Parse("x.md", []byte("---\nat: home\n---\n```zk\n[zk] ls /\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Begin(page, Options{}); err == nil || err.Error() != `x.md: front matter: at knows only "prompt", not "home"` {
		t.Errorf("%v", err)
	}
}
