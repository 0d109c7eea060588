package differ

import (
	"regexp"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// volatile is what differs between two servers, or from one moment to the next.
var volatile = regexp.MustCompile(`0x[0-9a-f]+|\d[\d.]*(E-\d)?|expire at .*:|[^ ]*, built on .*|dir=.*|Dir=.*`)

// TestWords compares the shape of what both servers answer to the four-letter
// words, after the same has happened on them.
func TestWords(t *testing.T) {
	b := newBench(t, slowTick)
	for _, k := range b.control {
		for _, r := range []struct {
			op   wire.Op
			body wire.Record
		}{
			{wire.OpCreate, &wire.CreateRequest{Path: "/e", Data: []byte{}, ACL: wire.OpenACL(), Flags: wire.FlagEphemeral}},
			{wire.OpGetData, &wire.PathWatchRequest{Path: "/e", Watch: true}},
			{wire.OpExists, &wire.PathWatchRequest{Path: "/x", Watch: true}},
			{wire.OpGetChildren, &wire.PathWatchRequest{Path: "/", Watch: true}},
		} {
			_, err := k.ask(r.op, r.body, nil)
			b.must(err)
		}
	}
	shape := func(addr, word string) string {
		answer, err := zktest.FourLetter(addr, word)
		b.must(err)
		return volatile.ReplaceAllString(answer, "*")
	}
	for _, word := range []string{"ruok", "isro", "conf", "dirs", "gtmk", "srst", "crst", "wchs", "srvr", "stmk\x00\x00\x00\x00\x00\x00\x01\x00", "gtmk"} {
		if theirs, mine := shape(b.debian.Addr(), word), shape(b.ours.Addr(), word); theirs != mine {
			t.Errorf("%q:\n%s\nwant:\n%s", word, mine, theirs)
		}
	}
	// These have lines in any order, or connections that are still on their way out.
	for _, word := range []string{"stat", "cons", "dump", "wchp", "wchc"} {
		theirs, mine := distinct(shape(b.debian.Addr(), word)), distinct(shape(b.ours.Addr(), word))
		for line := range mine {
			if !theirs[line] {
				t.Errorf("%s: only ours says %q, not of\n%v", word, line, theirs)
			}
		}
		for line := range theirs {
			if !mine[line] {
				t.Errorf("%s: only Debian's says %q, not of\n%v", word, line, mine)
			}
		}
	}
	// Ours measures less.
	theirs := distinct(shape(b.debian.Addr(), "mntr"))
	for line := range distinct(shape(b.ours.Addr(), "mntr")) {
		if !theirs[line] {
			t.Errorf("mntr: only ours says %q", line)
		}
	}
}

func distinct(answer string) map[string]bool {
	lines := make(map[string]bool)
	for line := range strings.Lines(answer) {
		if lop := strings.Index(line, "lop="); lop >= 0 {
			line = line[:lop] + line[strings.IndexByte(line[lop:], ',')+lop:]
		}
		lines[line] = true
	}
	return lines
}
