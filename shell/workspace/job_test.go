package workspace

import (
	"context"
	"strings"
	"testing"

	"zoosh/internal/session"
	"zoosh/shell"
)

// Lines run in the order in which they were handed over, each in the session that is in
// front when its turn comes, though all are handed over at once. No server is needed.
func TestLinesInOrder(t *testing.T) {
	for _, test := range []struct {
		name    string
		lines   []string
		want    string
		dropped int
	}{
		{"one session", []string{"history", "printwatches", ""},
			"main>history|0 - history|=0|+main>printwatches|printwatches is on|=0|+main>|=0", 0},
		{"other sessions", []string{"session b", "history", "session main", "printwatches"},
			"main>session b|=0|+b>history|0 - history|=0|+b>session main|=0|+main>printwatches|printwatches is on|=0", 0},
		{"by redo", []string{"session b", "session main", "redo 0", "history"},
			"main>session b|=0|+b>session main|=0|+main>redo 0|=0|+b>history|0 - session main|1 - history|=0", 0},
		{"no session of that name", []string{"session 'a b'", "history"},
			"main>session 'a b'|a session's name is one word, without = and `|=1|+main>history|0 - session 'a b'|1 - history|=0", 0},
		{"behind quit", []string{"printwatches", "quit", "history", "session b", "history"},
			"main>printwatches|printwatches is on|=0|+main>quit|=0", 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39, Target: session.Target{Connect: "127.0.0.1:1"}}})
			<-d.Front().Open(t.Context()) // nobody is there, but it is begun
			d.Front().Hold("", func() {}) // until all are there
			jobs := d.submit(test.lines...)
			d.Front().Release()
			dropped := 0
			for _, out := range d.outcomes(jobs) {
				if out.Dropped {
					dropped++
				}
			}
			got := strings.Replace(d.story(), "+", "", 1) // it has waited for the others to come
			if got = strings.TrimPrefix(got, "workspace.Opened|"); got != test.want || dropped != test.dropped {
				t.Errorf("%d dropped, and\n%s\nwant\n%s", dropped, got, test.want)
			}
			if quit := d.Quitting(); (quit != nil) != (test.dropped > 0) {
				t.Errorf("quitting %v", quit)
			}
		})
	}
}

// A line handed over while nothing runs does not count as one that has waited.
func TestGivenAtOnce(t *testing.T) {
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39}})
	d.run("history")
	if it := d.began("history"); it.Given != shell.GivenAtOnce {
		t.Errorf("given %v", it.Given)
	}
	d.Front().Shell().Run(t.Context(), "printwatches")
	if it := d.began("printwatches"); it.Given != shell.GivenElsewhere {
		t.Errorf("given %v", it.Given)
	}
}

// With tabs each session has its own lines, and the command session is none of theirs.
func TestTabs(t *testing.T) {
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39}, Tabs: true})
	b := d.Add("b")
	d.Front().Hold("", func() {})
	behind := d.Submit(t.Context(), Line{Text: "history"})
	out := b.Submit(t.Context(), Line{Text: "session c"}).Outcome()
	if !strings.Contains(out.End.Err.Error(), shell.ErrNoSessions.Error()) || b.Name() != "b" {
		t.Errorf("ended with %v", out.End.Err)
	}
	d.Turn(b)
	if d.Front() != b || d.Prompt(0) != b.Shell().Prompt() {
		t.Errorf("the prompt is %q", d.Prompt(0))
	}
	if st := d.Named("main").State(); st.Waiting != 1 || st.Idle() {
		t.Errorf("%+v", st)
	}
	d.Remove(d.Named("main"))
	if !behind.Outcome().Dropped || d.Named("main") != nil || len(d.All()) != 1 {
		t.Error("it is still there")
	}
	if !b.State().Idle() {
		t.Errorf("%+v", b.State())
	}
}

