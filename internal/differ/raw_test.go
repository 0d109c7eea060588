package differ

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// A saying is what a client sends on a connection, byte by byte, a piece after the
// other: before the next it awaits an answer.
type saying struct {
	name   string
	pieces [][]byte
}

// framed is a frame of that length, whatever is in it.
func framed(length int, b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(length)), b...)
}

// frame is a frame of bytes.
func frame(b []byte) []byte { return framed(len(b), b) }

// asked is a request's frame, its body being bytes.
func asked(xid int32, op wire.Op, body ...byte) []byte {
	return frame(append(wire.Marshal(nil, &wire.RequestHeader{Xid: xid, Op: op}), body...))
}

// ordinary is the connect request of most clients.
func ordinary() wire.ConnectRequest {
	return wire.ConnectRequest{Timeout: 60000, Passwd: make([]byte, 16), HasReadOnly: true}
}

// connects says a connect request that is not quite ordinary, and nothing else.
func connects(name string, change func(r *wire.ConnectRequest)) saying {
	r := ordinary()
	change(&r)
	return saying{name, [][]byte{frame(wire.Marshal(nil, &r))}}
}

// firstWords are ways to begin, or not to. zxid is the server's last, and id a
// session of it.
func firstWords(zxid, id int64) []saying {
	request := ordinary()
	plain := wire.Marshal(nil, &request)
	said := func(name string, b []byte) saying { return saying{name, [][]byte{b}} }
	all := []saying{
		said("an old client's", frame(plain[:len(plain)-1])),
		said("more behind it", frame(append(slices.Clone(plain), 1, 2, 3))),
		said("readOnly 2", frame(append(slices.Clone(plain[:len(plain)-1]), 2))),
		said("readOnly 255", frame(append(slices.Clone(plain[:len(plain)-1]), 255))),
		said("nothing", frame(nil)), said("a word that is none", []byte("abcd")), said("HTTP", []byte("GET / HTTP/1.1\r\n\r\n")),
		said("TLS", []byte{0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3}), said("a negative length", framed(-1, plain)),
		said("the most negative length", framed(math.MinInt32, plain)), said("the longest length", framed(math.MaxInt32, plain)),
		said("one byte too long", framed(wire.MaxFrame+1, plain)),
		said("as long as may be", frame(append(slices.Clone(plain), make([]byte, wire.MaxFrame-len(plain))...))),
		connects("no password", func(r *wire.ConnectRequest) { r.Passwd = nil }),
		connects("an unknown session and no password", func(r *wire.ConnectRequest) { r.SessionID, r.Passwd = 5, nil }),
		connects("an unknown session", func(r *wire.ConnectRequest) { r.SessionID = math.MinInt64 }),
		connects("an unknown session, read-only", func(r *wire.ConnectRequest) { r.SessionID, r.ReadOnly = -1, true }),
		connects("an old client's unknown session", func(r *wire.ConnectRequest) { r.SessionID, r.HasReadOnly = 5, false }),
		connects("a negative zxid", func(r *wire.ConnectRequest) { r.LastZxidSeen = -1 }),
		connects("the last zxid", func(r *wire.ConnectRequest) { r.LastZxidSeen = zxid }),
		connects("a later zxid", func(r *wire.ConnectRequest) { r.LastZxidSeen = zxid + 1000 }),
		connects("the latest zxid of an unknown session", func(r *wire.ConnectRequest) { r.LastZxidSeen, r.SessionID = math.MaxInt64, 5 }),
		connects("protocol 1", func(r *wire.ConnectRequest) { r.ProtocolVersion = 1 }),
		connects("protocol -1", func(r *wire.ConnectRequest) { r.ProtocolVersion = -1 }),
	}
	for n := range 4 + 8 + 4 + 8 + 4 + 16 {
		if n%5 == 0 || n > 24 && n < 30 {
			all = append(all, said(fmt.Sprintf("%d bytes of it", n), frame(plain[:n])))
		}
	}
	for _, timeout := range []int32{0, -1, 1, 39999, 40000, 40001, 399999, 400001, math.MaxInt32, math.MinInt32} {
		all = append(all, connects(fmt.Sprint("timeout ", timeout), func(r *wire.ConnectRequest) { r.Timeout = timeout }))
	}
	for _, size := range []int{0, 1, 15, 17, 1000, 100000} {
		all = append(all,
			connects(fmt.Sprintf("a password of %d bytes", size), func(r *wire.ConnectRequest) { r.Passwd = make([]byte, size) }),
			connects(fmt.Sprintf("a session's password of %d bytes", size), func(r *wire.ConnectRequest) { r.SessionID, r.Passwd = id, make([]byte, size) }))
	}
	for _, size := range []int32{-2, 17, 1 << 20, 1 << 22, math.MaxInt32, math.MinInt32} {
		b := binary.BigEndian.AppendUint32(slices.Clone(plain[:24]), uint32(size))
		all = append(all, said(fmt.Sprintf("a password of allegedly %d bytes", size), frame(append(b, make([]byte, 16)...))))
	}
	return all
}

