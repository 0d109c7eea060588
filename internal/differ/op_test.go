package differ

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"zoosh/internal/wire"
)

// A step is one thing that one of a run's sessions does.
type step struct {
	session int
	action  action
	// Of a request:
	op     wire.Op
	body   wire.Record
	mangle mangle
	since  int64 // setWatches' zxid, from the run's first
	// Of a connection:
	connect wire.ConnectRequest
	wrong   bool // the password
	ahead   bool // it has seen a zxid that the server has not
	// Of an expiry:
	end ending
}

type action int

const (
	request   action = iota
	open             // a new session
	drop             // the connection, without a word
	reconnect        // to the session, also where it is connected already
	expire           // the session, by not being heard of
)

// A mangle spoils the bytes of a request's body.
type mangle struct {
	cut      int    // bytes off its end
	extra    []byte // bytes behind it
	nullPath bool   // its first string becomes null
}

func (m mangle) isSet() bool { return m.cut > 0 || len(m.extra) > 0 || m.nullPath }

// bytes is the body as it is sent.
func (s *step) bytes(start int64) []byte {
	body := s.body
	switch r := body.(type) {
	case *wire.SetWatches:
		own := *r
		own.RelativeZxid = start + s.since
		body = &own
	case *wire.SetWatches2:
		own := *r
		own.RelativeZxid = start + s.since
		body = &own
	}
	b := wire.Marshal(nil, body)
	if s.mangle.nullPath && len(b) >= 4 {
		b = append([]byte{0xff, 0xff, 0xff, 0xff}, b[4+int(binary.BigEndian.Uint32(b)):]...)
	}
	b = b[:len(b)-min(len(b), s.mangle.cut)]
	return append(b, s.mangle.extra...)
}

// String is the step's line in a transcript.
func (s *step) String() string {
	name := fmt.Sprintf("[S%d] ", s.session)
	switch s.action {
	case open:
		return name + "connect" + s.connection()
	case drop:
		return name + "crash"
	case reconnect:
		return name + "connect to its session" + s.connection()
	case expire:
		return name + "expire  # " + string(s.end)
	}
	line := name + command(s.op, s.body)
	if s.since != 0 {
		line += fmt.Sprintf("  # since %+d", s.since)
	}
	if s.mangle.isSet() {
		line += fmt.Sprintf("  # %d bytes cut, %d more, null path %v", s.mangle.cut, len(s.mangle.extra), s.mangle.nullPath)
	}
	return line
}

func (s *step) connection() string {
	text := fmt.Sprintf(" -timeout %d", s.connect.Timeout)
	for _, word := range []struct {
		is   bool
		text string
	}{{s.connect.HasReadOnly, ""}, {s.connect.ReadOnly, " -r"}, {!s.connect.HasReadOnly, "  # without the readOnly byte"},
		{s.wrong, "  # with a wrong password"}, {s.ahead, "  # having seen a later zxid"}} {
		if word.is {
			text += word.text
		}
	}
	return text
}

// command is a request as zkCli is told it, or nearly.
func command(op wire.Op, body wire.Record) string {
	switch r := body.(type) {
	case *wire.CreateRequest:
		return createCommand(op, r, "")
	case *wire.CreateTTLRequest:
		return createCommand(op, &r.CreateRequest, fmt.Sprintf("-t %d ", r.TTL))
	case *wire.PathVersionRequest:
		return fmt.Sprintf("%v -v %d %s", op, r.Version, path(r.Path))
	case *wire.SetDataRequest:
		return fmt.Sprintf("set -v %d %s %s", r.Version, path(r.Path), data(r.Data))
	case *wire.SetACLRequest:
		return fmt.Sprintf("setAcl -v %d %s %s", r.Version, path(r.Path), acls(r.ACL))
	case *wire.PathWatchRequest:
		return reading(op, r)
	case *wire.PathRequest:
		return fmt.Sprintf("%v %s", op, path(r.Path))
	case *wire.AuthPacket:
		return fmt.Sprintf("addauth %s %q", r.Scheme, r.Auth)
	case *wire.AddWatchRequest:
		return fmt.Sprintf("addWatch %s  # mode %d", path(r.Path), r.Mode)
	case *wire.WatcherRequest:
		return fmt.Sprintf("%v %s  # type %d", op, path(r.Path), r.Type)
	case *wire.MultiRequest:
		var parts []string
		for _, part := range r.Ops {
			parts = append(parts, command(part.Op, part.Request))
		}
		return fmt.Sprintf("%v [%s]", op, strings.Join(parts, " | "))
	case *wire.SetWatches:
		return fmt.Sprintf("setWatches data %q exist %q child %q", r.Data, r.Exist, r.Child)
	case *wire.SetWatches2:
		return fmt.Sprintf("setWatches2 data %q exist %q child %q persistent %q recursive %q",
			r.Data, r.Exist, r.Child, r.Persistent, r.PersistentRecursive)
	case *wire.Empty:
		return op.String()
	}
	return fmt.Sprintf("%v %+v", op, body)
}

func createCommand(op wire.Op, r *wire.CreateRequest, ttl string) string {
	line := fmt.Sprintf("create %s%s %s %s", ttl, path(r.Path), data(r.Data), acls(r.ACL))
	if r.Flags != 0 || op != wire.OpCreate {
		line += fmt.Sprintf("  # %v, flags %d", op, r.Flags)
	}
	return line
}

func reading(op wire.Op, r *wire.PathWatchRequest) string {
	name := map[wire.Op]string{
		wire.OpExists: "stat", wire.OpGetData: "get -s", wire.OpGetChildren: "ls", wire.OpGetChildren2: "ls -s",
	}[op]
	if name == "" {
		name = op.String()
	}
	if r.Watch {
		name += " -w"
	}
	return name + " " + path(r.Path)
}

// path is a path as it is, unless that cannot be seen.
func path(p string) string {
	p = fromSurrogates(p)
	if q := strconv.Quote(p); p == "" || q != `"`+p+`"` || strings.Contains(p, " ") {
		return q
	}
	return p
}

// fromSurrogates turns Java's way to write what is beyond U+FFFF into UTF-8.
func fromSurrogates(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+5 < len(s) && s[i] == 0xed && s[i+1]&0xf0 == 0xa0 && s[i+3] == 0xed && s[i+4]&0xf0 == 0xb0 {
			half := func(at int) rune { return rune(s[at]&0x0f)<<6 | rune(s[at+1]&0x3f) }
			b.WriteRune(0x10000 + half(i+1)<<10 | half(i+4)&0x3ff)
			i += 5
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func data(b []byte) string {
	if b == nil {
		return "(null)"
	}
	return strconv.Quote(string(b))
}

func acls(list []wire.ACL) string {
	var parts []string
	for _, a := range list {
		parts = append(parts, fmt.Sprintf("%s:%s:%d", a.Scheme, a.ID, a.Perms))
	}
	if len(parts) == 1 && parts[0] == "world:anyone:31" {
		return ""
	}
	return "[" + strings.Join(parts, ",") + "]"
}
