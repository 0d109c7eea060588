//go:build unix

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// BenchmarkFollow is how long the tree is behind: from the reply that another
// session gets to its write until the terminal shows what it wrote. zoosh is a
// process on a terminal of its own, so that everything is in it: the watch, the
// stat that is read for it, the frame, and the terminal.
func BenchmarkFollow(b *testing.B) {
	for _, s := range []struct {
		name  string
		start func() string
	}{
		{"embedded", func() string { return startServer(b, 0).Addr() }},
		{"ZooKeeper", func() string { return zktest.Start(b).Addr() }},
	} {
		b.Run(s.name, func(b *testing.B) { follow(b, s.start()) })
	}
}

// followed is how many znodes are set: as many as let a mark go before its znode
// is set again.
const followed = 40

// follow writes at random moments, so that no write waits for a frame.
func follow(b *testing.B, addr string) {
	ctx := context.Background()
	zk, err := session.Open(session.Config{Servers: []string{addr}})
	if err != nil {
		b.Fatal(err)
	}
	defer zk.Close()
	if err := zk.WaitConnected(ctx); err != nil {
		b.Fatal(err)
	}
	create := func(path string) error {
		_, _, err := zk.Create(ctx, path, nil, session.CreateOptions{})
		return err
	}
	for i := range followed {
		if err := create(fmt.Sprintf("/data-%03d", i)); err != nil {
			b.Fatal(err)
		}
	}
	p := onPTY(b, 100, 200, "-server", addr)
	p.shows("● CONNECTED")
	p.send("\x1b[17~\x1b[17~\x1b[23~") // F6 twice: the tree; F11: zoomed
	p.shows("Tree, zoomed")
	p.shows(fmt.Sprintf("data-%03d", followed-1))
	time.Sleep(3 * time.Second) // until the marks of the beginning have gone

	var waits []time.Duration
	step := func(shown string, write func() error) {
		time.Sleep(time.Duration(rand.Int64N(int64(40 * time.Millisecond))))
		if err := write(); err != nil {
			b.Fatal(err)
		}
		at := time.Now()
		p.shows(shown)
		waits = append(waits, time.Since(at))
	}
	b.ResetTimer()
	for i := range b.N {
		set, fresh := fmt.Sprintf("data-%03d", i%followed), fmt.Sprintf("other-%06d", i)
		step("+    "+fresh, func() error { return create("/" + fresh) })
		step("~    "+set, func() error { _, err := zk.Set(ctx, "/"+set, []byte("x"), wire.AnyVersion); return err })
		step("-    "+fresh, func() error { return zk.Delete(ctx, "/"+fresh, wire.AnyVersion) })
	}
	b.StopTimer()
	slices.Sort(waits)
	for name, at := range map[string]int{"p50-ms": len(waits) / 2, "p99-ms": len(waits) * 99 / 100, "max-ms": len(waits) - 1} {
		b.ReportMetric(float64(waits[at].Microseconds())/1000, name)
	}
	b.ReportMetric(float64(len(waits)), "writes")
	b.ReportMetric(0, "ns/op")
	p.send("\x11") // Ctrl-Q
	p.exits(0)
}
