package session

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"zoosh/internal/fault"
	"zoosh/internal/wire"
)

const fakeID = 0x1234

// granted is the timeout of a session that is not to end of a busy machine.
const granted = 30 * time.Second

// on is the configuration for a session on fake servers.
func on(servers ...*fake) Config {
	cfg := Config{Timeout: granted}
	for _, f := range servers {
		cfg.Servers = append(cfg.Servers, f.addr())
	}
	return cfg
}

// deadAddr is an address where nothing listens.
func deadAddr(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	defer ln.Close()
	return ln.Addr().String()
}

func TestNoServer(t *testing.T) {
	noLeaks(t)
	s, r := open(t, Config{Servers: []string{deadAddr(t)}, Timeout: endless})
	_, _, err := s.Get(testContext(t), "/a", nil)
	wantCode(t, err, wire.ConnectionLoss)
	if err := s.LastError(); err == nil || !strings.HasSuffix(err.Error(), ": connection refused") {
		t.Errorf("last error %v", err)
	}
	if s.State() != Connecting {
		t.Errorf("state %v", s.State())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	err = s.WaitConnected(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("%v", err)
	}
	if _, _, err = s.Get(ctx, "/a", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	ok(t, s.Close())
	r.want(t, "Closed") // no Disconnected before the first connection
}

// TestOneRound: who waits for a connection gives up when as many attempts have failed
// since as there are servers, and no sooner; or when the session timeout has passed.
func TestOneRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := must[*Session](t)(newSession(Config{Servers: []string{"a:1", "b:1"}, Timeout: time.Minute}))
		defer s.cancel()
		s.attemptFailed(errors.New("before it is asked"))
		wait := func() chan error {
			result := make(chan error, 1)
			go func() {
				_, err := s.waitReady(t.Context(), "/a")
				result <- err
			}()
			synctest.Wait()
			return result
		}
		result := wait()
		for n := range 2 {
			if len(result) > 0 {
				t.Errorf("it is given up after %d attempts: %v", n, <-result)
			}
			s.attemptFailed(errors.New("refused"))
			synctest.Wait()
		}
		if len(result) == 0 {
			t.Error("it is waited for a third attempt")
		}
		wantCode(t, <-result, wire.ConnectionLoss)
		began := time.Now()
		wantCode(t, <-wait(), wire.ConnectionLoss)
		if waited := time.Since(began); waited != time.Minute+patienceSlack {
			t.Errorf("without an attempt it is waited for %v", waited)
		}
	})
}

func TestOneServerOfTwo(t *testing.T) {
	noLeaks(t)
	f := startFake(t, func(p *peer) {
		if p.greet(fakeID, granted) {
			p.serve()
		}
	})
	cfg := on(f)
	cfg.Servers = append(cfg.Servers, deadAddr(t))
	s, _ := open(t, cfg)
	_, _, err := s.Get(testContext(t), "/a", nil)
	ok(t, err)
	if s.Server() != f.addr() {
		t.Errorf("server %s", s.Server())
	}
}

func TestSilentServer(t *testing.T) {
	noLeaks(t)
	f := startFake(t, func(p *peer) { io.Copy(io.Discard, p.in) })
	cfg := on(f)
	cfg.Timeout = 300 * time.Millisecond
	s, r := open(t, cfg)
	_, _, err := s.Get(testContext(t), "/a", nil) // which would wait much longer
	wantCode(t, err, wire.ConnectionLoss)
	if err := s.LastError(); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("last error %v", err)
	}
	ok(t, s.Close())
	r.want(t, "Closed")
}

// TestServerFallsSilent: the library's deadline holds, although it does not see
// our frames.
func TestServerFallsSilent(t *testing.T) {
	noLeaks(t)
	f := startFake(t, func(p *peer) {
		if p.greet(fakeID, 300*time.Millisecond) {
			io.Copy(io.Discard, p.in)
		}
	})
	s, r := open(t, on(f))
	_, _, err := s.Get(testContext(t), "/a", nil)
	wantCode(t, err, wire.ConnectionLoss)
	e, _ := r.waitFor(t, 0, "Disconnected")
	if e.Err == nil || !strings.Contains(e.Err.Error(), "has not been heard from for 200ms") {
		t.Errorf("%v", e.Err)
	}
}

