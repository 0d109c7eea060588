package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/delayproxy"
	"zoosh/internal/zktest"
)

// A tape is what goes to two streams, in one order.
type tape struct {
	mu     sync.Mutex
	pieces []streamText
}

type streamText struct{ stream, text string }

// A tapeStream is one of them.
type tapeStream struct {
	*tape
	name string
}

// Write implements io.Writer.
func (s tapeStream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.pieces); n > 0 && s.pieces[n-1].stream == s.name {
		s.pieces[n-1].text += string(b)
	} else {
		s.pieces = append(s.pieces, streamText{s.name, string(b)})
	}
	return len(b), nil
}

// written is all of it, without the events of the connection: when it is there, and why it
// went, depends on how fast it is noticed.
func (t *tape) written() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	last := ""
	for _, p := range t.pieces {
		for line := range strings.Lines(p.text) {
			if strings.HasPrefix(line, `{"event":"connection"`) {
				continue
			}
			if last != p.stream {
				fmt.Fprintf(&b, "<%s>\n", p.stream)
				last = p.stream
			}
			b.WriteString(line)
		}
	}
	return b.String()
}

var (
	volatileTime   = regexp.MustCompile(`\w{3} \w{3} \d\d \d\d:\d\d:\d\d \w+ \d{4}|\d{4}-\d\d-\d\dT[0-9:.]+Z?|"time":"[^"]*"`)
	maybeSession   = regexp.MustCompile(`("command":"connect","server":"[^"]*")(,"session":"[^"]*")?`) // connect does not wait for it
	pathList       = regexp.MustCompile(`(?m)^\[/.*\]$`)                                               // of getEphemerals, which has no order
	volatileNumber = regexp.MustCompile(`0x[0-9a-f]+|zxid: \d+|(127\.0\.0\.1|localhost):\d+(/run\d+)?`)
)

// bound is a text whose volatile values are numbered as they come: those that are equal
// stay so.
func bound(text string) string {
	text = volatileTime.ReplaceAllString(text, "TIME")
	text = maybeSession.ReplaceAllString(text, "$1")
	text = pathList.ReplaceAllStringFunc(text, func(list string) string {
		paths := strings.Split(strings.Trim(list, "[]"), ", ")
		slices.Sort(paths)
		return "[" + strings.Join(paths, ", ") + "]"
	})
	names := map[string]string{}
	return volatileNumber.ReplaceAllStringFunc(text, func(v string) string {
		if v[0] == '1' || v[0] == 'l' {
			return "SERVER"
		}
		key := v
		if n, ok := strings.CutPrefix(v, "zxid: "); ok {
			zxid, _ := strconv.ParseInt(n, 10, 64)
			key = fmt.Sprintf("0x%x", zxid)
		}
		if names[key] == "" {
			names[key] = fmt.Sprintf("VALUE%d", len(names))
		}
		if strings.HasPrefix(v, "zxid: ") {
			return "zxid: " + names[key]
		}
		return strings.TrimSuffix(v, key) + names[key]
	})
}

// play runs a script and tells all that it does.
func play(script string, args ...string) string {
	var all tape
	code := run(append([]string{"-timeout", "40000"}, args...), stdio{in: strings.NewReader(script),
		out: tapeStream{&all, "out"}, err: tapeStream{&all, "err"}, terminal: func(any) bool { return false }})
	return bound(all.written()) + fmt.Sprintf("\n<code %d>\n", code)
}

// firstDifference is the line where two texts part, with some before.
func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	i := 0
	for i < len(as) && i < len(bs) && as[i] == bs[i] {
		i++
	}
	part := func(lines []string) string { return strings.Join(lines[max(0, i-4):min(len(lines), i+6)], "\n") }
	return fmt.Sprintf("at line %d:\n-- waiting --\n%s\n-- ahead --\n%s", i+1, part(as), part(bs))
}

// windows are the flags whose scripts are to be as the one that waits.
var windows = [][]string{{"-window", "2"}, {"-window", "16"}, {"-window", "256"}, nil}

// holdScripts plays made-up scripts and holds each against the same one that waits for
// each answer. where gives the flags of a server with an empty tree.
func holdScripts(t *testing.T, embedded bool, where func() []string) {
	seed := uint64(zktest.FromEnv(t, "ZOOSH_SCRIPT_SEED", int(time.Now().UnixNano()%1e9)))
	n := zktest.FromEnv(t, "ZOOSH_SCRIPTS", 24)
	for i := range n {
		m := &scriptMaker{rand.New(rand.NewPCG(seed+uint64(i), 1)), embedded}
		script := m.script()
		flags := []string{"-dialect", m.of("3.4", "3.8", "3.9", "3.9")}
		if m.IntN(5) == 0 {
			flags = append(flags, "-o", "json")
		}
		want := play(script, append(append(where(), "-window", "1"), flags...)...)
		for _, window := range windows {
			got := play(script, append(append(where(), window...), flags...)...)
			if got != want {
				t.Errorf("ZOOSH_SCRIPT_SEED=%d ZOOSH_SCRIPTS=1, flags %v, window %v: the script\n%s\nparts %s", seed+uint64(i), flags, window, script, firstDifference(want, got))
			}
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d scripts from ZOOSH_SCRIPT_SEED=%d on", n, seed)
}

// TestScriptsAhead: a script that does not wait puts out what it does when it waits, in the
// same order. ZOOSH_SCRIPTS=2000 holds so many.
func TestScriptsAhead(t *testing.T) {
	holdScripts(t, true, func() []string { return []string{"-embedded"} })
}

// TestScriptsAheadReal is that on Debian's server, every other time a bit farther away.
func TestScriptsAheadReal(t *testing.T) {
	addr := zktest.Start(t).Addr()
	far, err := delayproxy.Start(addr, 2*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	runs := 0
	holdScripts(t, false, func() []string {
		runs++
		root := fmt.Sprintf("/run%d", runs)
		zoosh(t, "", "-server", addr, "create", root, "x")
		at := addr
		if runs%2 == 0 {
			at = far.Addr()
		}
		return []string{"-server", at + root}
	})
}

// quit leaves the code as the line before it has it, not one that was before that.
func TestScriptQuits(t *testing.T) {
	srv := startServer(t, 0)
	for _, window := range []string{"1", "16"} {
		for range 50 {
			_, errOut, code := zoosh(t, "ls /\nls /\nget /missing\nquit\ncreate /never x\n", "-server", srv.Addr(), "-dialect", "3.9", "-window", window)
			if code != 1 || errOut != "Node does not exist: /missing\n" {
				t.Fatalf("window %s: code %d, %q", window, code, errOut)
			}
		}
	}
}