// laterWords are what clients do not say on a connection that they have, or not so.
// zxid is the server's last; free says that nothing is avoided for the sake of 3.8, see
// argued.
func laterWords(zxid int64, free bool) []saying {
	said := func(name string, pieces ...[]byte) saying { return saying{name, pieces} }
	connect := func(change func(r *wire.ConnectRequest)) []byte { return connects("", change).pieces[0] }
	ping := asked(wire.XidPing, wire.OpPing)
	all := []saying{
		said("connects once more", connect(func(*wire.ConnectRequest) {})),
		said("an old client connects once more", connect(func(r *wire.ConnectRequest) { r.HasReadOnly = false })),
		said("connects once more, with its zxid", connect(func(r *wire.ConnectRequest) { r.LastZxidSeen = zxid })),
		// What stands where an opcode does is read as one.
		said("connects once more, creating", connect(func(r *wire.ConnectRequest) { r.LastZxidSeen = int64(wire.OpCreate) << 32 })),
		said("connects once more, pinging", connect(func(r *wire.ConnectRequest) { r.LastZxidSeen = int64(wire.OpPing) << 32 })),
		said("pings", ping, ping), said("pings with more", asked(wire.XidPing, wire.OpPing, 1, 2, 3), ping),
		said("pings with another xid", asked(7, wire.OpPing), asked(math.MinInt32, wire.OpPing), asked(wire.XidNotification, wire.OpPing)),
		said("nothing", frame(nil)), said("half an xid", frame([]byte{0, 0})), said("an xid", frame([]byte{0, 0, 0, 1})),
		said("an xid and half an opcode", frame([]byte{0, 0, 0, 1, 0, 0, 0})), said("a four-letter word", []byte("ruok")),
		said("a negative length", framed(-1, nil)), said("too long", framed(wire.MaxFrame+1, nil)), said("much too long", framed(math.MaxInt32, nil)),
		said("as long as may be", asked(1, wire.OpPing, make([]byte, wire.MaxFrame-8)...)),
		said("one byte longer", asked(1, wire.OpPing, make([]byte, wire.MaxFrame-7)...)),
	}
	for _, n := range []int32{-2, math.MinInt32} {
		all = append(all, said(fmt.Sprintf("a path of allegedly %d bytes", n), asked(1, wire.OpSync, binary.BigEndian.AppendUint32(nil, uint32(n))...), ping))
	}
	root := []byte{0, 0, 0, 1, '/'}
	for _, xid := range []int32{0, -1, -2, -4, -8, math.MaxInt32, math.MinInt32} {
		all = append(all, said(fmt.Sprint("xid ", xid), asked(xid, wire.OpSync, root...)))
	}
	for op := wire.Op(-13); op < 110; op++ {
		switch {
		case op == wire.OpCreateSession: // its reply is none
		case (op == wire.OpCheck || op == wire.OpDeleteContainer) && !free:
		default:
			all = append(all, said(fmt.Sprint("no body: ", op), asked(1, op), ping),
				said(fmt.Sprint("zeros: ", op), asked(1, op, make([]byte, 40)...), ping),
				said(fmt.Sprint("ones: ", op), asked(1, op, bytes.Repeat([]byte{0xff}, 40)...), ping))
		}
	}
	// A list with a negative length other than -1 is malformed here, but empty in Java.
	for _, n := range []int32{-1, 2, math.MaxInt32, 1 << 21} {
		size := binary.BigEndian.AppendUint32(nil, uint32(n))
		path := append(slices.Clone(size), '/')
		all = append(all,
			said(fmt.Sprintf("a path of allegedly %d bytes", n), asked(1, wire.OpSync, path...), ping),
			said(fmt.Sprintf("data of allegedly %d bytes", n), asked(1, wire.OpSetData, slices.Concat(root, size, []byte{0, 0, 0, 9})...), ping),
			said(fmt.Sprintf("an ACL of allegedly %d entries", n), asked(1, wire.OpSetACL, slices.Concat(root, size, []byte{0, 0, 0, 9})...), ping),
			said(fmt.Sprintf("allegedly %d watches", n), asked(1, wire.OpSetWatches, slices.Concat(make([]byte, 8), size, size, size)...), ping))
	}
	return all
}

