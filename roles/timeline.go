package roles

import (
	"slices"
	"strings"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// A Timeline is what has happened in a lesson in the order in which it did: the rows
// of a stage on which all roles stand side by side. It is bounded: of much output the
// first lines are kept and the last, of many rows the newest. Put is for one goroutine.
type Timeline struct {
	Rows []Row

	running string // the role whose command began last
}

// The bounds of a timeline.
const (
	timelineRows  = 2000
	timelineLines = 50   // of output in a row
	timelineText  = 4096 // bytes of a row
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

// NewTimeline makes an empty timeline.
func NewTimeline() *Timeline { return &Timeline{} }

// Put takes what came out of a role's session, which is the item's shell.
func (t *Timeline) Put(it *shell.Item) {
	switch it.Kind {
	case shell.Began:
		if line := strings.TrimSpace(it.Line); line != "" {
			t.running = it.Shell
			t.add(Row{Role: it.Shell, Kind: RowCommand, Text: line})
		}
	case shell.Stdout, shell.Stderr:
		for line := range strings.Lines(it.Text) {
			t.output(Row{Role: it.Shell, Kind: RowOutput, Text: strings.TrimRight(line, "\n")})
		}
	case shell.Done:
		if it.Code != 0 && len(t.Rows) > 0 && t.Rows[len(t.Rows)-1].Kind == RowOutput {
			t.Rows[len(t.Rows)-1].Kind = RowError
		}
	case shell.Watch:
		t.add(Row{
			Role: it.Shell, Kind: RowEvent, From: t.running,
			Text: it.Event.Type.String() + " " + it.Event.Path,
		})
	case shell.State:
		if it.Event.State != wire.StateSyncConnected {
			t.add(Row{Role: it.Shell, Kind: RowState, Text: it.Event.State.String()})
		}
	}
}

// output adds a line of output, in place of the one before if there are many.
func (t *Timeline) output(r Row) {
	n := len(t.Rows)
	if n < timelineLines || slices.ContainsFunc(t.Rows[n-timelineLines:], func(o Row) bool { return o.Kind != RowOutput || o.Role != r.Role }) {
		t.add(r)
		return
	}
	r.Less = t.Rows[n-1].Less + 1
	t.Rows = t.Rows[:n-1]
	t.add(r)
}

func (t *Timeline) add(r Row) {
	if len(r.Text) > timelineText {
		r.Text = strings.ToValidUTF8(r.Text[:timelineText], "")
	}
	if len(t.Rows) == timelineRows {
		t.Rows = slices.Delete(t.Rows, 0, timelineRows/4)
	}
	t.Rows = append(t.Rows, r)
}
