package transcript

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// someOccurrences are the values of a page, some of them wrong.
func someOccurrences(rnd *rand.Rand) []occurrence {
	var occs []occurrence
	n, wrong := 2+rnd.IntN(20), rnd.IntN(4)
	for i := range n {
		v := uint64(2 + rnd.IntN(8))
		page := v * 3
		second := int(v / 2)
		if rnd.IntN(n) < wrong {
			page, second = uint64(1+rnd.IntN(30)), rnd.IntN(8)
		}
		o := occurrence{line: i, page: page, text: fmt.Sprintf("0x%x", page)}
		switch rnd.IntN(4) {
		case 0:
			o.out = outLine{text: fmt.Sprintf("pZxid = 0x%x", v), field: fieldZxid, value: v}
		case 1:
			o.out = outLine{text: fmt.Sprintf("WatchedEvent x zxid: %d", v), field: fieldEvent, value: v}
		case 2:
			o.out = outLine{text: fmt.Sprintf("ephemeralOwner = 0x%x", v), field: fieldOwner, value: v}
		case 3:
			o.text = fmt.Sprintf("Tue Sep 24 23:22:%02d CST 2019", second)
			o.out = outLine{text: fmt.Sprintf("ctime = Mon Nov 23 16:40:%02d UTC 2026", v/4), field: fieldTime, zxid: v}
		}
		occs = append(occs, o)
	}
	return occs
}

// TestBind compares the reading with the rule by brute force: nobody complains
// exactly if all agree, those that do not complain (or only of an ambiguity that they have
// won) agree with each other, and no fewer could have been left out.
func TestBind(t *testing.T) {
	for seed := range uint64(3000) {
		occs := someOccurrences(rand.New(rand.NewPCG(seed, 7)))
		b := bind(occs)
		var fine []occurrence
		for _, o := range occs {
			if why, ambiguous := b.complaint(o); why == "" || ambiguous {
				fine = append(fine, o)
			}
		}
		if !allAgree(fine) {
			t.Fatalf("seed %d: these do not agree: %+v", seed, fine)
		}
		if len(fine) < len(occs) && allAgree(occs) {
			t.Fatalf("seed %d: a complaint, though all agree: %+v", seed, occs)
		}
		if len(occs) <= 9 && len(fine) < mostThatAgree(occs) {
			t.Fatalf("seed %d: %d of %d are fine, %d could be: %+v", seed, len(fine), len(occs), mostThatAgree(occs), occs)
		}
	}
}

func allAgree(occs []occurrence) bool {
	for i := range occs {
		for j := range i {
			if !agree(occs[j], occs[i]) {
				return false
			}
		}
	}
	return true
}

func mostThatAgree(occs []occurrence) int {
	most := 0
	for set := range 1 << len(occs) {
		var some []occurrence
		for i, o := range occs {
			if set>>i&1 == 1 {
				some = append(some, o)
			}
		}
		if len(some) > most && allAgree(some) {
			most = len(some)
		}
	}
	return most
}

// TestAssign wants the values that Update writes to agree, and those that agreed
// before to stay, unless there is no room between them.
func TestAssign(t *testing.T) {
	for seed := range uint64(3000) {
		rnd := rand.New(rand.NewPCG(seed, 8))
		occs := someOccurrences(rnd)
		var ran []outLine
		for _, o := range occs {
			ran = append(ran, o.out)
		}
		for range rnd.IntN(4) { // lines that the page does not have yet
			v := uint64(rnd.IntN(40) + 1)
			ran = append(ran, outLine{text: fmt.Sprintf("pZxid = 0x%x", v), field: fieldZxid, value: v})
		}
		a := bind(occs).assign(ran)
		var after []occurrence
		for i, l := range ran {
			text, page, ok := l.valueOf(a.render(l))
			if !ok {
				t.Fatalf("seed %d: %q is written as %q", seed, l.text, a.render(l))
			}
			after = append(after, occurrence{line: i, out: l, text: text, page: page})
		}
		if !allAgree(after) {
			t.Fatalf("seed %d: do not agree after the update: %+v", seed, after)
		}
		if len(ran) == len(occs) && allAgree(occs) {
			for i, o := range occs {
				if after[i].text != o.text && after[i].page != o.page {
					t.Fatalf("seed %d: %+v became %+v for nothing", seed, o, after[i])
				}
			}
		}
	}
}

func TestClock(t *testing.T) {
	for text, want := range map[string]bool{
		"Tue Sep 24 23:22:18 CST 2019":       true,
		"Tue Sep 24 23:22:18 GMT+08:00 2019": true,
		"Tue Sep 24 23:22:18 +08 2019":       true,
		"Mon Sep 24 23:22:18 CST 2019":       false, // it was a Tuesday
		"Tue Sep 24 25:22:18 CST 2019":       false,
		"Tue Sep 31 23:22:18 CST 2019":       false,
		"Tue Sep 24 23:22:18 2019":           false,
		"2019-09-24 23:22:18":                false,
		"":                                   false,
	} {
		if _, ok := parseClock(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

// TestStandsForItself: what is the same in every run is compared to the letter.
func TestStandsForItself(t *testing.T) {
	stat := func(owner string) string {
		return "cZxid = 0x0\nctime = Thu Jan 01 00:00:00 UTC 1970\nmZxid = 0x5\nmtime = Thu Jan 01 00:00:00 UTC 1970\npZxid = 0x5\n" +
			"cversion = -1\ndataVersion = 0\naclVersion = 0\nephemeralOwner = " + owner + "\ndataLength = 0\nnumChildren = 0\n"
	}
	for owner, want := range map[string]field{
		"0x0": fieldNone, "0x8000000000000000": fieldNone, "0xff00000000001388": fieldNone, "0x100000e04220000": fieldOwner,
	} {
		if !statText.MatchString(stat(owner)) {
			t.Fatalf("no stat: %s", stat(owner))
		}
		lines := statLines(stat(owner))
		if lines[0].field != fieldNone || lines[2].field != fieldZxid || lines[8].field != want {
			t.Errorf("%s: %+v", owner, lines)
		}
	}
	if l := eventLine("WatchedEvent state:SyncConnected type:NodeCreated path:/a zxid: -1"); l.field != fieldNone {
		t.Errorf("%+v", l)
	}
}
