package shell

import (
	"fmt"
	"os"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/zktest"
)

// forest is how many leaves the benchmarks have, a hundred below each parent.
const forest = 100_000

// BenchmarkForest measures the commands that read or write whole subtrees, on the
// embedded server and on a real one, and there what zkCli takes for the same, its
// start included (ls / is its start and little else).
func BenchmarkForest(b *testing.B) {
	b.Run("embedded", func(b *testing.B) {
		srv, err := server.Start(server.Config{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { srv.Close() })
		benchForest(b, srv.Addr())
	})
	b.Run("zookeeper", func(b *testing.B) {
		zk := zktest.Start(b, "snapCount=10000000")
		benchForest(b, zk.Addr())
		for _, args := range [][]string{{"ls", "/"}, {"ls", "-R", "/"}, {"deleteall", "/gone"}} {
			b.Run("zkCli "+args[0]+" "+args[1], func(b *testing.B) {
				for b.Loop() {
					if args[0] == "deleteall" {
						b.StopTimer()
						benchShell(b, zk.Addr()).do("import -y forest.json /gone")
						b.StartTimer()
					}
					if out, err := zktest.ZkCli(b, append([]string{"-server", zk.Addr()}, args...)...).CombinedOutput(); err != nil {
						b.Fatalf("%v: %.300s", err, out)
					}
				}
			})
		}
	})
}

func benchShell(b *testing.B, addr string) *tester {
	return openOn(b, nil, Config{Target: session.Target{Connect: addr}, Dialect: D39})
}

func benchForest(b *testing.B, addr string) {
	b.Chdir(b.TempDir())
	x := benchShell(b, addr)
	plantMany(b, x.sh.Session(), "/forest", forest)
	x.do("export /forest forest.json")
	for _, line := range []string{"ls -R /forest", "find /forest", "find -name 0? -size +0 /forest", "count -e /forest", "du /forest", "grep nothing /forest",
		"export -f /forest forest.json", "diff forest.json /forest"} {
		b.Run(line, func(b *testing.B) {
			for b.Loop() {
				x.rec.take()
				x.run(line)
			}
			b.ReportMetric(forest*float64(b.N)/b.Elapsed().Seconds(), "znodes/s")
		})
	}
	for _, line := range []string{"import -y forest.json /new%d", "deleteall -y /new%d"} {
		n := 0
		b.Run(fmt.Sprintf(line, 0), func(b *testing.B) {
			for b.Loop() {
				if b.StopTimer(); line[0] == 'd' {
					if n == 0 {
						x.run("deleteall -y /new0")
					}
					x.do(fmt.Sprintf("import -y forest.json /new%d", n))
				}
				x.rec.take()
				b.StartTimer()
				x.do(fmt.Sprintf(line, n))
				b.StopTimer()
				if line[0] == 'i' {
					x.do(fmt.Sprintf("deleteall -y /new%d", n))
				}
				n++
				b.StartTimer()
			}
			b.ReportMetric(forest*float64(b.N)/b.Elapsed().Seconds(), "znodes/s")
		})
	}
	if st, err := os.Stat("forest.json"); err == nil {
		b.Logf("the export has %d bytes", st.Size())
	}
}
