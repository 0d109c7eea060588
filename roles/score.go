package roles

import (
	"slices"
	"strings"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// A Score is what has happened in a lesson in the order in which it did: the rows
// of a stage on which all roles stand side by side. It is bounded: of much output the
// first lines are kept and the last, of many rows the newest. Put is for one goroutine.
type Score struct {
	Rows []Row

	running string // the role whose command began last
}

// The bounds of a score.
const (
	scoreRows  = 2000
	scoreLines = 50   // of output in a row
	scoreText  = 4096 // bytes of a row
)

// RowKind says what a row shows.
type RowKind int

// The kinds of rows.
const (
	RowCommand RowKind = iota
	RowOutput          // a line that a command put out
	RowError           // a line of a message of a command that failed
	RowEvent           // a watch fired
	RowState           // the connection changed
)

// A Row is one thing that happened to one role, raw.
type Row struct {
	Role string
	Kind RowKind
	Text string // of an event its type and path
	// From is the role whose command caused an event; "" if nobody's did. It may be
	// Role itself.
	From string
	// Less is how many lines of output before this one were not kept.
	Less int
}

// NewScore makes an empty score.
func NewScore() *Score { return &Score{} }

// Put takes what came out of a role's session, which is the item's shell.
func (s *Score) Put(it *shell.Item) {
	switch it.Kind {
	case shell.Began:
		if line := strings.TrimSpace(it.Line); line != "" {
			s.running = it.Shell
			s.add(Row{Role: it.Shell, Kind: RowCommand, Text: line})
		}
	case shell.Stdout, shell.Stderr:
		for line := range strings.Lines(it.Text) {
			s.output(Row{Role: it.Shell, Kind: RowOutput, Text: strings.TrimRight(line, "\n")})
		}
	case shell.Done:
		if it.Code != 0 && len(s.Rows) > 0 && s.Rows[len(s.Rows)-1].Kind == RowOutput {
			s.Rows[len(s.Rows)-1].Kind = RowError
		}
	case shell.Watch:
		s.add(Row{
			Role: it.Shell, Kind: RowEvent, From: s.running,
			Text: it.Event.Type.String() + " " + it.Event.Path,
		})
	case shell.State:
		if it.Event.State != wire.StateSyncConnected {
			s.add(Row{Role: it.Shell, Kind: RowState, Text: it.Event.State.String()})
		}
	}
}

// output adds a line of output, in place of the one before if there are many.
func (s *Score) output(r Row) {
	n := len(s.Rows)
	if n < scoreLines || slices.ContainsFunc(s.Rows[n-scoreLines:], func(o Row) bool { return o.Kind != RowOutput || o.Role != r.Role }) {
		s.add(r)
		return
	}
	r.Less = s.Rows[n-1].Less + 1
	s.Rows = s.Rows[:n-1]
	s.add(r)
}

func (s *Score) add(r Row) {
	if len(r.Text) > scoreText {
		r.Text = strings.ToValidUTF8(r.Text[:scoreText], "")
	}
	if len(s.Rows) == scoreRows {
		s.Rows = slices.Delete(s.Rows, 0, scoreRows/4)
	}
	s.Rows = append(s.Rows, r)
}
