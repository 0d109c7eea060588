package transcript

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// field says what kind of volatile value a line of a run ends in.
type field int

const (
	fieldNone  field = iota
	fieldZxid        // 0x and hexadecimal digits
	fieldEvent       // a zxid in decimal, behind an event
	fieldOwner       // a session id
	fieldTime
)

// outLine is a line that a session put out.
type outLine struct {
	text  string
	field field
	value uint64 // of zxids and owners
	zxid  uint64 // of times: the zxid that the time belongs to
}

// statText is a stat as zkCli prints it. Only in such a piece of output are
// values volatile: what stands in a znode's data is data.
var statText = regexp.MustCompile(`^cZxid = 0x[0-9a-f]+\nctime = .*\nmZxid = 0x[0-9a-f]+\nmtime = .*\npZxid = 0x[0-9a-f]+\n` +
	`cversion = -?\d+\ndataVersion = -?\d+\naclVersion = -?\d+\nephemeralOwner = 0x[0-9a-f]+\ndataLength = \d+\nnumChildren = \d+\n$`)

var statFields = map[string]field{
	"cZxid": fieldZxid, "mZxid": fieldZxid, "pZxid": fieldZxid,
	"ctime": fieldTime, "mtime": fieldTime, "ephemeralOwner": fieldOwner,
}

// statLines are the lines of a stat.
func statLines(text string) []outLine {
	var lines []outLine
	var zxid uint64
	for l := range strings.Lines(text) {
		line := outLine{text: strings.TrimSuffix(l, "\n")}
		name, value, _ := strings.Cut(line.text, " = ")
		switch f := statFields[name]; f {
		case fieldTime:
			line.field, line.zxid = f, zxid
		case fieldZxid, fieldOwner:
			v, ok := hexValue(value)
			if f == fieldZxid {
				zxid = v
			}
			if ok && !standsForItself(f, v) {
				line.field, line.value = f, v
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// The owners that are no sessions (EphemeralType).
const (
	containerOwner = 1 << 63
	ttlOwner       = 0xff << 56
)

// standsForItself tells whether a zxid or an owner is one that is the same in
// every run.
func standsForItself(f field, v uint64) bool {
	return v == 0 || f == fieldOwner && (v == containerOwner || v&ttlOwner == ttlOwner)
}

// hexValue reads a number as Java's Long.toHexString writes it.
func hexValue(s string) (uint64, bool) {
	digits, ok := strings.CutPrefix(s, "0x")
	v, err := strconv.ParseUint(digits, 16, 64)
	return v, ok && err == nil && strconv.FormatUint(v, 16) == digits
}

var eventZxid = regexp.MustCompile(`^(WatchedEvent .*) zxid: (-?\d+)$`)

// eventLine is the line of an event.
func eventLine(text string) outLine {
	line := outLine{text: text}
	if m := eventZxid.FindStringSubmatch(text); m != nil {
		if v, err := strconv.ParseInt(m[2], 10, 64); err == nil && v > 0 {
			line.field, line.value = fieldEvent, uint64(v)
		}
	}
	return line
}

var connectionEvent = regexp.MustCompile(`^WatchedEvent state:\S+ type:None `)

func aboutConnection(text string) bool { return connectionEvent.MatchString(text) }

// withoutZxid is the line of a change of the connection, for comparing: its zxid is
// none, and whether that is printed depends on when the server's version became
// known.
func withoutZxid(text string) string {
	if m := eventZxid.FindStringSubmatch(text); m != nil && aboutConnection(text) {
		return m[1]
	}
	return text
}

// valueOf finds in a line of a page the value that stands where line has its
// volatile one. ok is false if the page's line is not one of that kind.
func (l *outLine) valueOf(page string) (value string, v uint64, ok bool) {
	switch l.field {
	case fieldNone:
		return "", 0, page == l.text || aboutConnection(l.text) && withoutZxid(page) == withoutZxid(l.text)
	case fieldEvent:
		m := eventZxid.FindStringSubmatch(page)
		if m == nil || m[1] != eventZxid.FindStringSubmatch(l.text)[1] {
			return "", 0, false
		}
		n, err := strconv.ParseInt(m[2], 10, 64)
		return m[2], uint64(n), err == nil && n > 0 && strconv.FormatInt(n, 10) == m[2]
	}
	name, _, _ := strings.Cut(l.text, " = ")
	value, ok = strings.CutPrefix(page, name+" = ")
	if !ok || l.field == fieldTime {
		return value, 0, ok
	}
	v, ok = hexValue(value)
	return value, v, ok && !standsForItself(l.field, v)
}

// own is the value of the line in the run, as it is printed.
func (l *outLine) own() string {
	value, _, _ := l.valueOf(l.text)
	return value
}

// with is the line with another value, as number or, of a time, as text.
func (l *outLine) with(v uint64, text string) string {
	stem := strings.TrimSuffix(l.text, l.own())
	switch l.field {
	case fieldZxid, fieldOwner:
		return stem + "0x" + strconv.FormatUint(v, 16)
	case fieldEvent:
		return stem + strconv.FormatUint(v, 10)
	case fieldTime:
		return stem + text
	}
	return l.text
}

var javaTime = regexp.MustCompile(`^(\w{3} \w{3} \d\d \d\d:\d\d:\d\d) ([A-Za-z0-9+:-]{1,10}) (\d{4})$`)

// clock is a time as Java prints it: what the clock on the wall showed, and in
// which zone.
type clock struct {
	wall int64 // seconds
	zone string
}

func parseClock(text string) (clock, bool) {
	const layout = "Mon Jan 02 15:04:05 2006"
	m := javaTime.FindStringSubmatch(text)
	if m == nil {
		return clock{}, false
	}
	t, err := time.Parse(layout, m[1]+" "+m[3])
	if err != nil || t.Format(layout) != m[1]+" "+m[3] { // a wrong day of the week
		return clock{}, false
	}
	return clock{t.Unix(), m[2]}, true
}

// compare is the order of two times, as far as it is known: that of different
// zones, such as summer and winter, is not.
func (c clock) compare(d clock) (order int, known bool) {
	switch {
	case c.zone != d.zone:
		return 0, false
	case c.wall < d.wall:
		return -1, true
	case c.wall > d.wall:
		return 1, true
	}
	return 0, true
}
