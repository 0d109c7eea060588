package tui

import (
	"context"
	"strings"
	"testing"

	"zoosh/internal/session"
	"zoosh/internal/wire"
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
	d := driveTree(t)
	d.hide()
	d.press("r") // of what may not be read nobody is told
	d.untilRow("secret ✗ NoAuth")
	d.selects("/secret")
	d.press("right")
	d.until("the refusal", func() bool { return strings.HasPrefix(nodeRows(d.m), "✗ NoAuth") })
	d.m.setFocus(paneCommand)
	d.run("addauth digest ann:pass99word")
	d.until("what is below", func() bool { return strings.Contains(treeRows(d.m), "inside") })
	d.until("the data", func() bool { return strings.HasPrefix(nodeRows(d.m), "Data  7 bytes, text\nfor ann") })
	if rows := treeRows(d.m); strings.Contains(rows, "✗") {
		t.Error(rows)
	}

	d.m.setFocus(paneTree)
	d.do(d.m.tree.follow())
	d.until("the new tree", func() bool { return !strings.Contains(treeRows(d.m), "inside") })
	d.untilRow("secret")
	d.selects("/secret/inside")
	d.until("the data", func() bool { return strings.HasPrefix(nodeRows(d.m), "Data  7 bytes, text\nfor ann") })
	for _, text := range []string{d.m.notice.text, treeRows(d.m), nodeRows(d.m), d.m.tree.title()} {
		if strings.Contains(text, "pass99word") {
			t.Errorf("the password is shown: %s", text)
		}
	}
}
