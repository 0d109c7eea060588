package transcript

import (
	"fmt"
	"slices"
)

// shownEvent is an event of a page and the step that it stands in.
type shownEvent struct {
	pageEvent
	step int
}

// events compares the events of a session with those that it received.
func (c *comparer) events(session string) {
	var want []shownEvent
	for i := range c.page.Steps {
		if s := &c.page.Steps[i]; s.Session == session {
			for _, ev := range s.events {
				want = append(want, shownEvent{ev, i})
			}
		}
	}
	got := c.rec.events[session]
	first := make([]int, len(got))
	for j, ev := range got {
		first[j] = c.firstShown(session, ev.step)
	}
	a := &alignment{
		n: len(want), m: len(got),
		same: func(i, j int) bool {
			return got[j].step <= want[i].step && sameEvent(want[i].pageEvent, got[j].outLine)
		},
		swap: func(i, j int) bool {
			return got[j].step <= want[i].step && want[i].text != "" &&
				aboutConnection(want[i].text) == aboutConnection(got[j].text)
		},
		skip: func(int) int { return 1 },
		extra: func(j int) int {
			if aboutConnection(got[j].text) {
				return 0
			}
			return 1
		},
		any: func(int) bool { return false },
		// Of two events that have changed places, each is to go back to its own.
		apt: func(i, j int) bool { return want[i].step == first[j] },
	}
	way := a.cheapest()
	last := place{line: -1}
	for n, p := range way {
		switch {
		case p.i < 0 && !p.same:
			last = c.stray(session, got[p.j], last, want, way[n+1:])
		case p.i >= 0 && p.j < 0:
			c.missing(want[p.i])
		case p.i >= 0:
			c.received(want[p.i], got[p.j], p.same)
			last = place{line: want[p.i].body}
		}
	}
}

// firstShown is the first step in which a session can show what came in a step; -1
// if the page has none.
func (c *comparer) firstShown(session string, step int) int {
	for i, s := range c.page.Steps[step:] {
		if s.Session == session {
			return step + i
		}
	}
	return -1
}

// received takes note of an event that came, or of another in its place.
func (c *comparer) received(want shownEvent, got runEvent, same bool) {
	if !same {
		c.put(change{line: want.body, replace: true, out: got.outLine}, want.body)
		c.differs(want.body, []int{want.body}, []string{got.text}, "").event = true
		return
	}
	if !aboutConnection(got.text) {
		c.res.Events++
	}
	if want.pattern == nil {
		c.occurs(want.body, want.text, got.outLine)
	}
}

// missing takes note of an event that did not come, at least not by then.
func (c *comparer) missing(want shownEvent) {
	lines := []int{want.body}
	why := "this event did not come"
	if want.body == want.head {
		why = "WATCHER:: is not followed by an event"
	}
	c.differs(want.head, lines, nil, why).event = true
	for i := want.head; i <= want.body; i++ {
		c.drop(i)
	}
	if want.prompt != "" { // what is typed behind it needs it
		e := c.editOf(want.head)
		e.drop, e.replace = false, &want.prompt
	}
	for i := want.head - 1; c.idle[i]; i-- {
		c.drop(i)
	}
	for i := want.body + 1; c.idle[i]; i++ {
		c.drop(i)
	}
}

// A place is where something can be put into a page: behind a line, and there in
// the order of ranks.
type place struct {
	line, rank int
	block      bool // in a block of its own
}

// stray takes note of an event that the page does not show, and returns the place
// where it belongs: not before the page has caused it, and not before the events
// that the session received earlier.
func (c *comparer) stray(session string, got runEvent, last place, want []shownEvent, rest []pairing) place {
	at := c.placeOf(session, got, want, rest)
	if at.line < last.line || at.line == last.line && at.rank < last.rank {
		at = last
	}
	if c.idle[at.line+1] && !at.block { // a blank line that sets the event off from the one before
		at.line++
	}
	block := ""
	if at.block {
		block = session
	}
	c.put(change{line: at.line, rank: at.rank, out: got.outLine, event: true, block: block}, at.line)
	d := Diff{
		File: c.page.File, Line: at.line + 1, Session: session, Got: []string{got.text},
		Why: "the page does not show this event", event: true,
	}
	for i := range c.page.Steps {
		s := &c.page.Steps[i]
		if s.Line > at.line+1 {
			break
		}
		if s.Session == session && s.Command != "" {
			d.Command = s.Command
		}
	}
	if at.block {
		d.Why = fmt.Sprintf("the page does not show this event, which session %s received after this block", session)
	}
	c.res.Diffs = append(c.res.Diffs, d)
	return at
}

// placeOf is the first place at which a session can be shown what it received.
func (c *comparer) placeOf(session string, got runEvent, want []shownEvent, rest []pairing) place {
	steps := c.page.Steps
	begin := func(s Step) int { // the line behind which the step's output begins
		if s.Command != "" {
			return s.End - 1
		}
		line := s.Line - 2
		for _, l := range s.Output { // the prompt at which the session waited
			if l.role != rolePrompt {
				break
			}
			line = l.Number - 1
		}
		return line
	}
	if s := steps[got.step]; s.Session == session {
		followed := slices.ContainsFunc(rest, func(p pairing) bool { // by one that stands in the same step
			return p.i >= 0 && p.j >= 0 && want[p.i].step == got.step
		})
		if got.early || followed || len(s.Output) == 0 {
			return place{line: begin(s), rank: early(got.early || followed)}
		}
		return place{line: s.Output[len(s.Output)-1].Number - 1, rank: rankLate}
	}
	if i := c.firstShown(session, got.step); i >= 0 {
		return place{line: steps[i].Line - 2, rank: rankLate}
	}
	return place{line: c.page.Blocks[steps[got.step].Block].End - 1, rank: rankLate, block: true}
}

func early(yes bool) int {
	if yes {
		return rankEarly
	}
	return rankLate
}
