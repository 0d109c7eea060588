package shell

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"zoosh/internal/session"
)

// A watching is a watch that runs on a shell of its own.
type watching struct {
	*tester
	cancel func()
	done   chan int
}

// startWatch runs a watch line until it watches.
func startWatch(t *testing.T, x *tester, line string) *watching {
	t.Helper()
	return startWatchOn(t, openOn(t, x.srv, Config{Dialect: D39}), line)
}

func startWatchOn(t *testing.T, on *tester, line string) *watching {
	t.Helper()
	w := &watching{tester: on, done: make(chan int, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	w.cancel = cancel
	t.Cleanup(cancel)
	go func() { w.done <- w.sh.Run(ctx, line) }()
	w.rec.await(t, "the watch", func(it Item) bool { return strings.HasPrefix(it.Text, "Watching ") })
	return w
}

// patient lets a watch take its time to be armed, as it does on a busy machine.
func patient(t *testing.T) {
	before := armWait
	armWait = 20 * time.Second
	t.Cleanup(func() { armWait = before })
}

var watchTime = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d\.\d{3} `)

// end waits for its end and returns what it printed, without the times.
func (w *watching) end() (out, err string, code int) {
	w.t.Helper()
	select {
	case code := <-w.done:
		items := w.rec.snapshot()
		err := strings.TrimPrefix(text(items, Stderr), "Watching /app; Ctrl-C ends it\n")
		return watchTime.ReplaceAllString(text(items, Stdout), ""), err, code
	case <-time.After(patience):
		w.t.Fatalf("it does not end; it has printed %q", text(w.rec.snapshot(), Stdout, Stderr))
		return "", "", 0
	}
}

func TestWatch(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	w := startWatch(t, x, "watch -n 6 /app")
	for _, step := range []struct{ line, shows string }{
		{"create /app old", `created  /app  "old"`},
		{"set /app new", `changed  /app  "old" → "new"`},
		{"create /app/a", "children /app +a"},
		{"create /app/a/below", ""}, // is not followed
		{"create /app/b", "children /app +b"},
		{"deleteall /app/a", "children /app -a"},
		{"delete /app/b", "children /app -b"},
	} {
		x.do(step.line)
		if step.shows != "" {
			w.rec.await(t, step.shows, func(it Item) bool { return strings.HasSuffix(it.Text, " "+step.shows+"\n") })
		}
	}
	if out, err, code := w.end(); strings.Count(out, "\n") != 6 || err != "" || code != 0 {
		t.Errorf("%s, %q, %d", out, err, code)
	}
}

func TestWatchBelow(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	w := startWatch(t, x, "watch -R -n 5 /app")
	x.do("create /app/workers/w3 host3", "set /app/config x", "delete /app/workers/w1", "create -e /app/e 1", "delete /app/z")
	out, err, code := w.end()
	want := regexp.MustCompile(`^created  /app/workers/w3  "host3"
changed  /app/config  "timeout=5\\nTimeout=6\\nname=x" → "x"
deleted  /app/workers/w1  "host1"  \(ephemeral of 0x[0-9a-f]+\)
created  /app/e  "1"  \(ephemeral of 0x[0-9a-f]+\)
deleted  /app/z  0xff0074
$`)
	if !want.MatchString(out) || err != "" || code != 0 {
		t.Errorf("%s, %q, %d", out, err, code)
	}
}

// TestWatchEnds: Ctrl-C is an end like any other; a time with -n is not.
func TestWatchEnds(t *testing.T) {
	patient(t)
	x := planted(t, Config{Dialect: D39})
	w := startWatch(t, x, "watch /app")
	w.cancel()
	if out, err, code := w.end(); out != "" || err != "" || code != 0 {
		t.Errorf("%q, %q, %d", out, err, code)
	}
	w = startWatch(t, x, "watch -t 10ms /app")
	if out, err, code := w.end(); out != "" || err != "" || code != 0 {
		t.Errorf("%q, %q, %d", out, err, code)
	}
	w = startWatch(t, x, "watch -t 10ms -n 2 /app")
	if out, err, code := w.end(); out != "" || err != "0 changes in 10ms, not 2\n" || code != 1 {
		t.Errorf("%q, %q, %d", out, err, code)
	}
	x.want("watch -t never /app", "", "-t takes a time such as 90s or 5m, not \"never\"\n", 1)
	x.want("watch -n -1 /app", "", "-n takes a number, not \"-1\"\n", 1)
	x.want("watch", "", "watch [-R] [-n N] [-t time] path\n", 1)
}

// TestWatchKeepsToItself: the shell's own watches neither fire by it nor go.
func TestWatchKeepsToItself(t *testing.T) {
	patient(t)
	x := planted(t, Config{Dialect: D39})
	x.do("get -w /app/config", "watch -R -t 10ms /app")
	if n := len(x.sh.Session().Watches()); n != 1 {
		t.Errorf("%d watches", n)
	}
}

func TestWatchJSON(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	w := startWatch(t, x, "watch -o json -n 1 /app")
	x.do("set /app x")
	out, _, _ := w.end()
	var got change
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Change != "changed" || *got.After.Text != "x" || got.Before.Text != nil || *got.Version != 1 {
		t.Errorf("%s: %v", out, err)
	}
}

func TestWatchExpired(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	x.do("create /other")
	w := startWatch(t, x, "watch -R -n 2 /app")
	// The session of the watch ends, and no shell's.
	answer, err := session.FourLetter(t.Context(), x.srv.Addr(), "cons")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`sid=0x([0-9a-f]+)`).FindAllStringSubmatch(answer, -1) {
		if id, _ := strconv.ParseUint(m[1], 16, 64); int64(id) != x.sh.Session().ID() && int64(id) != w.sh.Session().ID() {
			x.srv.ExpireSession(int64(id))
		}
	}
	x.do("set /app/config 1", "set /app/z 2")
	out, _, code := w.end()
	if code != 0 || strings.Count(out, "changed") != 2 {
		t.Errorf("%s, %d", out, code)
	}
}

func TestShorten(t *testing.T) {
	for in, want := range map[string]string{
		"":                            `""`,
		"a\"b\n":                      `"a\"b\n"`,
		"\xff\x00":                    "0xff00",
		strings.Repeat("x", 61):       `"` + strings.Repeat("x", 60) + `"… (61 bytes)`,
		strings.Repeat("é", 31):       `"` + strings.Repeat("é", 30) + `"… (62 bytes)`,
		"x" + strings.Repeat("é", 31): `"x` + strings.Repeat("é", 29) + `"… (63 bytes)`,
		strings.Repeat("\xff", 31):    "0x" + strings.Repeat("ff", 30) + "… (31 bytes)",
		"\x1b[2J":                     `"\x1b[2J"`,
	} {
		if got := shorten([]byte(in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if got := shorten(nil); got != "null" {
		t.Error(got)
	}
}
