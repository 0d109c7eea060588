package workspace

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/shell"
)

// A desk is a workspace whose stream is read.
type desk struct {
	*Workspace
	t      *testing.T
	mu     sync.Mutex
	items  []shell.Item
	change chan struct{} // closed, and replaced, when an item has come
	answer func(q *Question)
}

// newDesk makes a workspace with a session, which is not open.
func newDesk(t *testing.T, cfg Config) *desk {
	t.Helper()
	d := &desk{Workspace: New(cfg), t: t, change: make(chan struct{})}
	d.Add("main")
	go d.read()
	t.Cleanup(func() {
		d.Close(0)
		d.Stream().Close()
	})
	return d
}

// onServer makes a workspace with a session that is open on a fresh embedded server.
func onServer(t *testing.T, cfg Config) (*desk, *server.Embedded) {
	t.Helper()
	e, err := server.StartEmbedded(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	cfg.Shell.Target = session.Target{Connect: e.Addr()}
	cfg.Shell.Control, cfg.Shell.Dialect, cfg.Shell.WaitForConnection = e, shell.D39, true
	d := newDesk(t, cfg)
	if err := <-d.Front().Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d, e
}

func (d *desk) read() {
	for {
		it, ok := d.Stream().Next()
		if !ok {
			return
		}
		if q, asked := it.Mark.(*Question); asked && d.answer != nil {
			d.answer(q)
		}
		d.mu.Lock()
		d.items = append(d.items, it)
		close(d.change)
		d.change = make(chan struct{})
		d.mu.Unlock()
	}
}

// await waits for an item.
func (d *desk) await(what string, is func(it shell.Item) bool) shell.Item {
	d.t.Helper()
	late := time.After(20 * time.Second)
	for from := 0; ; {
		d.mu.Lock()
		items, change := d.items, d.change
		d.mu.Unlock()
		for ; from < len(items); from++ {
			if is(items[from]) {
				return items[from]
			}
		}
		select {
		case <-change:
		case <-late:
			d.t.Fatalf("waited in vain for %s; there is %s", what, d.story())
		}
	}
}

// began waits until a line runs.
func (d *desk) began(line string) shell.Item {
	d.t.Helper()
	return d.await("the beginning of "+line, func(it shell.Item) bool { return it.Kind == shell.Began && it.Line == line })
}

// run hands over lines, waits for their ends and returns them.
func (d *desk) run(lines ...string) []Outcome {
	d.t.Helper()
	return d.outcomes(d.submit(lines...))
}

func (d *desk) submit(lines ...string) (jobs []*Job) {
	for i, text := range lines {
		jobs = append(jobs, d.Submit(d.t.Context(), Line{Text: text, Number: i + 1}))
	}
	return jobs
}

func (d *desk) outcomes(jobs []*Job) (all []Outcome) {
	d.t.Helper()
	for _, j := range jobs {
		select {
		case <-j.Done():
		case <-time.After(20 * time.Second):
			d.t.Fatalf("%s does not end; there is %s", j.Text, d.story())
		}
		all = append(all, j.Outcome())
	}
	d.Stream().Drain(d.t.Context())
	return all
}

// story is what came out, changes of connections left aside: a line's beginning with its
// shell, + where it has waited, & where it goes beside, and its end; text as it is.
func (d *desk) story() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var parts []string
	for _, it := range d.items {
		switch it.Kind {
		case shell.Began:
			sign := map[bool]string{true: "&"}[it.Beside] + map[shell.Given]string{shell.GivenBefore: "+"}[it.Given]
			parts = append(parts, sign+it.Shell+">"+it.Line)
		case shell.Done:
			parts = append(parts, fmt.Sprintf("=%d", it.Code))
		case shell.Stdout, shell.Stderr, shell.Watch:
			parts = append(parts, strings.TrimSpace(it.Text))
		case shell.Mark:
			parts = append(parts, fmt.Sprintf("%T", it.Mark))
		}
	}
	return strings.Join(parts, "|")
}

// text is what was written.
func (d *desk) text() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var b strings.Builder
	for _, it := range d.items {
		b.WriteString(it.Text + it.Note)
	}
	return b.String()
}
