package transcript

import (
	"cmp"
	"slices"
)

// Result is what came of replaying a page.
type Result struct {
	Commands int    // that were run
	Events   int    // that the page shows and that were received
	Diffs    []Diff // in the order of the page

	edits map[int]*edit // by index of Page.lines
}

// A comparer collects what differs between a page and what was recorded.
type comparer struct {
	page *Page
	rec  *runOutput
	res  *Result

	occs    []occurrence
	ran     []outLine    // the lines of the run that the page shows or is to show
	idle    map[int]bool // blank lines beside events that stand for nothing
	changes []change
}

// A change is a line to be put into the page, once it is known in which values:
// in the place of another or behind it.
type change struct {
	line    int // index in Page.lines
	replace bool
	rank    int // among those behind the same line
	out     outLine
	event   bool
	block   string // the session of the new block that it is to stand in; "" for none
	prefix  string // of the lines it makes
	fence   string // of the block
}

// The ranks of what is put behind a line.
const (
	rankEarly = iota // an event that came before the output
	rankOutput
	rankLate
)

// compare says what differs.
func compare(page *Page, rec *runOutput) *Result {
	c := &comparer{page: page, rec: rec, res: &Result{edits: map[int]*edit{}}, idle: map[int]bool{}}
	for _, session := range page.Sessions() {
		for _, t := range c.turns(session) {
			c.output(t)
		}
		c.events(session)
	}
	c.keepTyped()
	slices.SortStableFunc(c.occs, func(a, b occurrence) int { return cmp.Compare(a.line, b.line) })
	bound := bind(c.occs)
	for _, o := range c.occs {
		if why, ambiguous := bound.complaint(o); why != "" {
			c.differs(o.line, []int{o.line}, []string{o.out.text}, why).ambiguous = ambiguous
		}
	}
	c.edit(bound.assign(c.ran))
	slices.SortStableFunc(c.res.Diffs, func(a, b Diff) int { return cmp.Compare(a.Line, b.Line) })
	return c.res
}

// A turn is a command with all that the page shows of its output, in its own
// block and in the later ones that go on with it.
type turn struct {
	step  int // of the command; -1 for what is shown before a session's first
	lines []*Line
}

func (c *comparer) turns(session string) []turn {
	turns := []turn{{step: -1}}
	for i := range c.page.Steps {
		s := &c.page.Steps[i]
		if s.Session != session {
			continue
		}
		if s.Command != "" {
			c.res.Commands++
			turns = append(turns, turn{step: i})
		}
		t := &turns[len(turns)-1]
		for j := range s.Output {
			if l := &s.Output[j]; l.role == roleOutput || l.role == roleBlank {
				t.lines = append(t.lines, l)
			}
		}
	}
	return turns
}

// output compares what a command put out.
func (c *comparer) output(t turn) {
	var got []outLine
	anchor := -1 // the line behind which what is missing belongs
	if t.step >= 0 {
		got = c.rec.steps[t.step].out
		anchor = c.page.Steps[t.step].End - 1
		if c.rec.steps[t.step].late {
			c.differs(anchor, nil, nil, "the command did not end in time")
		}
	}
	a := &alignment{
		n: len(t.lines), m: len(got),
		same: func(i, j int) bool { return t.lines[i].means(got[j]) },
		swap: func(i, j int) bool { return t.lines[i].role == roleOutput },
		skip: func(i int) int {
			if t.lines[i].role == roleBlank {
				return 0
			}
			return 1
		},
		extra: func(int) int { return 1 },
		any:   func(i int) bool { return t.lines[i].pattern != nil && t.lines[i].pattern.any },
	}
	var want []int // the lines of the difference that is being collected
	var have []string
	end := func() {
		if len(want)+len(have) > 0 {
			c.differs(anchor, want, have, "")
		}
		want, have = nil, nil
	}
	for _, p := range a.cheapest() {
		if p.same {
			end()
		}
		line := -1
		if p.i >= 0 {
			line = t.lines[p.i].Number - 1
		}
		c.pair(t, p, line, anchor, got)
		switch {
		case p.same && p.i >= 0 && p.j < 0 && t.lines[p.i].role == roleBlank:
			continue // what belongs before it is not to come between it and its event
		case !p.same && line >= 0:
			want = append(want, line)
		}
		if !p.same && p.j >= 0 {
			have = append(have, got[p.j].text)
		}
		if line >= 0 {
			anchor = line
		}
	}
	end()
}

