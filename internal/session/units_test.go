package session

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
)

var connectStrings = []struct {
	in      string
	servers string
	chroot  string
	err     string // part of it
}{
	{in: "localhost", servers: "localhost:2181"},
	{in: "localhost:2182", servers: "localhost:2182"},
	{in: "localhost:", servers: "localhost:2181"},
	{in: "a:1,b:2, c ,,d/x/y", servers: "a:1 b:2 c:2181 d:2181", chroot: "/x/y"},
	{in: "a/", servers: "a:2181"},
	{in: "[::1]:2182", servers: "[::1]:2182"},
	{in: "[::1]", servers: "[::1]:2181"},
	{in: "::1", servers: "[::1]:2181"},
	{in: "::1:2182", servers: "[::1]:2182"},
	{in: "2001:db8::1:2182/app", servers: "[2001:db8::1]:2182", chroot: "/app"},
	{in: "1:2:3:4:5:6:7:8", servers: "[1:2:3:4:5:6:7:8]:2181"},
	{in: "h1:p1", err: `the port "p1" is no number from 1 to 65535`},
	{in: "a:0", err: `the port "0"`},
	{in: "a:65536", err: `the port "65536"`},
	{in: "a:-1", err: `the port "-1"`},
	{in: ":2181", err: "has no host"},
	{in: "", err: "no server"},
	{in: "/x", err: "no server"},
	{in: ", ,", err: "no server"},
	{in: "a b", err: "is no host"},
	{in: "a:b:c", err: "neither"},
	{in: "[::1", err: "no ']'"},
	{in: "[::1]x", err: "no ':' after ']'"},
	{in: "[::1]:", err: "no port"},
	{in: "[]", err: "has no host"},
	{in: "a//x", err: "chroot"},
	{in: "a/x/", err: "must not end with /"},
	{in: "a/x/../y", err: "relative paths not allowed"},
}

func TestParseConnect(t *testing.T) {
	for _, test := range connectStrings {
		servers, chroot, err := ParseConnect(test.in)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%q: error %v, want %q", test.in, err, test.err)
			}
			continue
		}
		if got := strings.Join(servers, " "); err != nil || got != test.servers || chroot != test.chroot {
			t.Errorf("%q: %q %q %v", test.in, got, chroot, err)
		}
	}
}

func FuzzParseConnect(f *testing.F) {
	for _, test := range connectStrings {
		f.Add(test.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		servers, chroot, err := ParseConnect(in)
		if err != nil {
			return
		}
		for _, s := range servers {
			if host, port, err := net.SplitHostPort(s); err != nil || host == "" || port == "" {
				t.Errorf("%q: server %q: %v", in, s, err)
			}
		}
		again, chroot2, err := ParseConnect(strings.Join(servers, ",") + chroot)
		if err != nil || !slices.Equal(again, servers) || chroot2 != chroot {
			t.Errorf("%q: %q %q is read as %q %q %v", in, servers, chroot, again, chroot2, err)
		}
	})
}

