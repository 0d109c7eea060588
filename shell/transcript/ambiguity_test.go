package transcript

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

const documented = "../../testdata/documented-session.md"

// smallMutations changes each word and each digit of every line of output, one at
// a time.
func smallMutations(p *Page) []mutation {
	var all []mutation
	for _, s := range p.Steps {
		for _, l := range s.Output {
			if l.Text == "" || l.role != roleOutput && l.role != roleEvent {
				continue
			}
			change := func(at int, to string) {
				i := l.Number - 1
				m := mutation{fmt.Sprintf("byte %d", at), nil, l.Number, l.Text}
				old := p.lines[i].text
				p.lines[i].text = old[:p.lines[i].prefix] + l.Text[:at] + to + l.Text[at+1:]
				m.src = p.Bytes()
				p.lines[i].text = old
				all = append(all, m)
			}
			for at, c := range []byte(l.Text) {
				switch {
				case c >= '0' && c <= '9':
					for _, to := range "0123456789" {
						if byte(to) != c {
							change(at, string(to))
						}
					}
				case strings.IndexByte("abcdef", c) >= 0 && strings.Contains(l.Text, " = 0x"):
					change(at, "0")
					change(at, string(c-1))
					change(at, string(c+1))
				case c != ' ' && (at == 0 || l.Text[at-1] == ' '):
					change(at, "X"+string(c))
				}
			}
		}
	}
	return all
}

// TestSmallMutations wants every change of a word or a digit of the documented
// session to be shown at its own line, and the update to mend it: to the byte, but
// for a time or a session id that stands on two lines. Of these either may be
// right; the update makes them agree.
func TestSmallMutations(t *testing.T) {
	p, rec := played(t, documented)
	all := smallMutations(p)
	otherwise, step := 0, 1
	if testing.Short() { // one goroutine: the race detector has nothing to find
		step = 20
	}
	first := rand.IntN(step)
	for i, m := range append(all, swappedEvents(p)...) {
		if i%step != first {
			continue
		}
		mutated, err := Parse(p.File, m.src)
		if err != nil {
			t.Fatalf("line %d: %v", m.line, err)
		}
		what := fmt.Sprintf("line %d: %q became %q", m.line, m.old, mutated.lines[m.line-1].text)
		res := compare(mutated, rec)
		if !reports(res, m.line) {
			t.Errorf("%s: not shown:\n%v", what, res)
			continue
		}
		updated := Update(mutated, res)
		if bytes.Equal(updated, p.Bytes()) {
			continue
		}
		otherwise++
		name, _, _ := strings.Cut(m.old, " = ")
		if f := statFields[name]; f != fieldTime && f != fieldOwner || linesThatDiffer(updated, p.Bytes()) > 2 {
			t.Errorf("%s: not mended:\n%s", what, unified(string(p.Bytes()), string(updated)))
		}
		if n := linesThatDiffer(updated, m.src); n != 1 {
			t.Errorf("%s: the update changed %d lines:\n%s", what, n, unified(string(m.src), string(updated)))
		}
		again, err := Parse(p.File, updated)
		if err != nil {
			t.Fatalf("%s: updated: %v", what, err)
		}
		if res := compare(again, rec); len(res.Diffs) > 0 {
			t.Errorf("%s: differs after the update:\n%v", what, res)
		}
	}
	t.Logf("%d changes, %d mended at the other line", len(all), otherwise)
	if len(all) < 1000 || otherwise > len(all)/5 {
		t.Errorf("%d changes, %d mended at the other line: is the test still one?", len(all), otherwise)
	}
}

// linesThatDiffer counts them in two pages of as many lines.
func linesThatDiffer(a, b []byte) int {
	as, bs := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	if len(as) != len(bs) {
		return max(len(as), len(bs))
	}
	n := 0
	for i := range as {
		if !bytes.Equal(as[i], bs[i]) {
			n++
		}
	}
	return n
}

// TestOneChange changes one of the values that agree, and wants a complaint of that
// one, whatever the evidence says.
func TestOneChange(t *testing.T) {
	found, seeds, wanted := 0, uint64(20000), 1000
	if testing.Short() {
		seeds, wanted = 1000, 50
	}
	for seed := range seeds {
		rnd := rand.New(rand.NewPCG(seed, 9))
		occs := someOccurrences(rnd)
		i := rnd.IntN(len(occs))
		if !allAgree(occs) {
			continue
		}
		o := &occs[i]
		if o.out.field == fieldTime {
			o.text = fmt.Sprintf("Tue Sep 24 23:22:%02d %s 2019", rnd.IntN(8), []string{"CST", "UTC"}[rnd.IntN(2)])
		} else {
			o.page = uint64(1 + rnd.IntN(30))
			o.text = o.show(o.page)
		}
		if allAgree(occs) {
			continue
		}
		found++
		if why, _ := bind(occs).complaint(*o); why == "" {
			t.Fatalf("seed %d: no complaint of %+v in %+v", seed, *o, occs)
		}
	}
	if found < wanted {
		t.Errorf("%d changes: is the test still one?", found)
	}
}

