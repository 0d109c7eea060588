package differ

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/wire"
)

// told turns a frame into a line of the transcript. What differs between two
// servers without a meaning is left out or named by what it stands for: sessions
// by their place in the run, times by the txn they belong to.
func (p *peer) told(s *step, frame []byte) (string, wire.ReplyHeader) {
	var h wire.ReplyHeader
	if s.repliesOddly() && bytes.HasPrefix(frame, make([]byte, 4)) {
		var answer wire.ConnectResponse
		if _, err := wire.Unmarshal(frame, &answer); err == nil {
			return p.connected(&answer), h
		}
	}
	body, err := wire.Unmarshal(frame, &h)
	if err != nil {
		return fmt.Sprintf("no reply: % x", frame), h
	}
	if h.Xid == wire.XidNotification {
		return p.notification(h.Zxid, body), h
	}
	line := fmt.Sprintf("%d zxid %s", h.Xid, p.zxid(h.Zxid))
	if h.Err != 0 {
		line += " " + h.Err.String()
		if len(body) > 0 {
			line += fmt.Sprintf(" % x", body)
		}
		return line, h
	}
	return line + p.body(s.op, body), h
}

// notification leaves the zxid out of its header if the real server has none there, as
// before 3.9.
func (p *peer) notification(zxid int64, body []byte) string {
	var e wire.WatcherEvent
	rest, err := wire.Unmarshal(body, &e)
	if err != nil || len(rest) > 0 {
		return fmt.Sprintf("no notification: % x", body)
	}
	line := fmt.Sprintf("WATCHER %v %v %s", e.State, e.Type, path(e.Path))
	if p.later {
		line += " zxid " + p.zxid(zxid)
	}
	return line
}

func (p *peer) connected(r *wire.ConnectResponse) string {
	password := "a password"
	if !slices.ContainsFunc(r.Passwd, func(b byte) bool { return b != 0 }) {
		password = fmt.Sprintf("%d zero bytes", len(r.Passwd))
	}
	session := "a session"
	if r.SessionID == 0 {
		session = "no session"
	}
	return fmt.Sprintf("%s, timeout %d, %s, version %d, readOnly %v %v",
		session, r.Timeout, password, r.ProtocolVersion, r.HasReadOnly, r.ReadOnly)
}

// replyTo is an empty body for the reply to a request; nil if it has none.
func replyTo(op wire.Op) wire.Record {
	switch op {
	case wire.OpCreate, wire.OpSync:
		return &wire.PathResponse{}
	case wire.OpCreate2, wire.OpCreateContainer, wire.OpCreateTTL:
		return &wire.Create2Response{}
	case wire.OpExists, wire.OpSetData, wire.OpSetACL:
		return &wire.Stat{}
	case wire.OpGetData:
		return &wire.GetDataResponse{}
	case wire.OpGetACL:
		return &wire.GetACLResponse{}
	case wire.OpGetChildren, wire.OpGetEphemerals:
		return &wire.GetChildrenResponse{}
	case wire.OpGetChildren2:
		return &wire.GetChildren2Response{}
	case wire.OpGetAllChildrenNumber:
		return &wire.GetAllChildrenNumberResponse{}
	case wire.OpMulti, wire.OpMultiRead:
		return &wire.MultiResponse{}
	case wire.OpWhoAmI:
		return &wire.WhoAmIResponse{}
	}
	return nil
}

func (p *peer) body(op wire.Op, body []byte) string {
	r := replyTo(op)
	if r == nil {
		if len(body) == 0 {
			return ""
		}
		return fmt.Sprintf(" % x", body)
	}
	rest, err := wire.Unmarshal(body, r)
	if err != nil {
		return fmt.Sprintf(" %v: % x", err, body)
	}
	text := " " + p.record(r)
	if len(rest) > 0 {
		text += fmt.Sprintf(" and % x", rest)
	}
	return text
}

func (p *peer) record(r wire.Record) string {
	switch r := r.(type) {
	case nil:
		return ""
	case *wire.Stat:
		return p.stat(r)
	case *wire.PathResponse:
		return path(r.Path)
	case *wire.Create2Response:
		return path(r.Path) + " " + p.stat(&r.Stat)
	case *wire.GetDataResponse:
		return data(r.Data) + " " + p.stat(&r.Stat)
	case *wire.GetACLResponse:
		return "[" + strings.Trim(acls(r.ACL), "[]") + "] " + p.stat(&r.Stat)
	case *wire.GetChildrenResponse:
		return fmt.Sprintf("%q", r.Children)
	case *wire.GetChildren2Response:
		return fmt.Sprintf("%q %s", r.Children, p.stat(&r.Stat))
	case *wire.MultiResponse:
		var parts []string
		for _, part := range r.Results {
			parts = append(parts, fmt.Sprintf("%v %v %s", part.Op, part.Err, p.record(part.Reply)))
		}
		return "[" + strings.Join(parts, " | ") + "]"
	}
	return fmt.Sprintf("%+v", r)
}

func (p *peer) stat(s *wire.Stat) string {
	return fmt.Sprintf("c %s%s m %s%s p %s versions %d %d %d owner %s length %d children %d",
		p.zxid(s.Czxid), p.time(s.Czxid, s.Ctime), p.zxid(s.Mzxid), p.time(s.Mzxid, s.Mtime), p.zxid(s.Pzxid),
		s.Version, s.Cversion, s.Aversion, p.session(s.EphemeralOwner), s.DataLength, s.NumChildren)
}

// zxid counts from the run's first, as far as it belongs to the run.
func (p *peer) zxid(z int64) string {
	if p.ranks != nil {
		return fmt.Sprint("#", p.ranks[z])
	}
	if z < p.start {
		return fmt.Sprint(z)
	}
	return fmt.Sprintf("%+d", z-p.start)
}

// time says nothing if it is the one that this txn has always had.
func (p *peer) time(zxid, t int64) string {
	known, ok := p.times[zxid]
	switch {
	case !ok:
		p.times[zxid] = t
	case known != t:
		return " at another time"
	}
	return ""
}

func (p *peer) session(id int64) string {
	if id == 0 {
		return "none"
	}
	for i, c := range p.sessions {
		if c.id == id {
			return fmt.Sprintf("S%d", i)
		}
	}
	return "another session"
}
