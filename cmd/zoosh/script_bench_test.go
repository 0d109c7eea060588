package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"zoosh/internal/delayproxy"
	"zoosh/internal/zktest"
)

// scriptOf is so many lines of a kind, on znodes of their own.
func scriptOf(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+"\n", i)
	}
	return b.String()
}

// runLong runs a script and returns the lines of its two streams together.
func runLong(tb testing.TB, script string, args ...string) (lines int) {
	tb.Helper()
	var out bytes.Buffer
	code := run(append([]string{"-dialect", "3.9"}, args...), stdio{in: strings.NewReader(script), out: &out, err: &out, terminal: func(any) bool { return false }})
	if code != 0 {
		tb.Fatalf("code %d: %.300s", code, out.String())
	}
	return strings.Count(out.String(), "\n")
}

// BenchmarkScript is scripts on Debian's server, on this machine and far away.
func BenchmarkScript(b *testing.B) {
	addr := zktest.Start(b).Addr()
	for _, place := range []struct {
		name  string
		delay time.Duration
		lines int
	}{{"near", 0, 10_000}, {"160ms", 160 * time.Millisecond, 2_000}} {
		at := addr
		if place.delay > 0 {
			p, err := delayproxy.Start(addr, place.delay)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { p.Close() })
			at = p.Addr()
		}
		windows := [][]string{{"-window", "1"}, nil}
		if place.delay > 0 {
			windows = windows[1:]
		}
		for _, window := range windows {
			benchScripts(b, place.name+"/"+strings.Join(append(window, "adaptive")[:1+len(window)/2], "="), at, place.lines, window)
		}
	}
}

// benchScripts creates, reads, writes and deletes so many znodes, a script each.
func benchScripts(b *testing.B, name, addr string, lines int, window []string) {
	b.Run(name, func(b *testing.B) {
		args := append([]string{"-server", addr}, window...)
		for _, kind := range []struct{ name, format string }{
			{"create", "create /bench-%d x"}, {"get", "get /bench-%d"}, {"set", "set /bench-%d y"}, {"delete", "delete /bench-%d"},
		} {
			script, begin := scriptOf(kind.format, lines), time.Now()
			runLong(b, script, args...)
			b.ReportMetric(time.Since(begin).Seconds(), kind.name+"-s")
		}
	})
}