// pair takes note of a line of output and what became of it.
func (c *comparer) pair(t turn, p pairing, line, anchor int, got []outLine) {
	switch {
	case p.i >= 0 && p.j >= 0 && p.same:
		if t.lines[p.i].pattern == nil {
			c.occurs(line, t.lines[p.i].Text, got[p.j])
		}
	case p.i >= 0 && p.j >= 0:
		c.put(change{line: line, replace: true, out: got[p.j]}, line)
	case p.i >= 0 && !p.same:
		c.drop(line)
	case p.i >= 0:
		c.idle[line] = t.lines[p.i].role == roleBlank
	default:
		c.put(change{line: anchor, rank: rankOutput, out: got[p.j]}, anchor)
	}
}

// means tells whether a line of a page stands for a line of the run, apart from
// volatile values.
func (l *Line) means(got outLine) bool {
	if l.pattern != nil {
		return !l.pattern.any && l.pattern.re.MatchString(got.text)
	}
	_, _, ok := got.valueOf(l.Text)
	return ok
}

// occurs takes note of the volatile value in a line of the page.
func (c *comparer) occurs(line int, text string, got outLine) {
	if got.field == fieldNone {
		return
	}
	value, page, _ := got.valueOf(text)
	c.occs = append(c.occs, occurrence{line: line, out: got, text: value, page: page})
	c.ran = append(c.ran, got)
}

// put takes note of a line that the page is to get. It looks like line near.
func (c *comparer) put(ch change, near int) {
	b := c.page.Blocks[c.blockOf(near)]
	ch.prefix, ch.fence = b.prefix, b.fence
	c.changes = append(c.changes, ch)
	c.ran = append(c.ran, ch.out)
}

func (c *comparer) drop(line int) { c.editOf(line).drop = true }

func (c *comparer) editOf(line int) *edit {
	e := c.res.edits[line]
	if e == nil {
		e = &edit{}
		c.res.edits[line] = e
	}
	return e
}

// blockOf is the block that a line is in, its fences included.
func (c *comparer) blockOf(line int) int {
	i, _ := slices.BinarySearchFunc(c.page.Blocks, line, func(b Block, line int) int {
		return cmp.Compare(b.End-1, line)
	})
	return i
}

// stepOf is the step that a line is in, or the one before it.
func (c *comparer) stepOf(line int) *Step { return &c.page.Steps[c.page.StepOf(line+1)] }

// differs takes note of a difference: these lines of the page, or the place behind
// line anchor.
func (c *comparer) differs(anchor int, want []int, got []string, why string) *Diff {
	d := Diff{File: c.page.File, Line: anchor + 1, Got: got, Why: why}
	if len(want) > 0 {
		d.Line = want[0] + 1
	}
	for _, i := range want {
		d.Want = append(d.Want, c.page.lines[i].text[c.page.lines[i].prefix:])
	}
	s := c.stepOf(d.Line - 1)
	d.Session, d.Command = s.Session, c.commandOf(s)
	c.res.Diffs = append(c.res.Diffs, d)
	return &c.res.Diffs[len(c.res.Diffs)-1]
}

// commandOf is the command that a step goes on with.
func (c *comparer) commandOf(s *Step) string {
	command := ""
	for i := range c.page.Steps {
		if t := &c.page.Steps[i]; t.Session == s.Session && t.Command != "" {
			command = t.Command
		}
		if &c.page.Steps[i] == s {
			break
		}
	}
	return command
}

// keepTyped puts the prompt before what was typed without one, where nothing is left
// of what came while the prompt waited: it would no longer be read as a command.
func (c *comparer) keepTyped() {
	for i := range c.page.Steps {
		s := &c.page.Steps[i]
		if s.bare == nil || slices.ContainsFunc(s.bare.breaks, c.stays) {
			continue
		}
		text := s.bare.prompt + s.bare.text
		c.editOf(s.Line - 1).replace = &text
	}
}

// stays tells whether the line of a number is left as it is.
func (c *comparer) stays(number int) bool {
	e := c.res.edits[number-1]
	return e == nil || !e.drop && e.replace == nil
}

// edit turns the changes into edits of the page, in the values of a.
func (c *comparer) edit(a *assignment) {
	for _, o := range c.occs {
		l := c.page.lines[o.line]
		if text := a.render(o.out); text != l.text[l.prefix:] {
			c.editOf(o.line).replace = &text
		}
	}
	for _, ch := range c.changes {
		text := literal(a.render(ch.out), ch.fence)
		e := c.editOf(ch.line)
		if ch.replace {
			e.replace = &text
			continue
		}
		e.after = append(e.after, insertion{
			rank: ch.rank, prefix: ch.prefix, fence: ch.fence, block: ch.block, text: text, event: ch.event,
		})
	}
}
