package tui

import (
	"context"
	"testing"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/tui/ui/intent"
)

// hide makes /secret, with a child, which only ann may read.
func (d *commandDriver) hide() {
	d.t.Helper()
	zk, err := session.Open(session.Config{Servers: []string{d.srv.Addr()}})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { zk.Close() })
	ctx := context.Background()
	if err := zk.AddAuth(ctx, "digest", []byte("ann:pass99word")); err != nil {
		d.t.Fatal(err)
	}
	o := session.CreateOptions{ACL: []wire.ACL{{Scheme: "auth", Perms: wire.PermAll}}}
	for _, path := range []string{"/secret", "/secret/inside"} {
		if _, _, err := zk.Create(ctx, path, []byte("for ann"), o); err != nil {
			d.t.Fatal(err)
		}
	}
}

// What the user may read since addauth, the tree and the node may read, too; a
// tree that is opened later as well.
func TestAddAuthReachesTheTree(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.hide()
	d.press("Read again") // of what may not be read nobody is told
	d.seesIn("Tree", "secret ✗ NoAuth")
	d.selects("/secret")
	d.press("Open, then go in")
	d.seesIn("Node", "✗ NoAuth")
	d.goesTo("Command")
	d.enters("addauth digest ann:pass99word")
	d.seesIn("Tree", "inside")
	d.seesNotIn("Tree", "✗")
	d.seesIn("Node", "Data 7 bytes, text for ann")
	d.press("Clear the view, redraw; scrolling brings it back") // the user has typed the password

	d.goesTo("Tree")
	d.intends(intent.FollowTab{}) // its key is there for another server's tree only
	d.settle()
	d.seesNotIn("Tree", "inside")
	d.selects("/secret/inside")
	d.seesIn("Node", "/secret/inside", "Data 7 bytes, text for ann")
	d.seesNot("pass99word")
}
