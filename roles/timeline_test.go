package roles

import (
	"fmt"
	"strings"
	"testing"

	"zoosh/shell"
)

// Whatever a student has their roles do, the timeline stays small, and tells what it has
// left out.
func TestTimelineIsBounded(t *testing.T) {
	tl := NewTimeline()
	put := func(it shell.Item) { it.Shell = "a"; tl.Put(&it) }
	put(shell.Item{Kind: shell.Began, Line: "ls -R /"})
	for i := range 1000 {
		put(shell.Item{Kind: shell.Stdout, Text: fmt.Sprintf("/%d\n", i)})
	}
	put(shell.Item{Kind: shell.Stderr, Text: "Node does not exist: /x\n"})
	put(shell.Item{Kind: shell.Done, Code: 1})
	if n := len(tl.Rows); n != 1+timelineLines {
		t.Errorf("%d rows of one command", n)
	}
	last := tl.Rows[len(tl.Rows)-1]
	if last.Text != "Node does not exist: /x" || last.Kind != RowError || last.Less != 1001-timelineLines {
		t.Errorf("it ends in %+v", last)
	}
	long := strings.Repeat("中", 1<<12)
	for i := range 3 * timelineRows {
		put(shell.Item{Kind: shell.Began, Line: fmt.Sprint("get /", i)})
		put(shell.Item{Kind: shell.Stdout, Text: long + "\n"})
	}
	last = tl.Rows[len(tl.Rows)-1]
	if len(tl.Rows) > timelineRows || len(last.Text) > timelineText || !strings.HasPrefix(long, last.Text) {
		t.Errorf("%d rows, the last of %d bytes", len(tl.Rows), len(last.Text))
	}
	if got, want := tl.Rows[len(tl.Rows)-2].Text, fmt.Sprint("get /", 3*timelineRows-1); got != want {
		t.Errorf("the newest command is %q, not %q", got, want)
	}
}
