package server

import (
	"crypto/sha1"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// An address has so many connections and no more; one that goes makes room.
func TestMaxClientCnxns(t *testing.T) {
	s := startServer(t, Config{MaxClientCnxns: 2})
	first, second := connect(t, s), connect(t, s)
	if said := closes(t, dial(t, s)); len(said) > 0 {
		t.Errorf("a third connection is told %q", said)
	}
	first.nc.Close()
	eventually(t, "there is room", func() bool {
		var n int
		s.do(func() { n = len(s.conns) })
		return n == 1
	})
	connect(t, s).saw()
	second.saw()
}

func TestSessionTimeouts(t *testing.T) {
	s := startServer(t, Config{MinSessionTimeout: 5 * time.Second, MaxSessionTimeout: 7 * time.Second})
	for asked, want := range map[int32]int32{0: 5000, -1: 5000, 5001: 5001, 6000: 6000, 90000: 7000} {
		if got := connectAs(t, s, wire.ConnectRequest{Timeout: asked}).conn.Timeout; got != want {
			t.Errorf("%d becomes %d, want %d", asked, got, want)
		}
	}
	if s, err := Start(Config{MinSessionTimeout: time.Hour}); err == nil {
		s.Close()
		t.Error("the shortest timeout is longer than the longest, and it starts")
	}
}

func TestMaxBuffer(t *testing.T) {
	s := startServer(t, Config{MaxBuffer: 1000})
	c := connect(t, s)
	c.do(wire.OpCreate, creation("/a", strings.Repeat("x", 900), 0), &wire.PathResponse{})
	c.nc.Write(wire.AppendFrame(nil, &wire.RequestHeader{Op: wire.OpSetData}, &wire.SetDataRequest{Path: "/a", Data: make([]byte, 1000)}))
	closes(t, c.nc)
}

// A request that no log could hold is not to be let in.
func TestMaxBufferTooLarge(t *testing.T) {
	if s, err := Start(Config{MaxBuffer: maxMaxBuffer + 1}); err == nil {
		s.Close()
		t.Error("it starts")
	}
	startServer(t, Config{MaxBuffer: maxMaxBuffer})
}

// Whoever is super is stopped by no ACL, and only who knows the password is.
func TestSuper(t *testing.T) {
	sum := sha1.Sum([]byte("super:duper"))
	s := startServer(t, Config{SuperDigest: "super:" + base64.StdEncoding.EncodeToString(sum[:])})
	c := connect(t, s)
	request := creation("/a", "", 0)
	request.ACL = acl("digest=x:y")
	c.do(wire.OpCreate, request, &wire.PathResponse{})
	read := &wire.PathWatchRequest{Path: "/a"}
	c.refused(wire.NoAuth, wire.OpGetData, read)
	c.login("super:other")
	c.refused(wire.NoAuth, wire.OpGetData, read)
	c.login("super:duper")
	c.do(wire.OpGetData, read, &wire.GetDataResponse{})
	var who wire.WhoAmIResponse
	c.do(wire.OpWhoAmI, &wire.Empty{}, &who)
	if !slices.Contains(who.Clients, wire.ClientInfo{Scheme: "super"}) {
		t.Errorf("whoAmI: %+v", who)
	}
}

// A list of children may be longer than any request.
func TestLongReply(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	name := strings.Repeat("n", 1000)
	const children = 1500
	for range children {
		c.create("/"+name, wire.FlagSequential)
	}
	if got := len(c.children("/")); got != children+1 {
		t.Errorf("%d children", got)
	}
}

// A create with a path as long as a request may be is served; what a sequence
// makes longer than that, too.
func TestLongPath(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	path := "/" + strings.Repeat("p", wire.MaxFrame-100)
	if got := c.create(path, wire.FlagSequential); len(got) != len(path)+10 {
		t.Errorf("%d bytes", len(got))
	}
}

// A client cannot have deleteContainer delete what would not go anyway: no ACL would
// stop it.
func TestDeleteContainer(t *testing.T) {
	now := int64(1_000_000)
	s := startServer(t, Config{now: func() time.Time { return time.UnixMilli(now) }, MaxNeverUsed: time.Minute})
	owner, c := connect(t, s), connect(t, s)
	owner.create("/a", 0)
	owner.create("/leaf", 0)
	owner.do(wire.OpSetACL, &wire.SetACLRequest{Path: "/leaf", ACL: []wire.ACL{{Perms: wire.PermRead, Scheme: "world", ID: "anyone"}}, Version: -1}, &wire.Stat{})
	owner.create("/mine", wire.FlagEphemeral)
	for _, path := range []string{"/waits", "/used", "/used/in"} {
		owner.do(wire.OpCreateContainer, creation(path, "", wire.FlagContainer), &wire.Create2Response{})
	}
	owner.do(wire.OpCreateTTL, &wire.CreateTTLRequest{CreateRequest: *creation("/lease", "", wire.FlagTTL), TTL: 60_000}, &wire.Create2Response{})
	owner.create("/used/child", 0)
	owner.delete("/used/child")
	delete := func(path string) *wire.PathRequest { return &wire.PathRequest{Path: path} }
	refuses := func(want wire.Code, paths ...string) {
		t.Helper()
		for _, path := range paths {
			c.refused(want, wire.OpDeleteContainer, delete(path))
		}
	}
	refuses(wire.BadArguments, "", "x", "/", "/zookeeper", "/zookeeper/quota", "/a", "/leaf", "/mine", "/waits", "/used", "/lease")
	refuses(wire.NoNode, "/x", "/x/y", "/used/child")
	for _, path := range []string{"/a", "/leaf", "/mine", "/waits", "/used", "/lease"} {
		if !owner.exists(path) {
			t.Errorf("%s is gone", path)
		}
	}
	owner.delete("/used/in")
	c.do(wire.OpDeleteContainer, delete("/used"), &wire.Empty{})
	refuses(wire.BadArguments, "/waits", "/lease")
	s.do(func() { now += 60_001 })
	for _, path := range []string{"/waits", "/lease"} {
		c.do(wire.OpDeleteContainer, delete(path), &wire.Empty{})
		refuses(wire.NoNode, path)
	}
}

// Beyond a soft limit a quota is told of, beyond a hard one it stops.
func TestQuotaIsTold(t *testing.T) {
	var log logRecorder
	s := startServer(t, Config{EnforceQuota: true, Logf: log.logf})
	c := connect(t, s)
	c.create("/a", 0)
	c.create("/zookeeper/quota/a", 0)
	limits := creation("/zookeeper/quota/a/zookeeper_limits", "count=1,bytes=-1=;byteHardLimit=3", 0)
	c.do(wire.OpCreate, limits, &wire.PathResponse{})
	c.create("/zookeeper/quota/a/zookeeper_stats", 0)
	c.create("/a/b", 0)
	c.refused(wire.QuotaExceeded, wire.OpSetData, &wire.SetDataRequest{Path: "/a/b", Data: []byte("1234"), Version: -1})
	said := log.lines()
	for _, want := range []string{
		"Quota exceeded: /a [current count=2, softCountLimit=1]",
		"Quota exceeded: /a [current bytes=4, hardByteLimit=3]",
	} {
		if !slices.Contains(said, want) {
			t.Errorf("nothing said %q: %q", want, said)
		}
	}
}

// A server may know no TTL znodes, no digests and no ACLs.
func TestForbidden(t *testing.T) {
	t.Run("TTL", func(t *testing.T) {
		c := connect(t, startServer(t, Config{NoTTL: true}))
		ttl := &wire.CreateTTLRequest{CreateRequest: *creation("/t", "", wire.FlagTTL), TTL: 5}
		c.refused(wire.Unimplemented, wire.OpCreateTTL, ttl)
		ttl.TTL = 0 // which is looked at later
		c.refused(wire.Unimplemented, wire.OpCreateTTL, ttl)
		c.refused(wire.Unimplemented, wire.OpCreate, creation("/t", "", wire.FlagPersistentSequentialTTL))
		c.do(wire.OpCreateContainer, creation("/c", "", wire.FlagContainer), &wire.Create2Response{})
	})
	t.Run("digest", func(t *testing.T) {
		s := startServer(t, Config{NoDigest: true})
		c := connect(t, s)
		request := creation("/a", "", 0)
		request.ACL = acl("world=anyone digest=u:x")
		c.refused(wire.InvalidACL, wire.OpCreate, request)
		c.create("/a", 0)
		c.refused(wire.InvalidACL, wire.OpSetACL, &wire.SetACLRequest{Path: "/a", ACL: request.ACL, Version: -1})
		auth := &wire.AuthPacket{Scheme: "digest", Auth: []byte("u:p")}
		if err := c.tryXid(wire.XidAuth, wire.OpAuth, auth, &wire.Empty{}); codeOf(err) != wire.AuthFailed {
			t.Errorf("authentication: %v", err)
		}
		closes(t, c.nc)
	})
	t.Run("ACL", func(t *testing.T) {
		c := connect(t, startServer(t, Config{SkipACL: true}))
		request := creation("/a", "", 0)
		request.ACL = acl("digest=u:x")
		c.do(wire.OpCreate, request, &wire.PathResponse{})
		c.watch(wire.OpGetData, "/a")
		c.create("/a/b", 0)
		var got wire.GetACLResponse
		if c.do(wire.OpGetACL, &wire.PathRequest{Path: "/a"}, &got); got.ACL[0].ID != "u:x" {
			t.Errorf("the ACL is masked: %v", got.ACL)
		}
		c.set("/a", "x")
		c.saw(event{wire.EventNodeDataChanged, "/a", c.zxid})
		c.delete("/a/b")
		c.delete("/a")
	})
}

// What Java's MessageDigest makes of u:p.
func TestDigestAlg(t *testing.T) {
	for alg, want := range map[string]string{
		"":         digestUP,
		"SHA1":     digestUP,
		"sha-256":  "u:/Y8xRBngpX5duYn15uUqIRaIaCviy5TEwSk419hCwuA=",
		"SHA3-256": "u:3+U94Pf1dSrKR/q5qu/huTFf1Fha6TtpdtpSdhWvIS0=",
		"MD5":      "u:wj9ntl1lUHd6RGlGHs+1Hg==",
	} {
		s := startServer(t, Config{DigestAlg: alg})
		c := connect(t, s)
		c.login("u:p")
		c.do(wire.OpSetACL, &wire.SetACLRequest{Path: "/", ACL: []wire.ACL{{Perms: wire.PermAll, Scheme: "auth"}}, Version: -1}, &wire.Stat{})
		var got wire.GetACLResponse
		if c.do(wire.OpGetACL, &wire.PathRequest{Path: "/"}, &got); got.ACL[0].ID != want {
			t.Errorf("%q: %s, want %s", alg, got.ACL[0].ID, want)
		}
	}
	if s, err := Start(Config{DigestAlg: "SHA-3"}); err == nil {
		s.Close()
		t.Error("an unknown hash is taken")
	}
}

// A container that never had a child waits for it as long as it may.
func TestMaxNeverUsed(t *testing.T) {
	now := int64(1_000_000)
	s := startServer(t, Config{MaxNeverUsed: time.Second, now: func() time.Time { return time.UnixMilli(now) }})
	c := connect(t, s)
	c.do(wire.OpCreateContainer, creation("/c", "", wire.FlagContainer), &wire.Create2Response{})
	after := func(age int64) bool {
		s.do(func() {
			now = 1_000_000 + age
			s.cleanUp(alreadyLocked)
		})
		return c.exists("/c")
	}
	if !after(1000) {
		t.Error("it goes too early")
	}
	if after(1001) {
		t.Error("it stays")
	}
}
