package datadir

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/rawzk"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// javaWait is how long ZooKeeper may take for all that a session does.
const javaWait = time.Minute

// client is one session with a server.
type client struct {
	*rawzk.Client
	t *testing.T
}

// dialJava opens a session, or goes on with one that an earlier client had.
func dialJava(t *testing.T, addr string, before *client) *client {
	t.Helper()
	dial := func() (*rawzk.Client, error) { return rawzk.Dial(addr, javaWait) }
	if before != nil {
		dial = func() (*rawzk.Client, error) {
			return rawzk.Resume(addr, javaWait, before.SessionID(), before.Password())
		}
	}
	raw, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(raw.Drop)
	raw.SetDeadline(time.Now().Add(javaWait))
	c := &client{Client: raw, t: t}
	c.must(wire.OpAuth, &wire.AuthPacket{Scheme: "digest", Auth: []byte("user:secret")}, nil)
	return c
}

// must sends a request that cannot fail, and reads the reply into reply.
func (c *client) must(op wire.Op, request, reply wire.Record) {
	c.t.Helper()
	if _, err := c.Do(op, request, reply); err != nil {
		c.t.Fatalf("%v %+v: %v", op, request, err)
	}
}

func create(path, data string, flags int32, acl ...wire.ACL) *wire.CreateRequest {
	if acl == nil {
		acl = wire.OpenACL()
	}
	return &wire.CreateRequest{Path: path, Data: []byte(data), ACL: acl, Flags: flags}
}

