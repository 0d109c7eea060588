package transcript

import (
	"fmt"
	"strings"

	"zoosh/shell"
)

// Diff is a place where the run differs from the page.
type Diff struct {
	File    string
	Line    int // of the first line of Want, or of the line behind which Got is missing
	Session string
	Command string   // that the session ran last; "" if none
	Want    []string // the lines of the page that differ
	Got     []string // what the run has in their place
	Why     string   // what is wrong, where the lines do not say it

	ambiguous bool // Update mends the other of the two that contradict each other
	event     bool // it is about an event
}

// String is the difference for people: the place and the command, then the lines
// of the page after a -, those of the run after a +, and the reason.
func (d Diff) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: [%s]", shell.PrintableLine(d.File), d.Line, d.Session)
	if d.Command != "" {
		b.WriteString(" " + shell.OneLine(d.Command))
	}
	b.WriteByte('\n')
	for _, l := range d.Want {
		fmt.Fprintf(&b, "-  %s\n", shell.Printable(l))
	}
	for _, l := range d.Got {
		fmt.Fprintf(&b, "+  %s\n", shell.Printable(l))
	}
	if d.Why != "" {
		fmt.Fprintf(&b, "   (%s)\n", d.Why)
	}
	return b.String()
}

// String is all differences; empty if there are none.
func (r *Result) String() string {
	var b strings.Builder
	for _, d := range r.Diffs {
		b.WriteString(d.String())
	}
	return b.String()
}
