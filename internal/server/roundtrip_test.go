package server

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// wireDump is all that a client can see of a server's tree, a line for each znode.
func wireDump(t testing.TB, c *client) []string {
	t.Helper()
	var lines []string
	var walk func(path string)
	walk = func(path string) {
		var data wire.GetDataResponse
		c.do(wire.OpGetData, &wire.PathWatchRequest{Path: path}, &data)
		var acl wire.GetACLResponse
		c.do(wire.OpGetACL, &wire.PathRequest{Path: path}, &acl)
		var children wire.GetChildren2Response
		c.do(wire.OpGetChildren2, &wire.PathWatchRequest{Path: path}, &children)
		lines = append(lines, fmt.Sprintf("%s %q %+v %+v", path, data.Data, data.Stat, acl))
		slices.Sort(children.Children)
		for _, name := range children.Children {
			walk(wire.JoinPath(path, name))
		}
	}
	walk("/")
	var own wire.GetChildrenResponse
	c.do(wire.OpGetEphemerals, &wire.PathRequest{Path: "/"}, &own)
	lines = append(lines, fmt.Sprintf("ephemerals %v", own.Children))
	slices.Sort(lines)
	return lines
}

// replaceDir makes dir a copy of from.
func replaceDir(t testing.TB, dir, from string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, "version-2", "zoosh.lock"))
}

// What ZooKeeper has written opens here with everything, and the other way about,
// several times to and fro, each server killed without warning.
func TestRoundTrip(t *testing.T) {
	zk := zktest.Start(t, zktest.LongSessions, "snapCount=25", "-Dzookeeper.snapshot.compression.method=gz")
	c := connectTo(t, zk.Addr(), wire.ConnectRequest{Timeout: 60000})
	everyKind(t, c)
	c.create("/rounds", 0)
	resume := wire.ConnectRequest{Timeout: 60000, SessionID: c.conn.SessionID, Passwd: c.conn.Passwd}
	work := func(c *client) {
		for range 40 {
			c.create("/rounds/n-", wire.FlagEphemeralSequential)
		}
		c.set("/plain", fmt.Sprint(c.zxid))
	}
	for round := range 2 {
		t.Logf("round %d", round)
		want := wireDump(t, c)
		zk.Kill()
		dir := copyDir(t, zk.DataDir())
		ours := startServer(t, Config{DataDir: dir, SnapCount: 30, MaxSessionTimeout: time.Minute})
		c = connectTo(t, ours.Addr(), resume)
		c.login("ann:secret")
		sameDump(t, wireDump(t, c), want)
		work(c)

		want = wireDump(t, c)
		replaceDir(t, zk.DataDir(), dir) // while it is at work
		zk.Restart()
		c = connectTo(t, zk.Addr(), resume)
		c.login("ann:secret")
		sameDump(t, wireDump(t, c), want)
		work(c)
	}
}