// TestRaw has both servers answer what no client of theirs says. What they say is the
// same, and their zxids are afterwards.
func TestRaw(t *testing.T) {
	b := newBench(t, slowTick)
	b.align()
	holder := b.holdSessions()
	zxid := b.align()
	b.compare("first", zxid, [2][]saying{firstWords(zxid, holder[0]), firstWords(zxid, holder[1])}, false)
	later := laterWords(zxid, b.later)
	b.compare("later", zxid, [2][]saying{later, later}, true)
}

// holdSessions opens a session on either server, which are not heard of any more.
func (b *bench) holdSessions() (ids [2]int64) {
	for i, p := range b.peers {
		conn, answer, err := p.dial(ordinary())
		b.must(err)
		b.t.Cleanup(func() { conn.nc.Close() })
		ids[i] = answer.SessionID
	}
	return ids
}

// compare has what is said to either server compared, by a session that there is
// already if later is true.
func (b *bench) compare(kind string, start int64, said [2][]saying, later bool) {
	for n := range said[0] {
		b.align()
		var heard [2][]string
		var zxids [2]int64
		name := said[0][n].name
		for i, p := range b.peers {
			p.newRun(start)
			lines, err := p.hear(said[i][n], later)
			b.must(err)
			heard[i] = lines
			zxids[i], err = b.control[i].zxid()
			b.must(err)
		}
		if malformedWrite(heard[0], heard[1]) {
			continue
		}
		if !slices.Equal(heard[0], heard[1]) {
			b.t.Errorf("%s, %s:\n-%s\n+%s", kind, name, strings.Join(heard[0], "\n-"), strings.Join(heard[1], "\n+"))
		} else if zxids[0] != zxids[1] {
			b.t.Errorf("%s, %s: zxid %d, want %d", kind, name, zxids[1]-start, zxids[0]-start)
		}
	}
}

// zxids are those of replies in a transcript.
var zxids = regexp.MustCompile(`zxid [^ ]+`)

// malformedWrite tells whether the answers differ as arguable allows it for a write
// that cannot be read.
func malformedWrite(theirs, mine []string) bool {
	for i := range theirs {
		same := i < len(mine) && zxids.ReplaceAllString(theirs[i], "") == zxids.ReplaceAllString(mine[i], "")
		if !same {
			return false
		}
	}
	return len(theirs) > 1 && len(theirs) == len(mine) && strings.HasSuffix(mine[1], wire.MarshallingError.String())
}

// hear says it all, and returns the answers.
func (p *peer) hear(s saying, later bool) (lines []string, err error) {
	pieces := s.pieces
	if later {
		r := ordinary()
		pieces = append([][]byte{frame(wire.Marshal(nil, &r))}, pieces...)
	}
	nc, err := net.Dial("tcp", p.addr)
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	c := newConnection(nc)
	for i, piece := range pieces {
		nc.SetDeadline(time.Now().Add(patience))
		_, sending := nc.Write(piece)
		answer, err := c.frame()
		switch {
		case err == errClosed:
			return append(lines, "closed"), nil
		case err != nil || sending != nil:
			return lines, fmt.Errorf("%s: %w %w", s.name, err, sending)
		case i == 0:
			var r wire.ConnectResponse
			rest, err := wire.Unmarshal(answer, &r)
			if lines = append(lines, fmt.Sprintf("%s % x", p.connected(&r), rest)); err != nil || r.SessionID == 0 {
				return append(lines, c.gone()), err
			}
		default:
			line, h := p.told(&step{op: wire.OpError}, answer)
			if lines = append(lines, line); h.Err == wire.Unimplemented || h.Err == wire.AuthFailed {
				return append(lines, c.gone()), nil
			}
		}
	}
	return lines, nil
}
