package session

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"zoosh/internal/hostile"
	"zoosh/internal/wire"
)

func TestLimits(t *testing.T) {
	for _, test := range []struct {
		given      Limits
		maxRequest int
		want       Limits
	}{
		{Limits{}, wire.MaxFrame, Limits{DefaultReply, DefaultHeld}},
		{Limits{}, 1000, Limits{DefaultReply, DefaultHeld}},
		{Limits{}, 4 * wire.MaxFrame, Limits{4 * DefaultReply, DefaultHeld}},
		{Limits{}, math.MaxInt32, Limits{math.MaxInt32 / DefaultReply * DefaultReply, DefaultHeld}},
		{Limits{Reply: 1, Held: 1}, wire.MaxFrame, Limits{LeastReply, 1}},
		{Limits{Reply: 5 << 20}, 4 * wire.MaxFrame, Limits{5 << 20, DefaultHeld}},
	} {
		if got := test.given.resolve(test.maxRequest); got != test.want {
			t.Errorf("%+v with requests of %d bytes: %+v, want %+v", test.given, test.maxRequest, got, test.want)
		}
	}
}

// announced is the beginning of a frame that has so many bytes.
func announced(xid int32, n int) []byte {
	return wire.Marshal(binary.BigEndian.AppendUint32(nil, uint32(n)), &wire.ReplyHeader{Xid: xid, Zxid: 5})
}

// TestLongReply: a reply that is too long fails its request alone, before it is read. Who
// waits for another reply loses it with the connection, and the session goes on.
func TestLongReply(t *testing.T) {
	noLeaks(t)
	var asked atomic.Int32
	f := startFake(t, func(p *peer) {
		if !p.greet(fakeID, granted) {
			return
		}
		for {
			r, there := p.next()
			if !there {
				return
			}
			if r.Op == wire.OpGetData {
				asked.Add(1)
				p.Write(announced(r.Xid, DefaultReply+1))
				continue
			}
			if !p.answer(r) {
				return
			}
		}
	})
	s, r := open(t, on(f))
	_, _, err := s.Get(testContext(t), "/a", nil)
	var long *LongReplyError
	if !errors.As(err, &long) || long.Size != DefaultReply+1 || long.Limit != DefaultReply || long.Addr != f.addr() {
		t.Fatalf("got %v", err)
	}
	if want := "at most 128 MiB are read: -max-reply N takes N MiB"; !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%q does not end in %q", err, want)
	}
	// The request is not sent again, and the next has a connection.
	if _, err := s.Exists(testContext(t), "/a", nil); err != nil {
		t.Errorf("the next request: %v", err)
	}
	if asked.Load() != 1 || f.count.Load() != 2 {
		t.Errorf("it was asked %d times on %d connections", asked.Load(), f.count.Load())
	}
	if l := s.Losses(); l.Lost != 1 || l.Unknown != 0 {
		t.Errorf("%+v", l)
	}
	var told bool
	for _, e := range r.all() {
		told = told || e.State == wire.StateDisconnected && IsLongReply(e.Err)
	}
	if !told {
		t.Error("the event does not tell why the connection ended")
	}
}

// TestLongReplyIsInDoubt: the server may have done a write whose reply was not read.
func TestLongReplyIsInDoubt(t *testing.T) {
	for name, call := range calls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, func(p *peer) {
				if p.greet(fakeID, granted) {
					r, _ := p.next()
					p.Write(announced(r.Xid, DefaultReply+1))
					p.serve()
				}
			})
			s, _ := connect(t, on(f))
			var count Tally
			err := call(WithTally(testContext(t), &count), s)
			if !IsLongReply(err) {
				t.Errorf("error %v", err)
			}
			wantDoubt(t, name, err, &count)
			want := Losses{Lost: 1}
			if _, writes := writing[name]; writes {
				want.Unknown = 1
			}
			if got := s.Losses(); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
}

// TestUnaskedFrames: what nobody asked for is short, and so is the reply to what asks for
// little. Connections that bring more end, before it is read.
func TestUnaskedFrames(t *testing.T) {
	for name, test := range map[string]struct {
		xid  int32 // 0: of the request
		want string
	}{
		"notification":    {wire.XidNotification, "frame of 67108864 bytes, the limit is"},
		"ping":            {wire.XidPing, "frame of 67108864 bytes, the limit is"},
		"auth":            {wire.XidAuth, "frame of 67108864 bytes, the limit is"},
		"library's":       {1, "frame of 67108864 bytes, the limit is"},
		"nobody's":        {firstXid + 1000, "reply to a request that was not made"},
		"reply to exists": {0, "which no ZooKeeper makes so long"},
	} {
		t.Run(name, func(t *testing.T) {
			f := startFake(t, func(p *peer) {
				if !p.greet(fakeID, granted) {
					return
				}
				if r, there := p.next(); there && p.n == 1 {
					xid := test.xid
					if xid == 0 {
						xid = r.Xid
					}
					p.Write(announced(xid, 64<<20))
				}
				p.serve()
			})
			s, r := open(t, on(f))
			if _, err := s.Exists(testContext(t), "/a", nil); err == nil {
				t.Error("there is an answer")
			}
			e, _ := r.waitFor(t, 0, "Disconnected")
			if e.Err == nil || !strings.Contains(e.Err.Error(), test.want) {
				t.Errorf("%v, want %q", e.Err, test.want)
			}
		})
	}
}

// TestReplyInFull: what is within its bounds comes to the byte, many names too.
func TestReplyInFull(t *testing.T) {
	h, err := hostile.Start(hostile.Play{Data: 3_000_000, Text: "0123456789", Listing: 200_000, Digits: 10})
	ok(t, err)
	t.Cleanup(func() { h.Close() })
	s, _ := open(t, Config{Servers: []string{h.Addr()}})
	data, _, err := s.Get(testContext(t), "/a", nil)
	if err != nil || string(data) != strings.Repeat("0123456789", 300_000) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	names, _, err := s.Children(testContext(t), hostile.Wide, nil)
	if err != nil || len(names) != 200_000 || names[199_999] != "0000199999" {
		t.Errorf("%d names, %v", len(names), err)
	}
}

// silent is a connection on which the time to wait for a byte has passed.
type silent struct{ reads int }

// Read implements io.Reader.
func (s *silent) Read([]byte) (int, error) {
	s.reads++
	return 0, os.ErrDeadlineExceeded
}

// A server that says nothing is waited for once: who reads again waits for as long again.
func TestSilenceIsWaitedForOnce(t *testing.T) {
	var s silent
	c := &conn{in: bufio.NewReader(&s)}
	if _, err := c.readFrame(); !errors.Is(err, os.ErrDeadlineExceeded) || s.reads != 1 {
		t.Errorf("%v after %d waits", err, s.reads)
	}
	s.reads = 0
	c = &conn{in: bufio.NewReader(&s)}
	if _, err := c.next(); !errors.Is(err, os.ErrDeadlineExceeded) || s.reads != 1 {
		t.Errorf("before its greeting: %v after %d waits", err, s.reads)
	}
	c = &conn{in: bufio.NewReader(strings.NewReader("\x00\x00"))}
	if _, err := c.readFrame(); err != io.ErrUnexpectedEOF {
		t.Errorf("within a length: %v", err)
	}
	c = &conn{in: bufio.NewReader(strings.NewReader(""))}
	if _, err := c.readFrame(); err != io.EOF {
		t.Errorf("between frames: %v", err)
	}
}
