package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/shell/transcript"
)

// An event of a session that is not in front says whose it is, and so does the prompt once
// there are several.
func TestWhoseItIs(t *testing.T) {
	t.Parallel()
	d, _ := onServer(t, Config{})
	alone := d.Prompt(0)
	d.run("session b", "ls -w /", "session main", "create /x y")
	d.await("the event", func(it shell.Item) bool {
		return it.Kind == shell.Watch && strings.HasPrefix(it.Text, "\n(session b)\nWATCHER::\n")
	})
	if !strings.HasPrefix(alone, "[zk: ") || !strings.HasPrefix(d.Prompt(0), "main [zk: ") {
		t.Errorf("prompts %q, %q", alone, d.Prompt(0))
	}
	if got := d.PromptOf(d.began("ls -w /"), 0); !strings.HasPrefix(got, "b [zk: ") {
		t.Errorf("the line was given at %q", got)
	}
	if narrow := d.Prompt(20); len(narrow) > len(d.Prompt(0)) {
		t.Errorf("on a narrow screen %q", narrow)
	}
}

// Lines wait until their session is open, or is not.
func TestOpen(t *testing.T) {
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39, Target: session.Target{Connect: "no such/thing"}}})
	err := <-d.Front().Open(t.Context())
	d.run("history")
	if err == nil {
		t.Error("it is open")
	}
	opened := d.await("Opened", func(it shell.Item) bool { _, ok := it.Mark.(Opened); return ok }).Mark.(Opened)
	if opened.Session != d.Front() || opened.Err != err {
		t.Errorf("%+v", opened)
	}
	if !strings.HasPrefix(d.story(), "workspace.Opened|main>history") {
		t.Error(d.story())
	}
}

// A session that cannot be opened is none.
func TestSwitchFails(t *testing.T) {
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39, Target: session.Target{Connect: "no such/thing"}}})
	if out := d.run("session b", "history"); out[0].Code == 0 || len(d.All()) != 1 || d.Front().Name() != "main" {
		t.Errorf("%+v, %s", out, d.story())
	}
}

// Closing waits for the server, but not for longer than it may, and tells each time what
// went wrong.
func TestCloseWithinABound(t *testing.T) {
	t.Parallel()
	d, e := onServer(t, Config{})
	d.Add("b").Open(t.Context())
	e.Pause()
	waits := d.Submit(t.Context(), Line{Text: "ls /"})
	behind := d.Submit(t.Context(), Line{Text: "ls /"})
	for range 2 {
		if err := d.Close(50 * time.Millisecond); err == nil || err.Error() != errSlow.Error() {
			t.Errorf("closed with %v", err)
		}
	}
	if waits.Outcome(); !behind.Outcome().Dropped || !d.Submit(t.Context(), Line{Text: "ls /"}).Outcome().Dropped {
		t.Error("a line was run behind the end")
	}
	if err := d.Switch(t.Context(), "c"); err == nil {
		t.Error("a session was opened behind the end")
	}
	e.Resume()
}

// Closing ends the sessions.
func TestClose(t *testing.T) {
	t.Parallel()
	d, e := onServer(t, Config{})
	d.run("session b", "ls /")
	if err := d.Close(0); err != nil {
		t.Error(err)
	}
	if left := e.Status().Sessions; len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

// Commands and recordings know sessions by their titles, and recordings also by what the
// front end makes of their names.
func TestTitles(t *testing.T) {
	t.Parallel()
	d, _ := onServer(t, Config{Says: "zoosh: ", PageName: func(name string) string { return "session-" + name }})
	b := d.Add("b")
	if err := <-b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.SetTitle("backup")
	if peers := d.peers(); peers["backup"] != b.Shell() || peers["b"] != b.Shell() || len(peers) != 3 || b.Title() != "backup" {
		t.Errorf("%v", peers)
	}
	page := filepath.Join(t.TempDir(), "page.md")
	if notes, err := d.StartRecording(t.Context(), d.Front().Shell(), transcript.Recording{File: page}); err != nil || len(notes) > 0 {
		t.Fatal(notes, err)
	}
	if d.Recording() != page {
		t.Errorf("%s is being recorded", d.Recording())
	}
	d.run("create /a x", "record")
	b.Submit(t.Context(), Line{Text: "create /b x"}).Outcome()
	if out := d.run("record stop"); out[0].Code != 0 || d.Recording() != "" {
		t.Error(out)
	}
	src, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(src), "```zk session-main\n") || !strings.Contains(string(src), "```zk backup\n") {
		t.Errorf("%v\n%s", err, src)
	}
}

// quit in a session that was made elsewhere is not the end: it is for others to take it away.
func TestAdoptedQuits(t *testing.T) {
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39}, Tabs: true})
	s := d.Adopt("worker", shell.Config{Name: "worker", Dialect: shell.D39}, t)
	var jobs []*Job
	for _, line := range []string{"quit", "ls /"} {
		jobs = append(jobs, s.Submit(t.Context(), Line{Text: line}))
	}
	for i, out := range append(d.outcomes(jobs), s.Submit(t.Context(), Line{Text: "ls /"}).Outcome()) {
		if out.Dropped || out.End.Kind != shell.Done {
			t.Errorf("line %d: %+v", i+1, out)
		}
	}
	if d.Quitting() != nil {
		t.Error("the user has quit")
	}
}

// A session that was made elsewhere has its lines wait while it is held, is not recorded
// and is not heard any more when it was removed.
func TestAdopt(t *testing.T) {
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39}, Tabs: true})
	var first int
	s := d.Adopt("a worker", shell.Config{Name: "worker", Dialect: shell.D39, Sink: func(shell.Item) { first++ }}, t)
	broken := false
	s.Hold("create /x", func() { broken = true })
	job := s.Submit(t.Context(), Line{Text: "history"})
	if st := s.State(); st.Running != "create /x" || st.Waiting != 1 || st.Idle() {
		t.Errorf("%+v", st)
	}
	s.Cancel()
	s.Release()
	d.outcomes([]*Job{job})
	if !broken || first == 0 || len(d.peers()) != 1 {
		t.Errorf("broken off %v, %d items, %v", broken, first, d.peers())
	}
	was := d.story()
	s.Hold("", func() { t.Error("a lesson that ends is broken off") })
	d.Remove(s)
	s.Shell().Run(t.Context(), "history")
	d.Stream().Drain(t.Context())
	if now := d.story(); now != was || !strings.HasPrefix(was, "+a worker>history|") {
		t.Errorf("%s became %s", was, now)
	}
}