// TestSlowReply: a server that sends is alive, however long a reply takes.
func TestSlowReply(t *testing.T) {
	f := startFake(t, func(p *peer) {
		if !p.greet(fakeID, time.Second) {
			return
		}
		r, ok := p.next()
		if !ok {
			return
		}
		frame := wire.AppendFrame(nil, &wire.ReplyHeader{Xid: r.Xid},
			&wire.GetDataResponse{Data: make([]byte, 12)})
		for i := range frame { // more than two seconds in all
			if _, err := p.Write(frame[i : i+1]); err != nil {
				return
			}
			time.Sleep(25 * time.Millisecond)
		}
		p.serve()
	})
	s, r := open(t, on(f))
	data, _, err := s.Get(testContext(t), "/a", nil)
	if err != nil || len(data) != 12 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	r.want(t, "SyncConnected")
}

// TestBrokenFrames: whatever a server sends instead of a reply ends that
// connection, with a reason, and nothing else.
func TestBrokenFrames(t *testing.T) {
	frame := func(body ...byte) []byte {
		return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
	}
	header := func(xid int32) []byte {
		return wire.AppendFrame(nil, &wire.ReplyHeader{Xid: xid})
	}
	tests := map[string]struct {
		bytes []byte
		want  string
	}{
		"nothing":             {nil, "closed the connection"},
		"half a length":       {[]byte{0, 0}, "closed the connection"},
		"half a frame":        {[]byte{0, 0, 0, 99, 1}, "closed the connection"},
		"negative length":     {[]byte{0xff, 0, 0, 0}, "does not speak"},
		"huge length":         {[]byte{0x7f, 0xff, 0xff, 0xff}, "does not speak"},
		"empty frame":         {frame(), "does not speak"},
		"half a header":       {frame(0xff, 0xff, 0xff, 0xff), "does not speak"},
		"half a notification": {header(wire.XidNotification), "does not speak"},
		"unasked reply":       {header(firstXid + 77), "does not speak"},
		"unasked auth":        {header(wire.XidAuth), "does not speak"},
		"HTTP":                {[]byte("HTTP/1.1 400 Bad Request\r\n\r\n"), "does not speak"},
		"library's xid":       {header(77), "closed the connection"},
		"unknown negative":    {header(-77), "closed the connection"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, func(p *peer) {
				if !p.greet(fakeID, granted) {
					return
				}
				if p.n > 1 {
					p.serve()
					return
				}
				p.next()
				p.Write(test.bytes)
			})
			s, r := open(t, on(f))
			_, _, err := s.Get(testContext(t), "/a", nil)
			wantCode(t, err, wire.ConnectionLoss)
			e := r.wait(t, 2)[1]
			if describe(e) != "Disconnected" || e.Err == nil || !strings.Contains(e.Err.Error(), test.want) {
				t.Errorf("%s %v, want %q", describe(e), e.Err, test.want)
			}
			data, _, err := s.Get(testContext(t), "/a", nil)
			if err != nil || string(data) != "data" || s.ID() != fakeID {
				t.Errorf("%q %v, session %x", data, err, s.ID())
			}
		})
	}
}

func TestBrokenGreeting(t *testing.T) {
	noLeaks(t)
	greetings := map[string][]byte{
		"short":   {0, 0, 0, 2, 1, 1},
		"huge":    {0x7f, 0, 0, 0},
		"refused": wire.AppendFrame(nil, &wire.ConnectResponse{}),
		"instant": wire.AppendFrame(nil, &wire.ConnectResponse{SessionID: 7}),
		"SSH":     []byte("SSH-2.0-OpenSSH_9.2p1\r\n"),
	}
	for name, greeting := range greetings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, func(p *peer) {
				p.readConnect()
				p.Write(greeting)
			})
			s, r := open(t, on(f))
			_, _, err := s.Get(testContext(t), "/a", nil)
			wantCode(t, err, wire.ConnectionLoss)
			if s.LastError() == nil || s.ID() != 0 {
				t.Errorf("id %x, error %v", s.ID(), s.LastError())
			}
			ok(t, s.Crash())
			r.want(t)
		})
	}
}

