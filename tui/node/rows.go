package node

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"zoosh/internal/english"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/znode"
)

// A view is a way of showing data.
type view int

const (
	viewText view = iota
	viewJSON
	viewHex
	numViews
)

// String is what the heading of the data calls the view.
func (v view) String() string { return [...]string{"text", "JSON", "hex"}[v] }

// textLimit is how much data is shown as text or JSON: more than anybody reads,
// and little enough to be laid out within a frame. As hex all of it is shown.
const textLimit = 64 << 10

// A layout is data made ready for the screen, but for the width.
type layout struct {
	text, json string // safe; json is "" for what is none
	textCut    int    // bytes that are missing
	jsonCut    int
	best       view
}

func (n *layout) has(v view) bool { return v != viewJSON || n.json != "" }

// layOut finds out what data is. It is done where the data is read, so that
// nothing waits for it.
func layOut(data []byte) layout {
	var n layout
	head := data[:min(len(data), textLimit)]
	for i := 0; i < utf8.UTFMax && len(head) < len(data) && len(head) > 0 && !utf8.Valid(head); i++ {
		head = head[:len(head)-1] // cut between characters
	}
	n.textCut = len(data) - len(head)
	n.text = shell.Printable(string(head))
	if !ui.IsText(head) {
		n.best = viewHex
		return n
	}
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return n
	}
	var b bytes.Buffer
	if json.Indent(&b, trimmed, "", "  ") == nil {
		out := b.String()
		if len(out) > textLimit {
			out = strings.ToValidUTF8(out[:textLimit], "")
			n.jsonCut = b.Len() - len(out)
		}
		n.json, n.best = shell.Printable(out), viewJSON
	}
	return n
}

// A section is a part of the pane, whose rows are made when they are looked at.
type section struct {
	n   int
	row func(i int) string
}

func lines(rows ...string) section {
	return section{len(rows), func(i int) string { return rows[i] }}
}

// sections are what there is to see, for the width of the moment.
func (p *Pane) sections() []section {
	if p.node == nil {
		return nil
	}
	if p.content == nil || p.made != p.w {
		p.made = p.w
		p.content = p.lay()
	}
	return p.content
}

func (p *Pane) length() int {
	n := 0
	for _, s := range p.sections() {
		n += s.n
	}
	return n
}

// Rows is the part of the znode that is on the screen.
func (p *Pane) Rows(focus bool) []string {
	if p.typing != nil {
		return p.typingRows()
	}
	if p.node == nil {
		return nil
	}
	p.scroll(0)
	rows := make([]string, 0, p.h)
	skip := p.top
	for _, s := range p.sections() {
		for i := skip; i < s.n && len(rows) < p.h; i++ {
			rows = append(rows, s.row(i))
		}
		skip = max(0, skip-s.n)
	}
	return rows
}

func (p *Pane) lay() []section {
	n, t := p.node, p.theme
	var out []section
	if n.err != nil {
		out = append(out, lines(t.Bad.Render(t.Glyph.Error+" "+znode.ErrorName(n.err))))
	} else {
		out = append(out, p.dataSections()...)
	}
	if n.stat != nil {
		out = append(out, lines("", t.Bold.Render("Stat")+t.Dim.Render(p.madeHere(n.stat))), p.statSection(n.stat))
	}
	out = append(out, lines("", t.Bold.Render("ACL")))
	if n.aclErr != nil {
		return append(out, lines(t.Bad.Render(t.Glyph.Error+" "+znode.ErrorName(n.aclErr))))
	}
	text := strings.TrimSuffix(shell.Printable(shell.FormatACL(n.acl)), "\n")
	return append(out, lines(ui.Wrap(text, p.w)...))
}

// dataSections are a heading that says what the data is, and the data.
func (p *Pane) dataSections() []section {
	n, t := p.node, p.theme
	size := english.Count(len(n.data), "byte")
	switch {
	case n.data == nil:
		return []section{lines(t.Bold.Render("Data") + t.Dim.Render("  null"))}
	case len(n.data) == 0:
		return []section{lines(t.Bold.Render("Data") + t.Dim.Render("  empty"))}
	}
	head := lines(t.Bold.Render("Data") + t.Dim.Render("  "+size+", "+p.view.String()))
	text, missing := n.shown.text, n.shown.textCut
	switch p.view {
	case viewHex:
		return []section{head, hexSection(n.data, p.w)}
	case viewJSON:
		text, missing = n.shown.json, n.shown.jsonCut
	}
	out := []section{head, lines(ui.Wrap(text, p.w)...)}
	if missing > 0 {
		out = append(out, lines(t.Warn.Render(english.Count(missing, "byte")+" more: "+p.keyOf(viewTitle)+" shows all as hex")))
	}
	return out
}

