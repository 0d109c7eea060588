//go:build unix

package server

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// needFiles raises the number of files that may be open, or skips the test.
func needFiles(t testing.TB, n uint64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Skip(err)
	}
	if uint64(limit.Max) < n {
		t.Skipf("only %d files may be open, it takes %d", limit.Max, n)
	}
	if uint64(limit.Cur) >= n {
		return
	}
	before := limit
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before) })
}

// Nearly ten thousand connections that say nothing cost little, and whoever does say
// something is served as if they were not there.
func TestIdleConnections(t *testing.T) {
	const idle = 9_900
	if testing.Short() {
		t.Skip("takes seconds")
	}
	needFiles(t, 2*idle+100)
	s := startServer(t, Config{TickTime: time.Minute})
	before := heapInUse()
	start := time.Now()
	for range idle {
		connect(t, s)
	}
	t.Logf("%d sessions in %v", idle, time.Since(start).Round(time.Millisecond))
	// What the clients take is counted, too, but is not much.
	runtime.Gosched()
	each := (int64(heapInUse()) - int64(before)) / idle
	t.Logf("%d bytes of heap each, without stacks", each)
	if each > 20_000 {
		t.Errorf("an idle connection takes %d bytes", each)
	}
	c := connect(t, s)
	for range 200 {
		c.create("/n-", wire.FlagSequential)
	}
}

// BenchmarkAmongIdle is a create beside so many connections that say nothing.
func BenchmarkAmongIdle(b *testing.B) {
	for _, idle := range []int{0, 9_900} {
		b.Run(fmt.Sprint(idle), func(b *testing.B) {
			needFiles(b, uint64(2*idle+100))
			s := startServer(b, Config{TickTime: time.Minute})
			for range idle {
				connect(b, s)
			}
			c := connect(b, s)
			for b.Loop() {
				c.create("/n-", wire.FlagSequential)
			}
		})
	}
}
