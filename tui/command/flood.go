package command

import (
	"time"

	"zoosh/shell"
)

// takeEvent shows a watch event, or counts it where they come too fast to be read: the
// prompt would drown in them.
func (t *tab) takeEvent(it *shell.Item, now time.Time) {
	switch {
	case it.Shown() == "": // printwatches off
	case t.flood.Shows(now):
		t.out.put(outWatch, false, it.Shown())
	default:
		t.out.tally()
	}
}

// A tallied is the line that stands for watch events that are not shown.
type tallied struct {
	line int // which it is, counted as in a place
	n    int // how many; 0: there is none
}

// tally counts one more watch event in the last line, or in a new one if that is
// something else.
func (s *scrollback) tally() {
	if s.tallied.n == 0 || s.tallied.line != s.end()-1 {
		s.partial = false
		s.tallied = tallied{line: s.end()}
		s.add(outLine{kind: outWatch})
	}
	s.tallied.n++
	l := s.line(s.tallied.line)
	s.bytes -= len(l.text)
	l.text = shell.FloodNote(s.tallied.n, "they are in the Events pane")
	l.ascii, l.forWidth = isASCII(l.text), 0
	s.bytes += len(l.text)
}
