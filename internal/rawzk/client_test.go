package rawzk

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/server/servertest"
	"zoosh/internal/wire"
)

func dial(t *testing.T, addr string) *Client {
	t.Helper()
	c, err := Dial(addr, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Drop)
	return c
}

func TestRequestsInFlight(t *testing.T) {
	c := dial(t, servertest.Start(t, server.Config{}).Addr())
	const n = 100
	for range n {
		c.Append(wire.OpCreate, &wire.CreateRequest{Path: "/n-", Flags: wire.FlagSequential, ACL: wire.OpenACL()})
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	for i := range int32(n) {
		h, body, err := c.Next()
		var r wire.PathResponse
		if err == nil {
			_, err = wire.Unmarshal(body, &r)
		}
		if err != nil || h.Xid != i+1 || h.Err != wire.OK {
			t.Fatalf("reply %d: %+v %+v, %v", i, h, r, err)
		}
	}
	if _, err := c.Do(wire.OpDelete, &wire.PathVersionRequest{Path: "/missing"}, nil); !errors.Is(err, &wire.Error{Code: wire.NoNode}) {
		t.Errorf("%v", err)
	}
}

func TestNotificationsAreToldBeforeTheReply(t *testing.T) {
	c := dial(t, servertest.Start(t, server.Config{}).Addr())
	var events []wire.WatcherEvent
	c.OnEvent = func(_ int64, e wire.WatcherEvent) { events = append(events, e) }
	c.Do(wire.OpExists, &wire.PathWatchRequest{Path: "/a", Watch: true}, nil)
	if _, err := c.Do(wire.OpCreate, &wire.CreateRequest{Path: "/a", ACL: wire.OpenACL()}, nil); err != nil {
		t.Fatal(err)
	}
	if len(events) != 1 || events[0].Type != wire.EventNodeCreated || events[0].Path != "/a" {
		t.Errorf("%+v", events)
	}
}

func TestResume(t *testing.T) {
	addr := servertest.Start(t, server.Config{}).Addr()
	c := dial(t, addr)
	again, err := Resume(addr, 10*time.Second, c.SessionID(), c.Password())
	if err != nil || again.SessionID() != c.SessionID() {
		t.Fatalf("%v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Resume(addr, time.Second, c.SessionID(), c.Password()); !errors.Is(err, ErrExpired) {
		t.Errorf("a session that was closed: %v", err)
	}
}

// A length that cannot be is an error, and nothing is made of it.
func TestMalformedLength(t *testing.T) {
	for _, length := range []uint32{0, wire.ReplyHeaderSize - 1, maxReply + 1, 1 << 31} {
		near, far := net.Pipe()
		go func() {
			far.Write([]byte{byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)})
			far.Write(bytes.Repeat([]byte{0}, wire.ReplyHeaderSize))
		}()
		c := newClient(near)
		if _, _, err := c.Next(); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%d bytes: %v", length, err)
		}
		near.Close()
		far.Close()
	}
}