// FuzzServerFrames: whatever a server sends, reading ends, nothing panics, and
// only whole frames of its own reach the library.
func FuzzServerFrames(f *testing.F) {
	greeting := wire.AppendFrame(nil, &wire.ConnectResponse{SessionID: 1, Timeout: 3000, Passwd: make([]byte, 16)})
	f.Add(true, wire.AppendFrame(nil, &wire.ReplyHeader{Xid: wire.XidPing}))
	f.Add(true, wire.AppendFrame(nil, &wire.ReplyHeader{Xid: firstXid, Zxid: 9}, &wire.GetDataResponse{Data: []byte("x")}))
	f.Add(true, wire.AppendFrame(nil, &wire.ReplyHeader{Xid: wire.XidNotification},
		&wire.WatcherEvent{Type: wire.EventNodeDeleted, State: wire.StateSyncConnected, Path: "/a"}))
	f.Add(true, wire.AppendFrame(nil, &wire.ReplyHeader{Xid: wire.XidAuth, Err: wire.AuthFailed}))
	f.Add(true, []byte{0x7f, 0xff, 0xff, 0xff, 0})
	f.Add(false, greeting)
	f.Add(false, wire.AppendFrame(nil, &wire.ConnectResponse{}))
	f.Fuzz(func(t *testing.T, greet bool, data []byte) {
		s, err := newSession(Config{Servers: []string{"fuzz:1"}, OnEvent: func(e Event) { _ = e.Type.String() }})
		if err != nil {
			t.Fatal(err)
		}
		defer s.cancel()
		if err := s.hosts.Init(s.cfg.Servers); err != nil {
			t.Fatal(err)
		}
		s.watches.add(Watch{Path: "/a", Label: "get"})
		s.creds = []*Credential{{"digest", []byte("a:b")}}
		server, client := net.Pipe()
		go io.Copy(io.Discard, server)
		c := newConn(s, client, "fuzz:1", time.Now().Add(patience))
		s.conn = c
		go c.write()
		go func() {
			if greet {
				server.Write(greeting)
			}
			server.Write(data)
			server.Close()
		}()
		c.Write(make([]byte, 44))
		if greet {
			if _, err := io.CopyN(io.Discard, c, int64(len(greeting))); err != nil {
				t.Fatal(err)
			}
		}
		rq, err := s.prepare(query{op: wire.OpGetData, body: &wire.PathWatchRequest{Path: "/a"}})
		if err != nil {
			t.Fatal(err)
		}
		sent := c.send(rq)
		if !greet {
			// The library reads the greeting as it reads all frames.
			if _, err := wire.ReadFrame(c, DefaultReply); err != nil {
				sent = c.send(rq) && sent
			}
		}
		for {
			body, err := wire.ReadFrame(c, DefaultReply)
			if err != nil {
				break
			}
			var h wire.ReplyHeader
			if _, err := wire.Unmarshal(body, &h); err != nil || h.Xid >= firstXid || h.Xid < 0 && h.Xid != wire.XidPing {
				t.Fatalf("the library gets %x", body)
			}
		}
		s.ended()
		if sent {
			var r wire.GetDataResponse
			query{op: wire.OpGetData, reply: &r}.finish(<-rq.done)
		}
	})
}

func TestWatchEvents(t *testing.T) {
	const path = "/a/b"
	tests := []struct {
		event wire.EventType
		path  string
		fires string
		left  int
	}{
		{wire.EventNodeCreated, path, "data exists persistent here above root", 5},
		{wire.EventNodeDataChanged, path, "data exists persistent here above root", 5},
		{wire.EventNodeDeleted, path, "data exists child persistent here above root", 4},
		{wire.EventNodeChildrenChanged, path, "child persistent", 6},
		{wire.EventNodeCreated, "/a/bc", "above root", 7},
		{wire.EventNodeCreated, "/x", "root", 7},
		{wire.EventType(99), path, "", 7},
	}
	for _, test := range tests {
		var w watches
		for kind := range watchKinds {
			if kind != RecursiveWatch {
				w.add(Watch{Path: path, Kind: kind, Label: kind.String()})
				w.add(Watch{Path: path, Kind: kind, Label: kind.String()})
			}
		}
		w.add(Watch{Path: path, Kind: RecursiveWatch, Label: "here"})
		w.add(Watch{Path: "/a", Kind: RecursiveWatch, Label: "above"})
		w.add(Watch{Path: "/", Kind: RecursiveWatch, Label: "root"})
		before := len(w.list())
		armedBy, spent := w.fire(test.event, test.path)
		if got := strings.Join(armedBy, " "); got != test.fires {
			t.Errorf("%v %s fires %q, want %q", test.event, test.path, got, test.fires)
		}
		if n := len(w.list()); n != test.left || n != before-len(spent) {
			t.Errorf("%v %s leaves %d watches, want %d", test.event, test.path, n, test.left)
		}
	}
}