// TestAmbiguities changes the first of two lines that show one value: what is said of
// both, and which of the two the update mends.
func TestAmbiguities(t *testing.T) {
	p, rec := played(t, documented)
	const one = "stand for one value in the run: one of the two is wrong"
	for _, tt := range []struct {
		line, other int
		text        string
		mended      bool
		whys        [2]string
	}{
		{197, 199, "cZxid = 0x11", true, [2]string{
			"0x11 here and 0x17 at line 199 " + one + ", more likely this one",
			"0x17 here and 0x11 at line 197 " + one + ", more likely the other",
		}},
		{197, 199, "cZxid = 0x18", true, [2]string{
			"0x18 here and 0x17 at line 199 " + one + ", more likely this one",
			"0x17 here and 0x18 at line 197 " + one + ", more likely the other",
		}},
		{44, 65, "ephemeralOwner = 0x100000e04220001", true, [2]string{
			"0x100000e04220001 here and 0x100000e04220000 at line 65 " + one + ", more likely this one",
			"0x100000e04220000 here and 0x100000e04220001 at line 44 " + one + ", more likely the other",
		}},
		{44, 65, "ephemeralOwner = 0x100000e04230000", false, [2]string{
			"0x100000e04230000 here and 0x100000e04220000 at line 65 " + one,
			"0x100000e04220000 here and 0x100000e04230000 at line 44 " + one,
		}},
		{198, 200, "ctime = Wed Sep 25 22:03:55 CST 2019", false, [2]string{
			"Wed Sep 25 22:03:55 CST 2019 here and Wed Sep 25 22:03:54 CST 2019 at line 200 belong to one zxid: one of the two is wrong",
			"Wed Sep 25 22:03:54 CST 2019 here and Wed Sep 25 22:03:55 CST 2019 at line 198 belong to one zxid: one of the two is wrong",
		}},
		{198, 200, "ctime = Wed Sep 25 22:03:54 UTC 2019", true, [2]string{
			"Wed Sep 25 22:03:54 UTC 2019 here and Wed Sep 25 22:03:54 CST 2019 at line 200 belong to one zxid: one of the two is wrong, more likely this one",
			"Wed Sep 25 22:03:54 CST 2019 here and Wed Sep 25 22:03:54 UTC 2019 at line 198 belong to one zxid: one of the two is wrong, more likely the other",
		}},
	} {
		lines := strings.Split(string(p.Bytes()), "\n")
		lines[tt.line-1] = tt.text
		mutated, err := Parse(p.File, []byte(strings.Join(lines, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		res := compare(mutated, rec)
		if len(res.Diffs) != 2 || res.Diffs[0].Line != tt.line || res.Diffs[1].Line != tt.other ||
			res.Diffs[0].Why != tt.whys[0] || res.Diffs[1].Why != tt.whys[1] || res.Diffs[1].Command == "" {
			t.Errorf("%s:\n%v", tt.text, res)
		}
		if n := res.places(); n != 1 {
			t.Errorf("%s: %d places to be rewritten", tt.text, n)
		}
		if mended := bytes.Equal(Update(mutated, res), p.Bytes()); mended != tt.mended {
			t.Errorf("%s: mended: %v", tt.text, mended)
		}
	}
}

// TestEvidence has readings that only the distances from other values tell apart.
func TestEvidence(t *testing.T) {
	owner := func(line int, page, run uint64) occurrence {
		out := outLine{text: fmt.Sprintf("ephemeralOwner = 0x%x", run), field: fieldOwner, value: run}
		return occurrence{line: line, out: out, text: fmt.Sprintf("0x%x", page), page: page}
	}
	const base, run = 0x100000e04220000, 0x1a2094a41fe0000
	for _, tt := range []struct {
		name string
		occs []occurrence
		want uint64 // for run+1
	}{
		{"another session of the server", []occurrence{owner(0, base+0x70005, run+1), owner(1, base+5, run+1), owner(2, base+4, run)}, base + 5},
		{"the other way round", []occurrence{owner(0, base+5, run+1), owner(1, base+0x70005, run+1), owner(2, base+4, run)}, base + 5},
		{"nothing but the counter", []occurrence{owner(0, base+5, run+1), owner(1, base+1, run+1)}, base + 1},
		{"another server", []occurrence{owner(0, base+5, run+1), owner(1, base+1, run+1), owner(2, base+1<<57, run+1<<57)}, base + 1},
		{"nothing", []occurrence{owner(0, base+0x10001, run+1), owner(1, base+1, run+1)}, base + 0x10001},
	} {
		ran := []outLine{tt.occs[0].out}
		if got := bind(tt.occs).assign(ran).owners[run+1]; got != tt.want {
			t.Errorf("%s: 0x%x, want 0x%x", tt.name, got, tt.want)
		}
	}
}
