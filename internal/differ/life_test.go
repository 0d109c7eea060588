package differ

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// A life is that of a session which has been given a timeout: what its client does
// from then on, and whether it is there after another session has expired that was
// last heard of later and had a longer timeout.
//
// Both begin, and then, which is done again and again, may be nil.
type life struct {
	name  string
	begin func(l *living) error
	then  func(l *living) error
	lives bool
}

const (
	lifetime      = 1000 // in milliseconds, as others are
	otherLifetime = 1600
	// pulse is how often something is done. As long as it happens within safely, a
	// session that is to live does; who is slower than that has shown nothing.
	pulse  = 50 * time.Millisecond
	safely = 700 * time.Millisecond
)

var lives = []life{
	{name: "silent"},
	{name: "without a connection", begin: (*living).drop},
	{name: "pings", then: asks(wire.OpPing, &wire.Empty{}), lives: true},
	{name: "reads", then: asks(wire.OpGetData, &wire.PathWatchRequest{Path: "/"}), lives: true},
	{name: "reads what is not there", then: asks(wire.OpGetData, &wire.PathWatchRequest{Path: "/nothing"}), lives: true},
	{name: "requests that cannot be read", then: asks(wire.OpGetData, &wire.Empty{}), lives: true},
	{name: "adds identities and says nothing else", then: asks(wire.OpAuth, &wire.AuthPacket{Scheme: "digest", Auth: []byte("u:p")})},
	{name: "SASL tokens and nothing else", then: asks(wire.OpSASL, &wire.SASLToken{Token: []byte("x")})},
	{name: "a request that never ends", begin: func(l *living) error { return l.write(0, 0, 0x40, 0) }, then: func(l *living) error { return l.write(0) }},
	{name: "others try to take it over with a wrong password", then: func(l *living) error {
		return l.knock(wire.ConnectRequest{Timeout: 60000, SessionID: l.c.id, Passwd: make([]byte, 16)})
	}},
	{name: "comes back having seen a later zxid", then: func(l *living) error {
		return l.knock(wire.ConnectRequest{Timeout: 60000, SessionID: l.c.id, Passwd: l.c.passwd, LastZxidSeen: 1 << 60})
	}},
	{name: "comes back with a longer timeout", begin: comesBack(60000), lives: true},
	{name: "comes back with a longer timeout, and goes", begin: func(l *living) error {
		if err := comesBack(60000)(l); err != nil {
			return err
		}
		return l.drop()
	}, lives: true},
	{name: "comes back with a shorter timeout", begin: func(l *living) error {
		if err := comesBack(60000)(l); err != nil {
			return err
		}
		return comesBack(lifetime)(l)
	}},
}

// TestLives has sessions live or expire on both servers.
func TestLives(t *testing.T) {
	b := newBench(t, shortTick)
	var all sync.WaitGroup
	for i, name := range []string{"Debian's", "ours"} {
		for _, l := range lives {
			all.Go(func() {
				if lived, err := l.tryOn(b.peers[i].addr); err != nil || lived != l.lives {
					t.Errorf("%s, %s: the session is there: %v %v", name, l.name, lived, err)
				}
			})
		}
	}
	all.Wait()
}

// tryOn is liveOn as often as it takes for it to have been fast enough.
func (l *life) tryOn(addr string) (lived bool, err error) {
	var slowest time.Duration
	for range 5 {
		lived, slowest, err = l.liveOn(addr)
		if err != nil || lived == l.lives || slowest < safely {
			break
		}
	}
	return lived, err
}

// living is a life that is being led.
type living struct {
	p    *peer
	c    *client
	last time.Time     // something was done
	slow time.Duration // the longest between that and the next
}

func (l *life) liveOn(addr string) (lived bool, slowest time.Duration, err error) {
	p := &peer{addr: addr}
	p.newRun(0)
	g := &living{p: p, c: &client{}, last: time.Now()}
	begin := func() error {
		if err := g.connect(g.c, wire.ConnectRequest{Timeout: lifetime}); err != nil || l.begin == nil {
			return err
		}
		return l.begin(g)
	}
	if err = begin(); err != nil {
		return false, 0, err
	}
	g.pulse()
	over := make(chan error, 1)
	go func() { over <- g.awaitOther() }()
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if l.then != nil && err == nil {
				err = l.then(g) // an error is that the session is gone
				g.pulse()
			}
		case err := <-over:
			if err != nil {
				return false, 0, err
			}
			back := &client{}
			err = g.connect(back, wire.ConnectRequest{Timeout: lifetime, SessionID: g.c.id, Passwd: g.c.passwd})
			return back.id != 0, g.slow, err
		}
	}
}

func (l *living) pulse() {
	now := time.Now()
	l.slow = max(l.slow, now.Sub(l.last))
	l.last = now
}

// connect connects c. Without a session, c has none.
func (l *living) connect(c *client, r wire.ConnectRequest) error {
	now, err := l.p.client(r)
	if err != nil {
		return err
	}
	c.conn, c.id, c.passwd = now.conn, now.id, now.passwd
	return nil
}

// knock connects without success.
func (l *living) knock(r wire.ConnectRequest) error {
	conn, answer, err := l.p.dial(r)
	if err != nil || answer == nil {
		return err
	}
	defer conn.nc.Close()
	if answer.SessionID != 0 {
		return fmt.Errorf("a session for %+v", r)
	}
	return nil
}

func comesBack(timeout int32) func(l *living) error {
	return func(l *living) error {
		l.pulse()
		return l.connect(l.c, wire.ConnectRequest{Timeout: timeout, SessionID: l.c.id, Passwd: l.c.passwd})
	}
}

func (l *living) drop() error { return l.c.conn.nc.Close() }

func (l *living) write(b ...byte) error {
	_, err := l.c.conn.nc.Write(b)
	return err
}

// asks is a request and its reply.
func asks(op wire.Op, body wire.Record) func(l *living) error {
	return func(l *living) error {
		_, err := l.c.ask(op, body, nil)
		return err
	}
}

// awaitOther opens another session and waits until it has expired: a third one sees
// its ephemeral znode go.
func (l *living) awaitOther() error {
	other, third := &client{}, &client{}
	if err := l.connect(third, wire.ConnectRequest{Timeout: 60000}); err != nil {
		return err
	}
	defer third.conn.nc.Close()
	path := fmt.Sprintf("/other-%x", third.id)
	if err := l.connect(other, wire.ConnectRequest{Timeout: otherLifetime}); err != nil {
		return err
	}
	defer other.conn.nc.Close()
	create := &wire.CreateRequest{Path: path, ACL: wire.OpenACL(), Flags: wire.FlagEphemeral}
	if _, err := other.ask(wire.OpCreate, create, nil); err != nil {
		return err
	}
	h, err := third.ask(wire.OpExists, &wire.PathWatchRequest{Path: path, Watch: true}, nil)
	if err != nil || h.Err != 0 { // or it has expired already
		return err
	}
	_, err = third.conn.frame()
	return err
}
