package server

import (
	"fmt"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// BenchmarkWatchStorm has one change fire 100,000 watches: the end of a session
// that owns as many ephemeral znodes, each of them watched by the same client. It
// tells how long the one waits that ends the session, the one that watches (for all
// its events) and anyone else (for one reply, at most).
func BenchmarkWatchStorm(b *testing.B) {
	const watches = 100_000
	for b.Loop() {
		b.StopTimer()
		s := startServer(b, Config{TickTime: time.Minute})
		owner, watcher, other := connect(b, s), connect(b, s), connect(b, s)
		var paths []string
		s.do(func() {
			for i := range watches {
				p := &preparation{view: view{tree: s.tree}, session: owner.conn.SessionID, cfg: &s.cfg}
				paths = append(paths, fmt.Sprintf("/e-%010d", i))
				c, err := p.create(wire.OpCreate, creation(paths[i], "", wire.FlagEphemeral), -1)
				if err != nil {
					b.Fatal(err)
				}
				s.commit(owner.conn.SessionID, 0, c)
			}
		})
		for at := 0; at < watches; at += 10_000 {
			set := &wire.SetWatches{RelativeZxid: 1 << 40, Data: paths[at : at+10_000], Exist: []string{}, Child: []string{}}
			watcher.do(wire.OpSetWatches, set, &wire.Empty{})
		}
		stop, longest := make(chan struct{}), make(chan time.Duration)
		go func() {
			var most time.Duration
			for {
				select {
				case <-stop:
					longest <- most
					return
				default:
				}
				start := time.Now()
				other.tryXid(wire.XidPing, wire.OpPing, &wire.Empty{}, &wire.Empty{})
				most = max(most, time.Since(start))
			}
		}()
		told := make(chan time.Duration)
		start := time.Now()
		b.StartTimer()
		go func() {
			watcher.nc.SetDeadline(time.Now().Add(time.Minute))
			for range watches {
				if _, err := wire.ReadFrame(watcher.nc, wire.MaxFrame); err != nil {
					b.Error(err)
					break
				}
			}
			told <- time.Since(start)
		}()
		owner.do(wire.OpCloseSession, &wire.Empty{}, &wire.Empty{})
		closed := time.Since(start)
		took := <-told
		b.StopTimer()
		close(stop)
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		b.ReportMetric(ms(closed), "ms-closer")
		b.ReportMetric(ms(took), "ms-watcher")
		b.ReportMetric(ms(<-longest), "ms-others")
		s.Close()
		b.StartTimer()
	}
}
