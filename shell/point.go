package shell

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Point is a place in the sequence of transactions: a zxid, or a time.
type Point struct {
	Zxid int64
	Time time.Time // zero if it is a zxid
}

// IsTime tells whether the point is a time.
func (p Point) IsTime() bool { return !p.Time.IsZero() }

// String is the point as ParsePoint reads it.
func (p Point) String() string {
	if p.IsTime() {
		return p.Time.Format(time.RFC3339Nano)
	}
	return hex(p.Zxid)
}

// pointForms is what a point can look like, for messages.
const pointForms = "a zxid (0x1f or 31), a time (2026-11-24T19:00:05Z, '2026-11-24 19:00:05' here) or one of today (19:00)"

// The forms of times without a zone, and of those without a day. Seconds may have a
// fraction.
var (
	localForms = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"}
	todayForms = []string{"15:04:05", "15:04"}
)

// ParsePoint reads a zxid, hexadecimal with 0x or decimal, or a time: RFC 3339, or
// one of now's zone, or one of now's day.
func ParsePoint(text string, now time.Time) (Point, error) {
	if zxid, isZxid, err := parseZxid(text); isZxid {
		return Point{Zxid: zxid}, err
	}
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(form, text); err == nil {
			return pointAt(text, t)
		}
	}
	for _, form := range localForms {
		if t, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			return pointAt(text, t)
		}
	}
	for _, form := range todayForms {
		if t, err := time.ParseInLocation("2006-01-02 "+form, now.Format("2006-01-02 ")+text, now.Location()); err == nil {
			return pointAt(text, t)
		}
	}
	return Point{}, fmt.Errorf("%q is no point in a log: it is %s", text, pointForms)
}

// pointAt is the point of a time, which no server can have been at before 1970.
func pointAt(text string, t time.Time) (Point, error) {
	if t.UnixMilli() < 0 {
		return Point{}, fmt.Errorf("%q is before 1970", text)
	}
	return Point{Time: t}, nil
}

// parseZxid reads a zxid. is tells whether the text is meant as one.
func parseZxid(text string) (zxid int64, is bool, err error) {
	digits, base := text, 10
	if rest, hasPrefix := strings.CutPrefix(strings.ToLower(text), "0x"); hasPrefix {
		digits, base = rest, 16
	} else if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false, nil
	}
	n, err := strconv.ParseUint(digits, base, 63)
	if err != nil {
		return 0, true, fmt.Errorf("%q is no zxid", text)
	}
	return int64(n), true, nil
}

// atLeast tells whether a transaction is at the point or after it.
func (p Point) atLeast(t *Txn) bool {
	if p.IsTime() {
		return t.Time >= p.Time.UnixMilli()
	}
	return t.Zxid >= p.Zxid
}

// after tells whether a transaction is after the point.
func (p Point) after(t *Txn) bool {
	if p.IsTime() {
		return t.Time > p.Time.UnixMilli()
	}
	return t.Zxid > p.Zxid
}
