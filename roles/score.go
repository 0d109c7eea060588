package roles

import (
	"strings"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// A Score is what has happened in a lesson in the order in which it did: the rows
// of a stage on which all roles stand side by side. Put is for one goroutine.
type Score struct {
	Rows []Row

	running string // the role whose command began last
	command int    // its row; -1 before the first
}

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
	// Cause is the row of that command; -1 without one.
	Cause int
}

// NewScore makes an empty score.
func NewScore() *Score { return &Score{command: -1} }

// Put takes what came out of a role's session, which is the item's shell.
func (s *Score) Put(it *shell.Item) {
	switch it.Kind {
	case shell.Began:
		if line := strings.TrimSpace(it.Line); line != "" {
			s.running, s.command = it.Shell, len(s.Rows)
			s.add(Row{Role: it.Shell, Kind: RowCommand, Text: line, Cause: -1})
		}
	case shell.Stdout, shell.Stderr:
		for line := range strings.Lines(it.Text) {
			s.add(Row{Role: it.Shell, Kind: RowOutput, Text: strings.TrimRight(line, "\n"), Cause: s.command})
		}
	case shell.Done:
		if it.Code != 0 && len(s.Rows) > 0 && s.Rows[len(s.Rows)-1].Kind == RowOutput {
			s.Rows[len(s.Rows)-1].Kind = RowError
		}
	case shell.Watch:
		s.add(Row{
			Role: it.Shell, Kind: RowEvent, From: s.running, Cause: s.command,
			Text: it.Event.Type.String() + " " + it.Event.Path,
		})
	case shell.State:
		if it.Event.State != wire.StateSyncConnected {
			s.add(Row{Role: it.Shell, Kind: RowState, Text: it.Event.State.String(), Cause: -1})
		}
	}
}

func (s *Score) add(r Row) { s.Rows = append(s.Rows, r) }
