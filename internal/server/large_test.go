package server

import (
	"fmt"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// What goes with a session may be longer than a record of a log that ZooKeeper reads,
// and go on from, as this server does.
func TestLongClose(t *testing.T) {
	dir := t.TempDir()
	s, err := Start(Config{DataDir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, lost := connect(t, s), connect(t, s)
	for i := range 3 {
		lost.create(fmt.Sprintf("/%s%d", strings.Repeat("n", wire.MaxFrame-100), i), wire.FlagEphemeral)
	}
	lost.do(wire.OpCloseSession, &wire.Empty{}, &wire.Empty{})
	c.create("/after", 0)
	want := wireDump(t, c)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := startServer(t, Config{DataDir: copyDir(t, dir)})
	sameDump(t, wireDump(t, connect(t, again)), want)

	zk := zktest.Start(t, zktest.LongSessions)
	zk.Kill()
	replaceDir(t, zk.DataDir(), dir)
	zk.Restart()
	sameDump(t, wireDump(t, connectTo(t, zk.Addr(), wire.ConnectRequest{Timeout: 60000})), want)
}

// What "auth" stands for is limited for a request as a whole.
func TestLongACLs(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	const names, length = 2, 30_000
	for i := range names {
		c.login(fmt.Sprintf("%0*d:p", length, i))
	}
	request := creation("/a", "", 0)
	request.ACL = acl("auth")
	c.do(wire.OpCreate, request, &wire.PathResponse{})
	m := &wire.MultiRequest{}
	for i := range 1 + maxACLSize/names/length {
		part := *request
		part.Path = fmt.Sprint("/a/", i)
		m.Ops = append(m.Ops, wire.MultiOp{Op: wire.OpCreate, Request: &part})
	}
	var r wire.MultiResponse
	c.do(wire.OpMulti, m, &r)
	if last := r.Results[len(r.Results)-1]; last.Err != wire.InvalidACL {
		t.Errorf("the last is %v", last.Err)
	}
	m.Ops = m.Ops[:len(m.Ops)-2]
	c.do(wire.OpMulti, m, &r)
	if last := r.Results[len(r.Results)-1]; last.Err != wire.OK {
		t.Errorf("the last of fewer is %v", last.Err)
	}
}
