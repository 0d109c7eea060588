package transcript

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func readPage(t testing.TB, file string) *Page {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Parse(file, src)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// played is a page that passes, and what was recorded of it.
func played(t testing.TB, file string) (*Page, *runOutput) {
	t.Helper()
	p := readPage(t, file)
	rec, err := play(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if res := compare(p, rec); len(res.Diffs) > 0 {
		t.Fatalf("%s does not pass:\n%v", file, res)
	}
	return p, rec
}

// A mutation is a page with one line changed.
type mutation struct {
	name string
	src  []byte
	line int    // the changed one, from 1
	old  string // what stood there
}

// mutations changes every line of output of a page in every way that fits it, one
// at a time.
func mutations(p *Page) []mutation {
	var all []mutation
	change := func(name string, line int, text string) {
		q := slices.Clone(p.lines)
		l := &q[line-1]
		old := l.text[l.prefix:]
		if text == old {
			return
		}
		l.text = l.text[:l.prefix] + text
		all = append(all, mutation{name, (&Page{lines: q}).Bytes(), line, old})
	}
	for _, s := range p.Steps {
		for _, l := range s.Output {
			if l.role == rolePrompt || l.role == roleStart || l.pattern != nil || l.role == roleBlank {
				continue
			}
			if l.role == roleEvent && l.Text == "" {
				continue // the blank line within an event means nothing
			}
			change("word", l.Number, l.Text+"x")
			change("blank", l.Number, l.Text+" ")
			change("another line", l.Number, "something else")
			change("first letter", l.Number, "X"+strings.TrimPrefix(l.Text, l.Text[:min(1, len(l.Text))]))
			if m := numberAtEnd.FindStringSubmatch(l.Text); m != nil {
				change("count", l.Number, m[1]+"7"+m[2])
			}
			if m := hexAtEnd.FindStringSubmatch(l.Text); m != nil {
				v, _ := strconv.ParseUint(m[2], 16, 64)
				for _, d := range []uint64{v - 1, v + 1, v + 0x1000, 1, 0} {
					change(fmt.Sprintf("0x%x", d), l.Number, m[1]+strconv.FormatUint(d, 16))
				}
			}
			if name, value, ok := strings.Cut(l.Text, " = "); ok {
				if c, ok := parseClock(value); ok {
					for _, d := range []int64{-86400, -1, 1, 86400} {
						change("time", l.Number, name+" = "+javaText(c, d))
					}
				}
			}
		}
	}
	return append(all, swappedEvents(p)...)
}

var (
	numberAtEnd = regexp.MustCompile(`^(.* = )(\d+)$`)
	hexAtEnd    = regexp.MustCompile(`^(.* = 0x)([0-9a-f]+)$`)
)

func javaText(c clock, d int64) string {
	return time.Unix(c.wall+d, 0).UTC().Format("Mon Jan 02 15:04:05 " + c.zone + " 2006")
}

// swappedEvents are the pages in which two neighbouring events of a session have
// changed places.
func swappedEvents(p *Page) []mutation {
	var all []mutation
	for _, session := range p.Sessions() {
		var events []pageEvent
		for _, s := range p.Steps {
			if s.Session == session {
				events = append(events, s.events...)
			}
		}
		for i := range len(events) - 1 {
			a, b := events[i], events[i+1]
			if a.text == b.text || aboutConnection(a.text) || aboutConnection(b.text) {
				continue
			}
			q := slices.Clone(p.lines)
			q[a.body].text = q[a.body].text[:q[a.body].prefix] + b.text
			q[b.body].text = q[b.body].text[:q[b.body].prefix] + a.text
			all = append(all, mutation{"events swapped", (&Page{lines: q}).Bytes(), a.body + 1, a.text})
		}
	}
	return all
}

// equivalent tells whether a page means the same with a changed line: where a
// volatile value occurs once and its new one still fits between the others, the
// page has only been renumbered.
func equivalent(p *Page, m mutation, rec *runOutput) bool {
	mutated, err := Parse(p.File, m.src)
	if err != nil {
		return false
	}
	index := func(p *Page) (occs []occurrence) {
		c := &comparer{page: p, rec: rec, res: &Result{edits: map[int]*edit{}}, idle: map[int]bool{}}
		for _, session := range p.Sessions() {
			for _, t := range c.turns(session) {
				c.output(t)
			}
			c.events(session)
		}
		return c.occs
	}
	before, after := index(p), index(mutated)
	volatile := slices.ContainsFunc(after, func(o occurrence) bool { return o.line == m.line-1 })
	if len(before) != len(after) || !volatile {
		return false
	}
	// By brute force and apart from bind: every pair of occurrences must agree.
	for i, a := range after {
		for j := range i {
			if !agree(after[j], a) {
				return false
			}
		}
	}
	return true
}

// agree is the rule for two occurrences, in the words of the package comment.
func agree(a, b occurrence) bool {
	isZxid := func(o occurrence) bool { return o.out.field == fieldZxid || o.out.field == fieldEvent }
	isTime := func(o occurrence) bool { return o.out.field == fieldTime }
	for _, o := range []occurrence{a, b} {
		if _, ok := parseClock(o.text); isTime(o) && !ok {
			return false
		}
	}
	switch {
	case isZxid(a) && isZxid(b):
		return (a.page == b.page) == (a.out.value == b.out.value) && (a.page < b.page) == (a.out.value < b.out.value)
	case a.out.field == fieldOwner && b.out.field == fieldOwner:
		return (a.page == b.page) == (a.out.value == b.out.value)
	case isTime(a) && isTime(b):
		if a.out.zxid == b.out.zxid {
			return a.text == b.text
		}
		if a.out.zxid > b.out.zxid {
			a, b = b, a
		}
		c, _ := parseClock(a.text)
		d, _ := parseClock(b.text)
		return c.zone != d.zone || c.wall <= d.wall
	}
	return true
}

// TestMutations changes every line of output of the test pages and wants each
// change to be found, reported at its line, and mended.
func TestMutations(t *testing.T) {
	if testing.Short() {
		t.Skip("it replays hundreds of pages")
	}
	for _, file := range []string{"testdata/roles.md", "testdata/modern.md", documented} {
		p, rec := played(t, file)
		found, same := 0, 0
		for _, m := range mutations(p) {
			mutated, err := Parse(file, m.src)
			if err != nil {
				t.Errorf("%s:%d: %s: %v", file, m.line, m.name, err)
				continue
			}
			res := compare(mutated, rec)
			if equivalent(p, m, rec) {
				same++
				if len(res.Diffs) > 0 {
					t.Errorf("%s:%d: %s: means the same, but differs:\n%v", file, m.line, m.name, res)
				}
				continue
			}
			found++
			checkMutation(t, p, mutated, m, rec, res)
		}
		t.Logf("%s: %d changes found, %d that mean the same", file, found, same)
		if found < 200 || same > found/10 {
			t.Errorf("%s: %d changes found, %d that mean the same: is the test still one?", file, found, same)
		}
	}
}

func checkMutation(t *testing.T, p, mutated *Page, m mutation, rec *runOutput, res *Result) {
	t.Helper()
	what := fmt.Sprintf("%s:%d: %s: %q became %q", p.File, m.line, m.name, m.old, mutated.lines[m.line-1].text)
	if !reports(res, m.line) {
		t.Errorf("%s: not reported:\n%v", what, res)
		return
	}
	updated := Update(mutated, res)
	again, err := Parse(p.File, updated)
	if err != nil {
		t.Errorf("%s: updated: %v", what, err)
		return
	}
	if res := compare(again, rec); len(res.Diffs) > 0 {
		t.Errorf("%s: differs after the update:\n%v", what, res)
	}
	if aboutConnection(m.old) || strings.Contains(p.lines[min(m.line+1, len(p.lines)-1)].text, "type:None") {
		return // a page need not show these events: the update may leave one out
	}
	if !bytes.Equal(updated, p.Bytes()) && !onlyRenumbered(string(updated), string(p.Bytes())) {
		t.Errorf("%s: the update changed more:\n%s", what, unified(string(p.Bytes()), string(updated)))
	}
}

// reports tells whether a difference shows the line.
func reports(res *Result, line int) bool {
	return slices.ContainsFunc(res.Diffs, func(d Diff) bool {
		return d.Line <= line && line < d.Line+max(1, len(d.Want))
	})
}

// onlyRenumbered tells whether two pages differ only in volatile values, and there
// in so few lines that just one value can have been mended the other way round.
func onlyRenumbered(a, b string) bool {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	if len(as) != len(bs) {
		return false
	}
	differ := 0
	for i := range as {
		if as[i] == bs[i] {
			continue
		}
		differ++
		x, _, _ := strings.Cut(as[i], " = ")
		y, _, _ := strings.Cut(bs[i], " = ")
		if i := strings.LastIndex(as[i], " zxid: "); i >= 0 {
			x, y = as[i][:1], bs[i][:1]
		}
		if x != y {
			return false
		}
	}
	return differ <= 2
}

// unified is what differs between two pages, for messages.
func unified(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	al := &alignment{
		n: len(as), m: len(bs),
		same:  func(i, j int) bool { return as[i] == bs[j] },
		swap:  func(int, int) bool { return false },
		skip:  func(int) int { return 1 },
		extra: func(int) int { return 1 },
		any:   func(int) bool { return false },
	}
	var out strings.Builder
	for _, p := range al.cheapest() {
		switch {
		case p.same:
		case p.i >= 0:
			fmt.Fprintf(&out, "-%d %s\n", p.i+1, as[p.i])
		default:
			fmt.Fprintf(&out, "+%d %s\n", p.j+1, bs[p.j])
		}
	}
	return out.String()
}

// TestUpdateRandom damages pages thoroughly and wants every update to give a page
// that passes, and that is not changed by a further update.
func TestUpdateRandom(t *testing.T) {
	for _, file := range []string{"testdata/roles.md", "testdata/modern.md"} {
		p, rec := played(t, file)
		seeds, from := uint64(150), uint64(0)
		if testing.Short() {
			seeds, from = 8, rand.Uint64N(143)
		}
		for seed := from; seed < from+seeds; seed++ {
			damaged := damage(p, rand.New(rand.NewPCG(seed, 1)))
			q, err := Parse(file, damaged)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if !sameCommands(p, q) {
				continue
			}
			updated := Update(q, compare(q, fit(p, rec, q)))
			r, err := Parse(file, updated)
			if err != nil {
				t.Fatalf("seed %d: updated: %v\n%s", seed, err, updated)
			}
			res := compare(r, fit(p, rec, r))
			if len(res.Diffs) > 0 {
				t.Fatalf("%s, seed %d: differs after the update:\n%v\n%s\nwas\n%s", file, seed, res, updated, damaged)
			}
			if twice := Update(r, res); !bytes.Equal(twice, updated) {
				t.Fatalf("%s, seed %d: a second update changes the page:\n%s", file, seed, twice)
			}
		}
	}
}

// damage drops, doubles, mixes up and changes lines of output.
func damage(p *Page, rnd *rand.Rand) []byte {
	q := slices.Clone(p.lines)
	var output []int
	for _, s := range p.Steps {
		for _, l := range s.Output {
			output = append(output, l.Number-1)
		}
	}
	drop, double := map[int]bool{}, map[int]bool{}
	for range 1 + rnd.IntN(30) {
		i, j := output[rnd.IntN(len(output))], output[rnd.IntN(len(output))]
		content := q[i].text[q[i].prefix:]
		other := q[j].text[q[j].prefix:]
		switch rnd.IntN(7) {
		case 0:
			drop[i] = true
		case 1:
			double[i] = true
		case 2:
			content, other = other, content
		case 3:
			content = ""
		case 4:
			content = "..."
		case 5:
			if at := strings.Index(content, " = 0x"); at > 0 {
				content = content[:at] + " = 0x" + strconv.FormatUint(rnd.Uint64N(40), 16)
			}
		case 6:
			content = eventHead
		}
		q[i].text = q[i].text[:q[i].prefix] + content
		q[j].text = q[j].text[:q[j].prefix] + other
	}
	var b strings.Builder
	for i, l := range q {
		n := 1
		if drop[i] {
			n = 0
		} else if double[i] {
			n = 2
		}
		b.WriteString(strings.Repeat(l.text+l.eol, n))
	}
	return []byte(b.String())
}

func sameCommands(p, q *Page) bool {
	commands := func(p *Page) (all []string) {
		for _, s := range p.Steps {
			if s.Command != "" {
				all = append(all, s.Session+" "+s.Command)
			}
		}
		return all
	}
	return slices.Equal(commands(p), commands(q))
}

// fit is the recording as it would be of another page with the same commands,
// whose blocks may have other steps without one.
func fit(p *Page, rec *runOutput, q *Page) *runOutput {
	// The k-th command, or the last step before the (k+1)-th.
	commands := func(p *Page) (at []int) {
		for i, s := range p.Steps {
			if s.Command != "" {
				at = append(at, i)
			}
		}
		return at
	}
	from, to := commands(p), commands(q)
	out := &runOutput{steps: make([]stepOutput, len(q.Steps)), events: map[string][]runEvent{}}
	for k, i := range from {
		out.steps[to[k]] = rec.steps[i]
	}
	for name, events := range rec.events {
		for _, ev := range events {
			k, own := slices.BinarySearch(from, ev.step)
			switch {
			case own:
				ev.step = to[k]
			case k == 0:
				ev.step = 0
			default: // it came by itself, after the command before
				ev.step = to[k-1]
			}
			out.events[name] = append(out.events[name], ev)
		}
	}
	return out
}