// work has the server write about every kind of txn.
func work(t *testing.T, addr string) *client {
	c := dialJava(t, addr, nil)
	c.must(wire.OpCreate, create("/a", "one", 0), nil)
	c.must(wire.OpCreate2, create("/a/é", "", 0), nil)
	c.must(wire.OpCreate, &wire.CreateRequest{Path: "/null", ACL: wire.OpenACL()}, nil)
	c.must(wire.OpCreate, create("/digest", "x", 0, wire.ACL{Perms: wire.PermAll, Scheme: "auth"}), nil)
	c.must(wire.OpCreate, create("/ip", "x", 0, wire.ACL{Perms: wire.PermAll, Scheme: "ip", ID: "127.0.0.1"},
		wire.ACL{Perms: wire.PermRead, Scheme: "world", ID: "anyone"}), nil)
	c.must(wire.OpCreate, create("/e", "mine", 1), nil)
	c.must(wire.OpCreateContainer, create("/c", "", 4), nil)
	c.must(wire.OpCreate, create("/c/child", "", 0), nil)
	c.must(wire.OpCreateTTL, &wire.CreateTTLRequest{CreateRequest: *create("/ttl", "", 5), TTL: 1 << 30}, nil)
	c.must(wire.OpCreate, create("/zookeeper/quota/a", "", 0), nil)
	c.must(wire.OpCreate, create("/zookeeper/quota/a/zookeeper_limits", "count=1000,bytes=-1", 0), nil)
	c.must(wire.OpCreate, create("/zookeeper/quota/a/zookeeper_stats", "count=2,bytes=3", 0), nil)
	c.must(wire.OpSetACL, &wire.SetACLRequest{Path: "/a", ACL: []wire.ACL{{Perms: wire.PermAll, Scheme: "world", ID: "anyone"}, {Perms: wire.PermRead, Scheme: "ip", ID: "10.0.0.0/8"}}, Version: -1}, nil)
	for i := range 60 {
		c.must(wire.OpCreate, create("/a/seq-", fmt.Sprint(i), 2, []wire.ACL{{Perms: wire.PermAll, Scheme: "world", ID: "anyone"}, {Perms: int32(i%32) | 1, Scheme: "ip", ID: "127.0.0.1"}}...), nil)
		c.must(wire.OpSetData, &wire.SetDataRequest{Path: "/a", Data: bytes.Repeat([]byte{'x'}, i), Version: -1}, nil)
		if i%3 == 0 {
			c.must(wire.OpDelete, &wire.PathVersionRequest{Path: fmt.Sprintf("/a/seq-%010d", i+1), Version: -1}, nil)
		}
		if _, err := c.Do(wire.OpCreate, create("/a", "", 0), nil); !errors.Is(err, &wire.Error{Code: wire.NodeExists}) {
			t.Fatalf("a second /a: %v", err)
		}
	}
	c.must(wire.OpMulti, &wire.MultiRequest{Ops: []wire.MultiOp{
		{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/ip", Version: 0}},
		{Op: wire.OpCreate, Request: create("/m", "multi", 0)},
		{Op: wire.OpCreate2, Request: create("/m/2", "", 1)},
		{Op: wire.OpSetData, Request: &wire.SetDataRequest{Path: "/m", Data: []byte("set"), Version: 0}},
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/null", Version: -1}},
	}}, nil)
	c.must(wire.OpMulti, &wire.MultiRequest{Ops: []wire.MultiOp{
		{Op: wire.OpCreate, Request: create("/never", "", 0)},
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/none", Version: -1}},
	}}, nil)
	other := dialJava(t, addr, nil)
	other.must(wire.OpCreate, create("/gone", "", 1), nil)
	other.must(wire.OpCloseSession, &wire.Empty{}, nil)
	return c
}

// served is a tree as a client sees it: every znode's data, stat, ACL and children.
func (c *client) served() map[string]string {
	out := make(map[string]string)
	var walk func(path string)
	walk = func(path string) {
		var data wire.GetDataResponse
		var acl wire.GetACLResponse
		var children wire.GetChildren2Response
		c.must(wire.OpGetData, &wire.PathWatchRequest{Path: path}, &data)
		c.must(wire.OpGetACL, &wire.PathRequest{Path: path}, &acl)
		c.must(wire.OpGetChildren2, &wire.PathWatchRequest{Path: path}, &children)
		slices.Sort(children.Children)
		out[path] = describe(path, data.Data, data.Stat, acl.ACL, children.Children)
		for _, name := range children.Children {
			walk(wire.JoinPath(path, name))
		}
	}
	walk("/")
	return out
}

func describe(path string, data []byte, stat wire.Stat, acl []wire.ACL, children []string) string {
	if strings.HasSuffix(path, "/zookeeper_stats") { // counted anew, by no txn
		data, stat.DataLength = nil, 0
	}
	return fmt.Sprintf("%q %+v %+v %q", data, stat, acl, children)
}

func (m *model) described() map[string]string {
	out := make(map[string]string)
	for path, n := range m.nodes {
		out[path] = describe(path, n.Data, m.stat(path), n.ACL, m.children(path))
	}
	return out
}

func compare(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for path := range want {
		if got[path] != want[path] {
			t.Errorf("%s: %s is\n%s, want\n%s", what, path, got[path], want[path])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d znodes, want %d", what, len(got), len(want))
	}
}

// TestAgainstZooKeeper: what a ZooKeeper leaves that was killed is read as what it
// served, and it serves the same from what is written here.
func TestAgainstZooKeeper(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts many of Java's programs")
	}
	for _, c := range compressions {
		t.Run("compress="+string(c), func(t *testing.T) {
			server := zktest.Start(t, "-Dzookeeper.snapCount=20", "-Dzookeeper.snapshot.compression.method="+string(c))
			session := work(t, server.Addr())
			want := session.served()
			server.Kill()
			if *update && c == Snappy {
				keep(t, server.DataDir(), want)
			}
			txns := readJava(t, server.DataDir(), c, want, session.SessionID())

			server.Wipe()
			writeForJava(t, server.DataDir(), c, txns)
			server.Restart()
			again := dialJava(t, server.Addr(), session)
			compare(t, "ZooKeeper", again.served(), want)
			again.must(wire.OpCreate, create("/after", "", 0), nil)
			want = again.served()
			server.Kill()
			d := unlocked(server.DataDir())
			m := newModel()
			if info, err := d.Recover(m.load, m.apply); err != nil || info.Zxid != txns[len(txns)-1].Zxid+1 {
				t.Fatalf("%+v, %v", info, err)
			}
			compare(t, "both in turn", m.described(), want)
		})
	}
}

// kept is what a ZooKeeper 3.8.0 left, for where there is none.
const kept = "testdata/zookeeper-3.8"

var update = flag.Bool("update", false, "keep what ZooKeeper writes in "+kept)

// keep copies the newest snapshot and the logs, without the room behind them, and
// says what was served.
func keep(t *testing.T, dir string, served map[string]string) {
	t.Helper()
	d := unlocked(dir)
	snapshots, err := d.snapshots()
	logs, err2 := d.logFiles()
	if err = errors.Join(err, err2, os.RemoveAll(kept), os.MkdirAll(filepath.Join(kept, versionDir), 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, f := range append(logsAfter(logs, snapshots[0].Zxid), snapshots[0]) {
		b, err := os.ReadFile(f.Path)
		if f != snapshots[0] {
			b = bytes.TrimRight(b, "\x00")
		}
		if err = errors.Join(err, os.WriteFile(filepath.Join(kept, versionDir, filepath.Base(f.Path)), b, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(kept, "served"), []byte(lines(served)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func lines(served map[string]string) string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(served)) {
		fmt.Fprintf(&b, "%s %s\n", path, served[path])
	}
	return b.String()
}

func TestKeptFromZooKeeper(t *testing.T) {
	want, err := os.ReadFile(filepath.Join(kept, "served"))
	if err != nil {
		t.Fatal(err)
	}
	d := unlocked(kept)
	m := newModel()
	info, err := d.Recover(m.load, m.apply)
	if err != nil || info.Txns == 0 || info.Cut != nil || len(info.Skipped) > 0 {
		t.Fatalf("%+v, %v", info, err)
	}
	if got := lines(m.described()); got != string(want) {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// readJava reads what a ZooKeeper has left, from every snapshot on, and returns all
// txns.
func readJava(t *testing.T, dir string, c Compression, want map[string]string, session int64) (txns []*Txn) {
	t.Helper()
	d := unlocked(dir)
	snapshots, err := d.snapshots()
	logs, err2 := d.logFiles()
	if err != nil || err2 != nil || len(snapshots) < 3 || len(logs) < 3 {
		t.Fatalf("%d snapshots, %d logs, %v, %v", len(snapshots), len(logs), err, err2)
	}
	if _, got, _ := snapshotZxid(filepath.Base(snapshots[0].Path)); got != c {
		t.Errorf("the snapshots are packed as %q", got)
	}
	for _, f := range logs {
		part, _, err := readLog(f.Path)
		if err == nil || len(part) == 0 || damageOf(err) != nil {
			t.Errorf("%s: %d txns, %v", f.Path, len(part), err)
		}
		txns = append(txns, part...)
	}
	kinds := make(map[reflect.Type]bool)
	for _, txn := range txns {
		kinds[reflect.TypeOf(txn.Body)] = true
		if (txn.Digest == nil) != (txn.Op == wire.OpError) {
			t.Errorf("the txn %x, %v, has the digest %v", txn.Zxid, txn.Op, txn.Digest)
		}
	}
	if len(kinds) != 10 {
		t.Errorf("the log has only the kinds %v", kinds)
	}
	for _, f := range snapshots {
		m := newModel()
		r := &recovery{d: d, load: m.load, apply: m.apply}
		if damage, err := r.loadOne(f); err != nil || damage != nil {
			t.Errorf("%s: %v, %v", f.Path, damage, err)
			continue
		}
		r.info.Zxid = f.Zxid
		if err := r.replay(logsAfter(logs, f.Zxid)); err != nil {
			t.Errorf("from %s: %v", f.Path, err)
		}
		compare(t, "from "+f.Path, m.described(), want)
		if len(m.sessions) != 1 || m.sessions[session] == 0 {
			t.Errorf("the sessions are %v", m.sessions)
		}
	}
	return txns
}

// writeForJava writes a snapshot of the middle of txns and a log of the others,
// and has ZooKeeper's own tools read them.
func writeForJava(t *testing.T, dir string, c Compression, txns []*Txn) {
	t.Helper()
	d, err := Open(dir, "", Options{Compress: c, Log: LogOptions{Preallocate: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	m := emptyTree()
	middle := len(txns) / 2
	for _, txn := range txns[:middle] {
		if err := m.apply(txn); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.WriteSnapshot(txns[middle-1].Zxid, m.source()); err != nil {
		t.Fatal(err)
	}
	log := writeLog(t, d.logs, LogOptions{}, txns[middle:]...)

	snapshots, err := d.snapshots()
	if err != nil || len(snapshots) != 1 {
		t.Fatal(snapshots, err)
	}
	out, err := zktest.Tool(t, "org.apache.zookeeper.server.SnapshotFormatter", "-d", snapshots[0].Path).CombinedOutput()
	for path := range m.nodes {
		if !strings.Contains(string(out), path) && path != "/" {
			t.Errorf("SnapshotFormatter does not know %s", path)
		}
	}
	if err != nil {
		t.Errorf("SnapshotFormatter: %v\n%s", err, out)
	}
	out, err = zktest.Tool(t, "org.apache.zookeeper.server.persistence.TxnLogToolkit", log).CombinedOutput()
	if said := fmt.Sprintf("EOF reached after %d txns", len(txns)-middle); err != nil || !strings.Contains(string(out), said) || strings.Contains(string(out), "CRC ERROR") {
		t.Errorf("TxnLogToolkit: %v\n%s", err, out)
	}
}

// emptyTree is what a ZooKeeper begins with.
func emptyTree() *model {
	m := newModel()
	for _, path := range []string{"/", "/zookeeper", wire.QuotaPath, wire.ConfigPath} {
		m.nodes[path] = &Node{Path: path, Data: []byte{}, ACL: wire.OpenACL()}
	}
	config := m.nodes[wire.ConfigPath]
	config.ACL = []wire.ACL{{Perms: wire.PermRead, Scheme: "world", ID: "anyone"}}
	config.Stat.Aversion = -1
	return m
}

// unlocked is a data directory that another server has written, and that stays as it is
// unless its last record is torn.
func unlocked(dir string) *Dir {
	return newDir(dir, "", Options{Log: LogOptions{NoSync: true}})
}