// TestReconnect: what is sent on the second connection, and in what order.
func TestReconnect(t *testing.T) {
	noLeaks(t)
	type second struct {
		connect wire.ConnectRequest
		ops     []incoming
	}
	got := make(chan second, 1)
	f := startFake(t, func(p *peer) {
		if !p.greet(fakeID, granted) {
			return
		}
		if p.n == 1 {
			for range 5 {
				r, _ := p.next()
				p.answer(r)
			}
			return
		}
		result := second{connect: p.connect}
		for range 3 {
			r, _ := p.next()
			result.ops = append(result.ops, r)
			p.answer(r)
		}
		got <- result
		p.serve()
	})
	cfg := on(f)
	cfg.Chroot = "/root"
	s, r := connect(t, cfg)
	ctx := testContext(t)
	ok(t, s.AddAuth(ctx, "digest", []byte("a:b")))
	_, _, err := s.Get(ctx, "/a", &Arm{"get"})
	ok(t, err)
	_, _, err = s.Children(ctx, "/", &Arm{"ls"})
	ok(t, err)
	ok(t, s.AddWatch(ctx, "/p", false, Arm{"p"}))
	ok(t, s.AddWatch(ctx, "/r", true, Arm{"r"}))
	r.want(t, "SyncConnected", "Disconnected")
	_, err = s.Exists(ctx, "/x", nil)
	ok(t, err)

	g := <-got
	if c := g.connect; c.SessionID != fakeID || c.LastZxidSeen != 5 || !c.HasReadOnly || c.Timeout != int32(granted/time.Millisecond) {
		t.Errorf("%+v", c)
	}
	if g.ops[0].Op != wire.OpAuth || g.ops[1].Op != wire.OpSetWatches2 || g.ops[2].Op != wire.OpExists {
		t.Fatalf("%+v", g.ops)
	}
	var w wire.SetWatches2
	if _, err := wire.Unmarshal(g.ops[1].body, &w); err != nil {
		t.Fatal(err)
	}
	if w.RelativeZxid != 5 || strings.Join(append(append(append(w.Data, w.Child...), w.Persistent...), w.PersistentRecursive...), " ") !=
		"/root/a /root /root/p /root/r" || w.Exist == nil {
		t.Errorf("%+v", w)
	}
}

func TestExpiredWhileAway(t *testing.T) {
	noLeaks(t)
	f := startFake(t, func(p *peer) {
		switch p.n {
		case 1:
			p.greet(fakeID, granted)
			r, _ := p.next()
			p.answer(r)
		case 2:
			p.readConnect()
			p.frame(&wire.ConnectResponse{Passwd: make([]byte, 16), HasReadOnly: true})
			io.Copy(io.Discard, p.in) // the client must close it
		default:
			if p.greet(fakeID+1, granted) {
				if p.connect.LastZxidSeen != 0 || p.connect.SessionID != 0 {
					t.Errorf("a new session is asked for with %+v", p.connect)
				}
				p.serve()
			}
		}
	})
	s, r := connect(t, on(f))
	_, _, err := s.Get(testContext(t), "/a", &Arm{"get"})
	ok(t, err)
	r.want(t, "SyncConnected", "Disconnected", "Expired", "SyncConnected")
	if ws := s.Watches(); len(ws) > 0 || s.ID() != fakeID+1 {
		t.Errorf("watches %v, id %x", ws, s.ID())
	}
}

func TestRefusedCredentialOnReconnect(t *testing.T) {
	noLeaks(t)
	f := startFake(t, func(p *peer) {
		if !p.greet(fakeID, granted) {
			return
		}
		for {
			r, ok := p.next()
			switch {
			case !ok:
				return
			case r.Op == wire.OpAuth && p.n == 2:
				p.reply(r.Xid, 0, wire.AuthFailed)
			case r.Op == wire.OpSetData && p.n == 1:
				return
			default:
				p.answer(r)
			}
		}
	})
	s, r := connect(t, on(f))
	ok(t, s.AddAuth(testContext(t), "digest", []byte("a:b")))
	_, err := s.Set(testContext(t), "/a", nil, -1)
	wantCode(t, err, wire.ConnectionLoss)
	e, _ := r.waitFor(t, 0, "AuthFailed")
	if e.Err == nil || !strings.Contains(e.Err.Error(), `scheme "digest"`) {
		t.Errorf("%v", e.Err)
	}
	r.want(t, "SyncConnected", "Disconnected", "SyncConnected", "AuthFailed", "Disconnected", "SyncConnected")
	_, err = s.Set(testContext(t), "/a", nil, -1)
	ok(t, err)
}