// What waits can be given up, and what runs be broken off, without the other.
func TestCancelAndDrop(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		do   func(d *desk)
		ran  string // of the lines that wait
	}{
		{"what runs", func(d *desk) { d.Cancel() }, "history|session b|printwatches"},
		{"what waits", func(d *desk) {
			if n := d.Drop(); n != 3 {
				d.t.Errorf("%d dropped", n)
			}
			d.Cancel()
		}, ""},
		{"its context", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d, e := onServer(t, Config{})
			e.Pause()
			ctx, cancel := context.WithCancel(t.Context())
			var jobs []*Job
			for _, text := range []string{"get /zookeeper", "history", "session b", "printwatches"} {
				jobs = append(jobs, d.Submit(ctx, Line{Text: text}))
			}
			d.began("get /zookeeper")
			if st := d.Front().State(); d.Waiting() != 3 || st.Waiting != 2 || st.Running != "get /zookeeper" || st.Cancelled {
				t.Errorf("%d wait, %+v", d.Waiting(), st)
			}
			if test.do == nil {
				cancel()
			} else {
				test.do(d)
			}
			e.Resume()
			var ran []string
			for i, out := range d.outcomes(jobs) {
				if i > 0 && !out.Dropped {
					ran = append(ran, jobs[i].Text)
				}
			}
			cancel()
			if got := strings.Join(ran, "|"); got != test.ran {
				t.Errorf("%s ran", got)
			}
			if strings.Contains(d.text(), "\n[quota]") || !strings.Contains(d.story(), "main>get /zookeeper|") {
				t.Error(d.story())
			}
		})
	}
}

// A single command is not split, and is not for a front end.
func TestSingle(t *testing.T) {
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39}, Single: true})
	words := []string{"session", "b"}
	if out := d.Submit(t.Context(), Line{Words: words}).Outcome(); out.Code != 1 || out.End.Line != "session b" {
		t.Errorf("%+v", out)
	}
	d.Stream().Drain(t.Context())
	if !strings.Contains(d.text(), "works at a prompt and in scripts only") {
		t.Error(d.text())
	}
}

// Each line is remembered when it is run.
func TestRemember(t *testing.T) {
	var kept []string
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39}, Remember: func(line string) { kept = append(kept, line) }})
	d.run("history", "quit", "history")
	if got := strings.Join(kept, "|"); got != "history|quit" {
		t.Error(got)
	}
}

// Breaking off is for the line that runs and for the one that runs beside it.
func TestCancelIsForBoth(t *testing.T) {
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39}})
	s := d.Front()
	runs, beside := newJob(t.Context(), Line{Text: "ls /"}), newJob(t.Context(), Line{Text: "server"})
	s.running, s.beside = runs, beside
	s.Cancel()
	if st := s.State(); runs.ctx.Err() == nil || beside.ctx.Err() == nil || !st.Cancelled || !st.Beside {
		t.Errorf("%v, %v, %+v", runs.ctx.Err(), beside.ctx.Err(), st)
	}
	s.running, s.beside = nil, nil
}

// Behind a line that pauses the next one waits for the word, and for the prompt.
func TestPauses(t *testing.T) {
	d := newDesk(t, Config{Shell: shell.Config{Dialect: shell.D39}})
	s := d.Front()
	first := s.Submit(t.Context(), Line{Text: "history", Pauses: true})
	next := s.Submit(t.Context(), Line{Text: "printwatches"})
	d.outcomes([]*Job{first})
	if st := s.State(); st.Waiting != 1 || st.Running != "" || st.Idle() {
		t.Errorf("%+v", st)
	}
	s.Hold("a line of the lesson's", func() {})
	s.GoOn()
	if st := s.State(); st.Waiting != 1 {
		t.Errorf("%+v", st)
	}
	s.Release()
	if out := d.outcomes([]*Job{next})[0]; out.Dropped || !s.State().Idle() {
		t.Errorf("%+v, %+v", out, s.State())
	}
}
