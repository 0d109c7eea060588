package shell

import (
	"slices"
	"testing"
	"time"

	"zoosh/internal/delayproxy"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/zktest"
)

const (
	// farAway is a round trip to a data centre abroad.
	farAway   = 160 * time.Millisecond
	farForest = 65_000 // leaves
	farCopy   = 10_000 // leaves, for what carries data and for what writes
)

// eachServer benchmarks on the embedded server and on a real one.
func eachServer(b *testing.B, bench func(b *testing.B, addr string)) {
	b.Run("embedded", func(b *testing.B) {
		srv, err := server.Start(server.Config{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { srv.Close() })
		bench(b, srv.Addr())
	})
	b.Run("zookeeper", func(b *testing.B) { bench(b, zktest.Start(b, "snapCount=10000000", zktest.LongSessions).Addr()) })
}

// BenchmarkFar measures the commands that read or write whole subtrees where the server
// is far away.
func BenchmarkFar(b *testing.B) {
	eachServer(b, func(b *testing.B, addr string) {
		p, err := delayproxy.Start(addr, farAway)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { p.Close() })
		b.Chdir(b.TempDir())
		near, far := benchShell(b, addr), benchShell(b, p.Addr())
		plantMany(b, near.sh.Session(), "/forest", farForest)
		plantMany(b, near.sh.Session(), "/copy", farCopy)
		near.do("export /copy copy.json")
		for _, line := range []string{"ls -R /forest", "find /forest", "du /forest", "count -e /forest", "tree /forest", "grep -c nothing /forest",
			"export -f /copy far.json", "diff copy.json /copy", "import -y copy.json /new", "cp -r /copy /new", "mv -y /other /new", "deleteall -y /new"} {
			b.Run(line, func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					near.run("deleteall -y /new")
					switch line {
					case "mv -y /other /new":
						near.run("cp -r /copy /other")
					case "deleteall -y /new":
						near.run("cp -r /copy /new")
					}
					far.rec.take()
					b.StartTimer()
					far.run(line)
				}
			})
		}
	})
}

// BenchmarkBeside measures how long a client that sends a request every few milliseconds
// waits for each answer, alone and beside commands that read whole trees again and again.
func BenchmarkBeside(b *testing.B) {
	eachServer(b, func(b *testing.B, addr string) {
		x := benchShell(b, addr)
		plantMany(b, x.sh.Session(), "/forest", forest)
		b.Chdir(b.TempDir())
		other, err := session.Open(session.Config{Servers: []string{addr}})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { other.Close() })
		for _, line := range []string{"", "find /forest", "ls -R /forest", "", "grep -c nothing /forest", "export -f /forest f.json", ""} {
			name := line
			if name == "" {
				name = "alone"
			}
			b.Run(name, func(b *testing.B) {
				over, stop := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(over)
					for line != "" {
						select {
						case <-stop:
							return
						default:
							x.rec.take()
							x.run(line)
						}
					}
				}()
				var took []time.Duration
				for b.Loop() {
					time.Sleep(5 * time.Millisecond)
					began := time.Now()
					if _, _, err := other.Get(b.Context(), "/forest", nil); err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(began))
				}
				close(stop)
				<-over
				slices.Sort(took)
				for _, p := range []struct {
					name string
					at   int
				}{{"p50-µs", 50}, {"p90-µs", 90}, {"p99-µs", 99}} {
					b.ReportMetric(float64(took[len(took)*p.at/100].Microseconds()), p.name)
				}
			})
		}
	})
}