// hexSection is data as hexadecimal numbers and characters, in as many columns as
// there is room for.
func hexSection(data []byte, w int) section {
	digits := max(4, len(fmt.Sprintf("%x", len(data))))
	columns := 16
	for columns > 2 && digits+2+3*columns+1+columns > w {
		columns /= 2
	}
	return section{(len(data) + columns - 1) / columns, func(i int) string {
		part := data[i*columns : min(len(data), (i+1)*columns)]
		var b strings.Builder
		fmt.Fprintf(&b, "%0*x  ", digits, i*columns)
		for j := range columns {
			if j < len(part) {
				fmt.Fprintf(&b, "%02x ", part[j])
			} else {
				b.WriteString("   ")
			}
		}
		b.WriteByte(' ')
		for _, c := range part {
			if c < 0x20 || c > 0x7e {
				c = '.'
			}
			b.WriteByte(c)
		}
		return b.String()
	}}
}

// statSection is the stat by zkCli's names, with what the numbers mean. Times are
// as old as they are when they are looked at.
func (p *Pane) statSection(s *wire.Stat) section {
	hex := func(n int64) string { return fmt.Sprintf("0x%x", uint64(n)) }
	number := func(n int32) string { return fmt.Sprint(n) }
	owner := ""
	if s.EphemeralOwner == 0 {
		owner = "not ephemeral"
	} else if name, _, ours := znode.Owner(p.cfg.Sessions, p.theme, s.EphemeralOwner); ours {
		owner = "session " + name
	}
	rows := [][3]string{
		{"cZxid", hex(s.Czxid), "created"},
		{"ctime", clock(s.Ctime), ""},
		{"mZxid", hex(s.Mzxid), "data written"},
		{"mtime", clock(s.Mtime), ""},
		{"pZxid", hex(s.Pzxid), "children changed"},
		{"cversion", number(s.Cversion), "changes of children"},
		{"dataVersion", number(s.Version), "changes of data"},
		{"aclVersion", number(s.Aversion), "changes of the ACL"},
		{"ephemeralOwner", hex(s.EphemeralOwner), owner},
		{"dataLength", number(s.DataLength), ""},
		{"numChildren", number(s.NumChildren), ""},
	}
	return section{len(rows), func(i int) string {
		r := rows[i]
		switch r[0] {
		case "ctime":
			r[2] = age(s.Ctime)
		case "mtime":
			r[2] = age(s.Mtime)
		}
		return p.statRow(r[0], r[1], r[2])
	}}
}

// statRow gives up the gloss first where there is little room, but of a time
// rather the time of day.
func (p *Pane) statRow(name, value, gloss string) string {
	t := p.theme
	nameWidth, least := 15, 10
	if p.w >= 60 {
		least = len(time.DateTime)
	}
	head := t.Dim.Render(t.Fit(name, nameWidth))
	switch {
	case gloss == "":
		return head + value
	case nameWidth+max(least, ui.WidthOf(value))+2+ui.WidthOf(gloss) <= p.w:
		return head + t.Fit(value, max(least, ui.WidthOf(value))) + "  " + t.Dim.Render(gloss)
	case strings.HasSuffix(name, "time"):
		return head + gloss
	}
	return head + value
}

func clock(ms int64) string { return time.UnixMilli(ms).Format(time.DateTime) }

// age is how long ago a time was, in the unit that suits. The znodes that a server
// makes for itself are as old as the epoch.
func age(ms int64) string {
	if ms == 0 {
		return "at the start"
	}
	d := time.Since(time.UnixMilli(ms))
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / unit.length; n >= 1 {
			return fmt.Sprintf("%d %s ago", n, unit.name)
		}
	}
	return "just now"
}

// madeHere is what a znode is, if that is known.
func (p *Pane) madeHere(s *wire.Stat) string {
	switch z := p.cfg.Made.Find(p.server, p.path, s.Czxid); {
	case z == nil:
		return ""
	case z.TTL > 0:
		return fmt.Sprintf("  TTL %d ms, made here", z.TTL.Milliseconds())
	}
	return "  container, made here"
}