// TestUnaskedNotification: it is announced, before the reply behind it.
func TestUnaskedNotification(t *testing.T) {
	f := startFake(t, func(p *peer) {
		p.greet(fakeID, granted)
		r, _ := p.next()
		p.notify(wire.EventNodeDeleted, "/app/gone", 99)
		p.notify(wire.EventNodeCreated, "/elsewhere", -1)
		p.notify(99, "/app", -1)
		p.answer(r)
		p.serve()
	})
	cfg := on(f)
	cfg.Chroot = "/app"
	s, r := connect(t, cfg)
	_, _, err := s.Get(testContext(t), "/a", &Arm{"get"})
	ok(t, err)
	r.want(t, "SyncConnected", "NodeDeleted /gone", "NodeCreated /elsewhere", "Unknown(99) /")
	if e := r.all()[1]; e.Zxid != 99 || e.SessionID != fakeID {
		t.Errorf("%+v", e)
	}
}

// TestReadOnly: a session on a server without a quorum is not known to the
// ensemble, and moves when there is a server that can write.
func TestReadOnly(t *testing.T) {
	noLeaks(t)
	f := startFake(t, func(p *peer) {
		if !p.readConnect() {
			return
		}
		if !p.connect.ReadOnly || p.connect.SessionID != 0 {
			t.Errorf("%+v", p.connect)
		}
		p.frame(&wire.ConnectResponse{SessionID: int64(p.n), Timeout: 3000,
			Passwd: make([]byte, 16), ReadOnly: p.n == 1, HasReadOnly: true})
		p.serve()
	})
	f.srvr.Store("ro")
	cfg := on(f)
	cfg.ReadOnly = true
	s, r := connect(t, cfg)
	if s.State() != ConnectedReadOnly || s.State().String() != "CONNECTEDREADONLY" {
		t.Errorf("state %v", s.State())
	}
	_, _, err := s.Get(testContext(t), "/a", &Arm{"get"})
	ok(t, err)
	f.srvr.Store("rw")
	r.want(t, "ConnectedReadOnly", "Disconnected", "SyncConnected")
	if s.ID() != 2 || len(s.Watches()) != 1 {
		t.Errorf("id %x, watches %v", s.ID(), s.Watches())
	}
}

// TestCancel: who does not wait leaves nothing behind, and the watch that the
// request armed is known.
func TestCancel(t *testing.T) {
	noLeaks(t)
	arrived, goOn := make(chan bool), make(chan bool)
	f := startFake(t, func(p *peer) {
		p.greet(fakeID, granted)
		r, _ := p.next()
		arrived <- true
		<-goOn
		p.answer(r)
		p.serve()
	})
	s, r := connect(t, on(f))
	ctx, cancel := context.WithCancel(testContext(t))
	result := make(chan error, 1)
	go func() {
		_, _, err := s.Get(ctx, "/a", &Arm{"get"})
		result <- err
	}()
	<-arrived
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	close(goOn)
	_, _, err := s.Children(testContext(t), "/", nil)
	ok(t, err)
	if ws := s.Watches(); len(ws) != 1 || ws[0].Label != "get" {
		t.Errorf("watches %v", ws)
	}
	s.mu.Lock()
	c := s.conn
	s.mu.Unlock()
	c.mu.Lock()
	if len(c.pending) != 0 {
		t.Errorf("%d requests pending", len(c.pending))
	}
	c.mu.Unlock()
	r.want(t, "SyncConnected")
}

// TestServerDoesNotRead: a full connection holds up nobody longer than they
// want.
func TestServerDoesNotRead(t *testing.T) {
	noLeaks(t)
	enough := make(chan struct{})
	f := startFake(t, func(p *peer) {
		p.greet(fakeID, 3*time.Second)
		<-enough
	})
	defer close(enough)
	cfg := on(f)
	cfg.MaxRequest = 64 << 20
	s, _ := connect(t, cfg)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.Set(ctx, "/a", make([]byte, 32<<20), -1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	_, err := s.Set(testContext(t), "/a", nil, -1)
	wantCode(t, err, wire.ConnectionLoss)
}

func TestCloseUnanswered(t *testing.T) {
	noLeaks(t)
	f := startFake(t, func(p *peer) {
		if p.greet(fakeID, endless) {
			io.Copy(io.Discard, p.in)
		}
	})
	s, r := connect(t, on(f))
	pending := make(chan error, 1)
	go func() {
		_, _, err := s.Get(testContext(t), "/a", nil)
		pending <- err
	}()
	eventually(t, "the request is on its way", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conn.mu.Lock()
		defer s.conn.mu.Unlock()
		return len(s.conn.pending) == 1
	})
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	err := answered(t, "Close", closed)
	if err == nil || !strings.Contains(err.Error(), "did not confirm") {
		t.Errorf("%v", err)
	}
	if err := <-pending; !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
	r.want(t, "SyncConnected", "Closed")
}