// TestRestore: setWatches2 is only used where it is needed, and nothing is too
// long.
func TestRestore(t *testing.T) {
	same := func(p string) string { return p }
	header := func(frame []byte) (h wire.RequestHeader) {
		if _, err := wire.Unmarshal(frame[4:], &h); err != nil {
			t.Fatal(err)
		}
		return h
	}
	var w watches
	if got := w.restore(1, same, false); len(got) != 0 {
		t.Errorf("%d frames for no watches", len(got))
	}
	w.add(Watch{Path: "/a"})
	if got := w.restore(1, same, false); len(got) != 1 || header(got[0]) != (wire.RequestHeader{Xid: -8, Op: wire.OpSetWatches}) {
		t.Errorf("%x", got)
	}
	w.add(Watch{Path: "/p", Kind: PersistentWatch})
	if got := w.restore(1, same, false); len(got) != 1 || header(got[0]).Op != wire.OpSetWatches2 {
		t.Errorf("%x", got)
	}
	if got := w.restore(1, same, true); len(got) != 1 || header(got[0]).Op != wire.OpSetWatches {
		t.Errorf("%x", got)
	}
	for i := range 500 {
		w.add(Watch{Path: "/" + strings.Repeat("x", 1000+i), Kind: ChildWatch})
	}
	frames := w.restore(1, same, false)
	total := 0
	for _, f := range frames {
		if len(f) > restoreBatch+100 {
			t.Errorf("a frame of %d bytes", len(f))
		}
		var r wire.SetWatches
		if _, err := wire.Unmarshal(f[12:], &r); err != nil {
			t.Fatal(err)
		}
		total += len(r.Data) + len(r.Child)
	}
	if total != 501 {
		t.Errorf("%d watches in %d frames", total, len(frames))
	}
}

// TestRestoreInChroot: the configuration stands outside.
func TestRestoreInChroot(t *testing.T) {
	var w watches
	w.add(Watch{Path: "/a"})
	w.add(Watch{Path: wire.ConfigPath})
	frames := w.restore(1, func(p string) string { return "/app" + p }, false)
	var r wire.SetWatches
	if _, err := wire.Unmarshal(frames[0][12:], &r); err != nil {
		t.Fatal(err)
	}
	if want := []string{"/app/a", wire.ConfigPath}; !slices.Equal(r.Data, want) {
		t.Errorf("%q, want %q", r.Data, want)
	}
}

