package hostile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"strings"

	"zoosh/internal/wire"
)

// Wide is the znode with as many children as Play.Listing says.
const Wide = "/wide"

// Absent is what the paths of znodes begin with that are not there.
const Absent = "/absent"

// answer answers a request; false after closeSession.
func (p *peer) answer(h wire.RequestHeader, body []byte) bool {
	play := &p.s.play
	stat := wire.Stat{Czxid: 1, DataLength: int32(play.Data), NumChildren: int32(play.Children)}
	switch {
	case h.Op == wire.OpCloseSession:
		p.reply(h.Xid, wire.OK)
		return false
	case play.Announce != 0:
		p.long(h.Xid, play.Announce-wire.ReplyHeaderSize, func(w *bufio.Writer) {
			repeat(w, "\x00", play.Announce-wire.ReplyHeaderSize)
		})
		return true
	case play.Short:
		p.reply(h.Xid, wire.OK)
		return true
	}
	switch h.Op {
	case wire.OpExists:
		var r wire.PathWatchRequest
		wire.Unmarshal(body, &r)
		if strings.HasPrefix(r.Path, Absent) {
			p.reply(h.Xid, wire.NoNode)
			return true
		}
		p.reply(h.Xid, wire.OK, &stat)
	case wire.OpSetData, wire.OpSetACL:
		p.reply(h.Xid, wire.OK, &stat)
	case wire.OpGetData:
		p.data(h.Xid, &stat)
	case wire.OpGetChildren2:
		var r wire.PathWatchRequest
		wire.Unmarshal(body, &r)
		if r.Path == Wide {
			p.listing(h.Xid, &stat)
			return true
		}
		p.reply(h.Xid, wire.OK, &wire.GetChildren2Response{Children: p.children(), Stat: stat})
	case wire.OpGetACL:
		p.reply(h.Xid, wire.OK, &wire.GetACLResponse{ACL: wire.OpenACL(), Stat: stat})
	case wire.OpMultiRead:
		p.multiRead(h.Xid, body, &stat)
	case wire.OpGetAllChildrenNumber:
		p.reply(h.Xid, wire.Unimplemented)
	case wire.OpCreate, wire.OpSync:
		var r wire.PathRequest
		wire.Unmarshal(body, &r)
		p.reply(h.Xid, wire.OK, &wire.PathResponse{Path: r.Path})
	default:
		p.reply(h.Xid, wire.OK)
	}
	return true
}

// data answers getData with as much as the play has.
func (p *peer) data(xid int32, stat *wire.Stat) {
	n := p.s.play.Data
	tail := wire.Marshal(nil, stat)
	p.long(xid, 4+n+len(tail), func(w *bufio.Writer) {
		w.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
		repeat(w, p.s.play.Text, n)
		w.Write(tail)
	})
}

// name is that of child i.
func (p *peer) name(i int) string {
	return fmt.Sprintf("%0*d", max(p.s.play.Digits, 1), i)
}

// children are the names of a znode's children.
func (p *peer) children() []string {
	names := make([]string, p.s.play.Children)
	for i := range names {
		names[i] = p.name(i)
	}
	return names
}

// listing answers getChildren2 with very many names.
func (p *peer) listing(xid int32, stat *wire.Stat) {
	n := p.s.play.Listing
	size := len(fmt.Sprint(n))
	size = max(size, p.s.play.Digits)
	tail := wire.Marshal(nil, stat)
	p.long(xid, 4+n*(4+size)+len(tail), func(w *bufio.Writer) {
		w.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
		for i := range n {
			w.Write(binary.BigEndian.AppendUint32(nil, uint32(size)))
			fmt.Fprintf(w, "%0*d", size, i)
		}
		w.Write(tail)
	})
}

// multiRead answers each part of a multiRead.
func (p *peer) multiRead(xid int32, body []byte, stat *wire.Stat) {
	var r wire.MultiRequest
	if _, err := wire.Unmarshal(body, &r); err != nil {
		p.reply(xid, wire.MarshallingError)
		return
	}
	var results []wire.MultiResult
	for _, op := range r.Ops {
		res := wire.MultiResult{Op: op.Op}
		if op.Op == wire.OpGetChildren {
			res.Reply = &wire.GetChildrenResponse{Children: p.children()}
		} else {
			res.Reply = &wire.GetDataResponse{Data: []byte(strings.Repeat("x", p.s.play.Data)), Stat: *stat}
		}
		results = append(results, res)
	}
	p.reply(xid, wire.OK, &wire.MultiResponse{Results: results})
}