func TestOldServer(t *testing.T) {
	var asked atomic.Int32
	f := startFake(t, func(p *peer) {
		if !p.greet(fakeID, granted) {
			return
		}
		for {
			r, ok := p.next()
			if !ok {
				return
			}
			asked.Add(1)
			p.answer(r)
		}
	})
	f.srvr.Store("Zookeeper version: 3.4.14-4c25d480e66aadd371de8bd2fd8da255ac140bcf, built on 03/06/2019\nZxid: 0x3\n")
	s, _ := connect(t, on(f))
	ctx := testContext(t)
	_, _, container := s.Create(ctx, "/c", nil, CreateOptions{Flags: wire.FlagContainer})
	_, _, ttl := s.Create(ctx, "/c", nil, CreateOptions{Flags: wire.FlagTTL, TTL: time.Second})
	_, ephemerals := s.Ephemerals(ctx, "/")
	_, number := s.AllChildrenNumber(ctx, "/")
	_, whoami := s.WhoAmI(ctx)
	tests := []struct {
		err  error
		want string
	}{
		{s.AddWatch(ctx, "/a", true, Arm{}), "addWatch needs ZooKeeper 3.6, the server is 3.4.14"},
		{s.RemoveWatches(ctx, "/a", wire.WatcherAny, false), "removeWatches needs ZooKeeper 3.5, the server is 3.4.14"},
		{container, "a container needs ZooKeeper 3.5.1, the server is 3.4.14"},
		{ttl, "a TTL znode needs ZooKeeper 3.5.3, the server is 3.4.14"},
		{ephemerals, "getEphemerals needs ZooKeeper 3.6, the server is 3.4.14"},
		{number, "getAllChildrenNumber needs ZooKeeper 3.6, the server is 3.4.14"},
		{whoami, "whoAmI needs ZooKeeper 3.7, the server is 3.4.14"},
	}
	for _, test := range tests {
		var u *UnsupportedError
		if !errors.As(test.err, &u) || test.err.Error() != test.want {
			t.Errorf("%v, want %s", test.err, test.want)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestVersionUnknown: a server that does not tell its version is asked.
func TestVersionUnknown(t *testing.T) {
	f := startFake(t, func(p *peer) {
		if p.greet(fakeID, granted) {
			p.serve()
		}
	})
	f.srvr.Store("srvr is not executed because it is not in the whitelist.\n")
	s, _ := connect(t, on(f))
	ok(t, s.AddWatch(testContext(t), "/a", true, Arm{}))
	if _, err := s.ServerVersion(testContext(t)); err == nil || !strings.Contains(err.Error(), "whitelist") {
		t.Errorf("%v", err)
	}
}

// TestFollowerBehind: a follower that lags is no reason to give up a session.
func TestFollowerBehind(t *testing.T) {
	f := startFake(t, func(p *peer) {
		switch p.n {
		case 1:
			p.greet(fakeID, granted)
			r, _ := p.next()
			p.answer(r)
		case 2:
			p.readConnect() // and close without a word
		default:
			if p.greet(fakeID+1, granted) {
				p.serve()
			}
		}
	})
	f.srvr.Store("Zookeeper version: 3.9.5, built on today\nZxid: 0x4\nMode: follower\n")
	s, r := connect(t, on(f))
	_, _, err := s.Get(testContext(t), "/a", nil)
	ok(t, err)
	r.want(t, "SyncConnected", "Disconnected", "SyncConnected")
	if s.ID() != fakeID {
		t.Errorf("id %x", s.ID())
	}
}

// TestFlapping: servers that grant sessions only to hang up are not tried in a
// circle at full speed.
func TestFlapping(t *testing.T) {
	noLeaks(t)
	play := func(p *peer) { p.greet(fakeID, granted) }
	a, b := startFake(t, play), startFake(t, play)
	s, r := open(t, on(a, b))
	r.wait(t, 4)
	began := time.Now()
	r.wait(t, 8)
	if took := time.Since(began); took < 1500*time.Millisecond {
		t.Errorf("two more connections within %v", took)
	}
	ok(t, s.Crash())
}

func TestConfigErrors(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no servers":    {},
		"no port":       {Servers: []string{"a"}},
		"chroot":        {Servers: []string{"a:1"}, Chroot: "b"},
		"chroot's end":  {Servers: []string{"a:1"}, Chroot: "/b/"},
		"negative time": {Servers: []string{"a:1"}, Timeout: -1},
		"long time":     {Servers: []string{"a:1"}, Timeout: 1 << 62},
	} {
		if s, err := Open(cfg); err == nil {
			t.Errorf("%s: no error", name)
			s.Crash()
		}
	}
}

// TestExpireHoldsReconnect: the connection that Expire costs does not come back,
// at another server even, before the session is closed.
func TestExpireHoldsReconnect(t *testing.T) {
	noLeaks(t)
	var closed atomic.Bool
	var total atomic.Int32
	takenOver := make(chan struct{})
	play := func(p *peer) {
		if total.Add(1) == 3 && !closed.Load() {
			t.Error("the session reconnects before it is closed")
		}
		if !p.readConnect() {
			return
		}
		grant := func(id int64) {
			p.frame(&wire.ConnectResponse{SessionID: id, Timeout: 3000, Passwd: make([]byte, 16)})
		}
		switch {
		case p.connect.SessionID == 0 && closed.Load():
			grant(fakeID + 1)
			p.serve()
		case p.connect.SessionID == 0:
			grant(fakeID)
			go p.serve()
			<-takenOver
		case closed.Load():
			p.frame(&wire.ConnectResponse{Passwd: make([]byte, 16)})
		default:
			grant(p.connect.SessionID)
			close(takenOver)
			r, _ := p.next()
			time.Sleep(200 * time.Millisecond) // for the wrong thing to happen
			closed.Store(true)
			p.answer(r)
		}
	}
	s, r := connect(t, on(startFake(t, play), startFake(t, play)))
	ok(t, s.Expire(testContext(t)))
	r.want(t, "SyncConnected", "Disconnected", "Expired", "SyncConnected")
	if s.ID() != fakeID+1 {
		t.Errorf("id %x", s.ID())
	}
}

// TestLostSaysWhy: who asks at the very moment the connection ends is told why, too.
func TestLostSaysWhy(t *testing.T) {
	noLeaks(t)
	s, _ := connect(t, Config{Servers: []string{startServer(t).Addr()}, Timeout: granted})
	for range 5 {
		ok(t, s.WaitConnected(testContext(t)))
		c := s.current()
		c.fail(io.EOF)
		_, err := s.Exists(testContext(t), "/", nil)
		if why := s.LastError(); errors.Is(err, &wire.Error{Code: wire.ConnectionLoss}) && why == nil && s.current() == c {
			t.Fatalf("%v, and nobody knows why", err)
		}
	}
}

// current is the connection that requests are sent on; nil if there is none.
func (s *Session) current() *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready
}

// TestPanicInTheReceivePath: it ends the connection, and neither the process nor the
// session, which connects anew.
func TestPanicInTheReceivePath(t *testing.T) {
	srv := startServer(t)
	r := newRecorder()
	cfg := Config{Servers: []string{srv.Addr()}, OnEvent: func(e Event) {
		r.add(e)
		if e.Type == wire.EventNodeDataChanged {
			panic("the receiver")
		}
	}}
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := testContext(t)
	ok(t, s.WaitConnected(ctx))
	id := s.ID()
	create(t, s, "/p", wire.FlagEphemeral)
	must[*wire.Stat](t)(s.Exists(ctx, "/p", &Arm{"x"}))
	s.Set(ctx, "/p", nil, -1) // the event comes before its reply
	r.want(t, "SyncConnected", "NodeDataChanged /p [x]", "Disconnected", "SyncConnected")
	if s.ID() != id {
		t.Error("it is another session")
	}
	must[*wire.Stat](t)(s.Exists(ctx, "/p", nil))
}

// panicReader is a source of random bytes that panics.
type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("no bytes") }

// TestPanicInADial: it fails the attempt, and neither the process nor the session,
// which tries again.
func TestPanicInADial(t *testing.T) {
	noLeaks(t)
	srv := startServer(t)
	s, _ := open(t, Config{Servers: []string{srv.Addr()}, Security: Security{TLS: &tls.Config{Rand: panicReader{}}}})
	err := s.Attempt(testContext(t))
	if fault.Of(err) == nil || !strings.Contains(err.Error(), "no bytes") || s.State() != Connecting {
		t.Errorf("%v, %v", err, s.State())
	}
}