func TestHosts(t *testing.T) {
	h := &hosts{}
	if h.Init(nil) == nil {
		t.Error("no servers are accepted")
	}
	ok(t, h.Init([]string{"a", "b", "c"}))
	next := func() string {
		server, wait := h.Next()
		if wait {
			server += " waits"
		}
		return server
	}
	var got []string
	for range 7 {
		got = append(got, next())
	}
	h.Connected() // to a
	h.since = h.since.Add(-time.Minute)
	for range 3 {
		got = append(got, next())
	}
	h.Connected() // to a, and at once lost
	got = append(got, next())
	h.Connected()
	h.hurry("a")
	got = append(got, next(), next())
	h.stop()
	got = append(got, next())
	want := []string{"a", "b", "c", "a waits", "b", "c", "a waits", "b", "c", "a waits", "b waits", "a", "b waits", "c waits"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

func TestVersions(t *testing.T) {
	for in, want := range map[string]string{
		"3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC": "3.8.0",
		"3.4.5-1392090, built on 09/30/2012 17:52 GMT":                                  "3.4.5",
		"3.5.4-beta-7f51e5b68cf2f80176ff944a9ebd2abbc65e7327, built on x":               "3.5.4-beta",
		"3.9.5-zoosh, built on x":                                                       "3.9.5-zoosh",
		"3.8.0--1, built on x":                                                          "3.8.0",
		"":                                                                              "",
	} {
		if got := cleanVersion(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for _, test := range []struct {
		have, want string
		older      bool
	}{
		{"3.4.14", "3.6", true}, {"3.6.0", "3.6", false}, {"3.10.1", "3.9", false}, {"3.5.2-alpha", "3.5.3", true},
		{"3.5.3-beta", "3.5.3", false}, {"4.0", "3.6", false}, {"3", "3.6", true}, {"what", "3.6", false}, {"3.x", "3.6", false},
	} {
		if got := olderThan(test.have, test.want); got != test.older {
			t.Errorf("%s older than %s: %v", test.have, test.want, got)
		}
	}
	info := parseServerInfo("Zookeeper version: 3.8.0, built\nZxid: 0x1f\nMode: follower\n")
	if info != (serverInfo{"3.8.0", 0x1f, true, "follower"}) {
		t.Errorf("%+v", info)
	}
}

func TestFourLetter(t *testing.T) {
	f := startFake(t, func(*peer) {})
	f.srvr.Store("imok")
	if got, err := FourLetter(testContext(t), f.addr(), "ruok"); got != "imok" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if _, err := FourLetter(testContext(t), f.addr(), "toolong"); err == nil {
		t.Error("seven letters are accepted")
	}
	if _, err := FourLetter(testContext(t), deadAddr(t), "ruok"); err == nil {
		t.Error("no error without a server")
	}
	// A server that never answers.
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	silent := answering(t, func(c net.Conn) { // who gives up closes the connection
		io.ReadFull(c, make([]byte, 4))
		cancel()
		io.Copy(io.Discard, c)
	})
	if _, err := FourLetter(ctx, silent, "ruok"); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

func TestNames(t *testing.T) {
	for i, want := range []string{"CONNECTING", "CONNECTED", "CONNECTEDREADONLY", "CLOSED", "AUTH_FAILED", "Unknown(5)"} {
		if got := State(i).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := WatchKind(-1).String(); got != "Unknown(-1)" {
		t.Error(got)
	}
}

// TestCutOff: the refusal of createSession is told from an answer to it.
func TestCutOff(t *testing.T) {
	for _, test := range []struct {
		answer wire.Record
		want   bool
	}{
		{&wire.ReplyHeader{Err: wire.NotReadOnly}, true},
		{&wire.ReplyHeader{Err: wire.SessionExpired}, false},
		{&wire.ConnectResponse{Timeout: 4000, SessionID: int64(wire.NotReadOnly), Passwd: make([]byte, 16)}, false},
		{&wire.ConnectResponse{}, false},
	} {
		if got := cutOff(wire.AppendFrame(nil, test.answer)[4:]); got != test.want {
			t.Errorf("%+v: %v", test.answer, got)
		}
	}
}

// FuzzServerInfo: what is read of an answer to srvr stays within it, and a version is
// older than none that it is not older than.
func FuzzServerInfo(f *testing.F) {
	f.Add("Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC\nZxid: 0x1f\nMode: leader\n", "3.6.0")
	f.Add("ClickHouse Keeper version: v24.3.1-HASH\nZxid: 0xffffffffffffffffff\nMode: observer\n", "3.4")
	f.Add("Zookeeper version: 3.5.4-beta-7f51e5b68cf2f80176ff944a9ebd2abbc65e7327\nzxid: f\n", "3.5.4-alpha")
	f.Add("Zookeeper version: -,-\n", "99999999999999999999")
	f.Add("Zookeeper version: 0 -\n", "0")
	f.Add("Zookeeper version: a- -1\n", "a")
	f.Fuzz(func(t *testing.T, text, than string) {
		info := parseServerInfo(text)
		if again := parseServerInfo(text); again != info {
			t.Fatalf("%+v, then %+v", info, again)
		}
		if !strings.Contains(text, info.mode) || len(info.version) > len(text) || strings.ContainsAny(info.version, ",\n") {
			t.Fatalf("%q: %+v", text, info)
		}
		if again := cleanVersion(info.version); again != info.version {
			t.Fatalf("version %q, then %q", info.version, again)
		}
		if olderThan(info.version, info.version) || olderThan(info.version, than) && olderThan(than, info.version) {
			t.Fatalf("%q and %q are older than one another", info.version, than)
		}
	})
}
