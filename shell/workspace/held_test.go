package workspace

import (
	"strings"
	"testing"

	"zoosh/shell"
)

// A line that needs no session passes those that wait for a server which is held up, also
// where it is not known yet in which session they are going to be run.
func TestBeside(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, want   string
		held, behind []string
	}{
		{"behind others", "main>ls /|&+main>server resume|Resumed|=0|[zookeeper]|=0|+main>history", []string{"ls /"}, []string{"history", "server resume"}},
		{"behind one that turns", "main>redo 0|&+main>server resume|Resumed|=0|[zookeeper]|=0|+main>history", []string{"redo 0"}, []string{"history", "server resume"}},
		{"behind one that waits and turns", "main>ls /|&+main>server resume|Resumed|=0|[zookeeper]|=0|+main>session", []string{"ls /"}, []string{"session", "server resume"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d, e := onServer(t, Config{Shell: shell.Config{}})
			d.run("ls /")
			e.Pause()
			jobs := d.submit(test.held...)
			d.await("HeldUp", func(it shell.Item) bool { _, held := it.Mark.(HeldUp); return held })
			jobs = append(jobs, d.submit(test.behind...)...)
			d.outcomes(jobs)
			story := strings.ReplaceAll(d.story(), "workspace.HeldUp|", "")
			_, story, _ = strings.Cut(story, "[zookeeper]|=0|")
			// The server answers as soon as it goes on, which may be before that is said.
			const said, answered = "Resumed|=0|", "[zookeeper]|=0|"
			story = strings.Replace(story, answered+said, said+answered, 1)
			if !strings.HasPrefix(story, test.want) {
				t.Error(story)
			}
		})
	}
}

// That a line is held up is told once, and again when one beside it has ended.
func TestHeldUpIsTold(t *testing.T) {
	t.Parallel()
	d, e := onServer(t, Config{})
	e.Pause()
	job := d.submit("ls /")[0]
	told := func(n int) {
		d.await("HeldUp", func(it shell.Item) bool {
			mark, held := it.Mark.(HeldUp)
			if held && mark.Still() && mark.Session == d.Front() {
				n--
			}
			return n < 0
		})
	}
	told(0)
	behind := d.submit("history")[0] // it needs no session, but its turn
	out := d.outcomes(d.submit("server"))
	told(1)
	if out[0].Code != 0 || out[0].End.Line != "server" || !out[0].End.Beside || behind.Text != "history" {
		t.Errorf("%+v", out)
	}
	if st := d.Front().State(); st.Waiting != 1 || st.Beside {
		t.Errorf("%+v", st)
	}
	e.Resume()
	d.outcomes([]*Job{job, behind})
	if n := strings.Count(d.story(), "workspace.HeldUp"); n != 2 {
		t.Errorf("told %d times: %s", n, d.story())
	}
}

// A line that goes beside another is broken off with its session, also when it is the
// last that runs there.
func TestBesideEnds(t *testing.T) {
	w := New(Config{})
	s := w.Add("main")
	j := newJob(t.Context(), Line{Text: "server"})
	s.beside = j
	w.Remove(s)
	if j.ctx.Err() == nil || !s.State().Beside {
		t.Error("it runs on")
	}
}
