package roles

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

// protected is a lesson that leaves behind what only one of its roles may remove,
// and an ephemeral of a session that has crashed.
const protected = `
Something secret.

` + "```zk owner" + `
[zk] ls /
[zookeeper]
[zk] addauth digest me:secret
[zk] create /own x
Created /own
[zk] create /own/child x
Created /own/child
[zk] setAcl /own auth::cdrwa
cZxid = 0x2
...
` + "```" + `

And a guest who dies.

` + "```zk guest" + `
[zk] create -e /guest x
Created /guest
[zk] crash
Connection dropped: the server keeps the session until its timeout
` + "```" + `
`

// TestOnAnEnsemble plays on a server that is not the lesson's own, and wants it as
// it was before: also when the lesson is left in the middle.
func TestOnAnEnsemble(t *testing.T) {
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	observer, err := openObserver(&lessonServer{target: session.Target{Connect: srv.Addr()}})
	if err != nil {
		t.Fatal(err)
	}
	defer observer.Close()
	if _, _, err := observer.Create(t.Context(), "/theirs", nil, session.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	list := func(path string) []string {
		names, _, err := observer.Children(t.Context(), path, nil)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		return names
	}
	for _, base := range []string{"", "/theirs"} {
		for _, steps := range []int{0, 3, 7} {
			x := NewExecutor(parse(t, protected), Options{Target: session.Target{Connect: srv.Addr() + base}})
			if at, ok := x.Do(t.Context(), LayOut{steps}).(LaidOut); !ok || len(at.Diffs) > 0 {
				t.Errorf("%d steps on %s%s: %+v", steps, srv.Addr(), base, at)
			}
			if made := list(cmp.Or(base, "/")); !slices.ContainsFunc(made, func(s string) bool {
				return strings.HasPrefix(s, "zoosh-takeover-")
			}) {
				t.Errorf("the lesson has no path of its own among %v", made)
			}
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			if left, below := list("/"), list("/theirs"); !slices.Equal(left, []string{"theirs", "zookeeper"}) || len(below) > 0 {
				t.Fatalf("left: %v, below /theirs %v", left, below)
			}
		}
	}
}

// TestNoEnsemble wants to hear what is the matter, and nothing left.
func TestNoEnsemble(t *testing.T) {
	for connect, want := range map[string]string{"127.0.0.1:1": "refused", "x:y:z": "x:y:z"} {
		x := NewExecutor(parse(t, protected), Options{Target: session.Target{Connect: connect}})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		in := x.Do(ctx, LayOut{})
		cancel()
		if f, ok := in.(Failed); !ok || !strings.Contains(f.Err.Error(), want) {
			t.Errorf("%s: %v", connect, in)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
		if in := x.Do(t.Context(), Run{}); in != (Failed{errNotLaidOut}) {
			t.Errorf("a step on nothing: %v", in)
		}
	}
}
