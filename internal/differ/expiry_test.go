package differ

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// The environment variables of TestExpiry are those of TestDiffer for it. Each of its
// runs takes as long as its sessions take to expire, about two seconds.
const (
	expiryRuns = "ZOOSH_DIFFER_EXPIRY_RUNS"
	expirySeed = "ZOOSH_DIFFER_EXPIRY_SEED"
)

// shortTick is the tick of servers on which sessions expire: the shortest timeout is
// twice as long.
const shortTick = 100 * time.Millisecond

// TestExpiry plays runs whose sessions expire, one at a time: in what order several
// expire that do so in one tick is not defined.
//
// A session of these runs has a timeout that is longer than the run, up to the step
// in which it expires. So nothing depends on how fast the servers are.
func TestExpiry(t *testing.T) {
	n, seed := runsFrom(t, expiryRuns, expirySeed, 5)
	b := newBench(t, shortTick)
	defer func() { t.Logf("%d sessions expired", b.peers[0].expired) }()
	b.playAll(n, seed, expiryRuns, expirySeed, func(seed uint64) *generator {
		g := newGenerator(seed)
		g.mortal = true
		g.sessions = max(g.sessions, 2)
		return g
	})
}

// An ending is what a session does while it expires.
type ending string

const (
	silent    ending = "connected and silent"
	halfDone  ending = "after half a request"
	dropped   ending = "without a connection"
	robbed    ending = "after another has tried to take it over with a wrong password"
	recreated ending = "as createSession has asked for, on a connection with a long timeout"
)

func (g *generator) expiry(i int) *step {
	return &step{session: i, action: expire, end: pick(g, silent, silent, halfDone, dropped, dropped, robbed, recreated)}
}

// expire has a session expire: it comes back with the shortest timeout, and is then
// not heard of. It is gone when there is one more zxid.
func (p *peer) expire(c *client, s *step) (lines []string, err error) {
	before, err := p.control.zxid()
	if err != nil {
		return nil, err
	}
	again := &step{action: reconnect, connect: wire.ConnectRequest{Timeout: 1, HasReadOnly: true}}
	if s.end == recreated {
		again.connect.Timeout = 1 << 30
	}
	if lines, err = p.connect(c, again); err != nil || c.conn == nil {
		return lines, err
	}
	more, err := p.lieLow(c, s)
	if lines = append(lines, more...); err != nil {
		return lines, err
	}
	if s.end == recreated {
		before++
	}
	if err := p.awaitZxid(before + 1); err != nil {
		return append(lines, err.Error()), nil
	}
	p.expired++
	if c.conn != nil {
		// Whether it still hears of what becomes of its own znodes is chance.
		how, _, _ := strings.Cut(c.conn.gone(), " after")
		lines = append(lines, how)
		c.conn = nil
	}
	return lines, nil
}

// lieLow is the last that is heard of a session.
func (p *peer) lieLow(c *client, s *step) ([]string, error) {
	switch s.end {
	case halfDone:
		_, err := c.conn.nc.Write([]byte{0, 0, 0, 100, 0, 0})
		return nil, err
	case dropped:
		c.conn.nc.Close()
		c.conn = nil
	case robbed:
		return p.connect(c, &step{action: reconnect, wrong: true})
	case recreated:
		return p.request(c, &step{op: wire.OpCreateSession, body: &wire.GetAllChildrenNumberResponse{Total: 1}})
	}
	return nil, nil
}

// awaitZxid waits until the server has got so far; with more than that it is wrong.
func (p *peer) awaitZxid(want int64) error {
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		zxid, err := p.control.zxid()
		switch {
		case err != nil:
			return err
		case zxid > want:
			return fmt.Errorf("zxid %#x comes after %#x", zxid, want)
		case zxid == want:
			return nil
		case time.Now().After(end):
			return fmt.Errorf("zxid %#x does not come within %v", want, patience)
		}
	}
}
