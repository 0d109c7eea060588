package crash

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"zoosh/internal/zkproc"
	"zoosh/internal/zktest"
)

// roundsVar and seedVar are the variables that the package comment tells of.
const (
	roundsVar     = "ZOOSH_CRASH_ROUNDS"
	seedVar       = "ZOOSH_CRASH_SEED"
	defaultRounds = 5
	// oftenSnapped makes a server take snapshots while it is written to, seldomSnapped
	// keeps it from that.
	oftenSnapped  = 200
	seldomSnapped = 100_000
	// dumpEvery is after how many rounds both servers' dumps are compared.
	dumpEvery = 25
)

func seed(t testing.TB) uint64 {
	t.Helper()
	n := zktest.FromEnv(t, seedVar, int(time.Now().UnixNano()))
	t.Logf("%s=%d", seedVar, n)
	return uint64(n)
}

// debian is Debian's ZooKeeper, with a snapshot after so many transactions;
// old ones are removed.
func debian(t testing.TB, snapCount int) zkproc.Program {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds, and the race detector sees nothing of servers that are processes of their own")
	}
	zktest.RequireZooKeeper(t)
	return zkproc.Debian(append([]string{fmt.Sprintf("-Dzookeeper.snapCount=%d", snapCount)}, zkproc.QuickJVM...))
}

var builtIn string // the folder of what build has built

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "zoosh-crash-")
	if err != nil {
		return "", err
	}
	builtIn = dir
	binary := filepath.Join(dir, "zoosh")
	out, err := exec.Command("go", "build", "-o", binary, "zoosh/cmd/zoosh").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return binary, nil
})

// zoosh is zoosh serve on a data directory, with a snapshot after so many transactions;
// old ones are removed.
func zoosh(t testing.TB, snapCount int) zkproc.Program {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds, and the race detector sees nothing of servers that are processes of their own")
	}
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return zkproc.Zoosh(binary, true, "-snap-count", strconv.Itoa(snapCount), "-keep", "3")
}

func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

// servers are what the tests are for.
var servers = []struct {
	name    string
	program func(t testing.TB, snapCount int) zkproc.Program
}{{"ZooKeeper", debian}, {"zoosh", zoosh}}

func TestCrash(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			tr := newTrial(t, server.program(t, oftenSnapped), seed(t))
			if err := tr.begin(); err != nil {
				t.Fatal(err)
			}
			rounds := zktest.FromEnv(t, roundsVar, defaultRounds)
			for i := 1; i <= rounds; i++ {
				if err := tr.round(); err != nil {
					t.Fatalf("round %d: %v\n%s", i, err, tr.process.Log())
				}
				if zkproc.HasDebian() && (i == rounds || i%dumpEvery == 0) {
					if err := tr.sameAs(debian(t, oftenSnapped), "round-"+strconv.Itoa(i)); err != nil {
						t.Fatalf("round %d: %v", i, err)
					}
				}
			}
			t.Logf("%d crashes, %d writes acknowledged, %d done and not acknowledged", rounds, tr.acked, tr.ghosts)
		})
	}
}

// The test above is worth something only if it notices.
func TestLostWritesAreNoticed(t *testing.T) {
	const unacknowledged = writers * inFlight // at most
	for _, server := range servers {
		for _, lost := range []struct {
			name     string
			n, after int
		}{{"the last", unacknowledged + 10, 0}, {"some before the last", 30, unacknowledged}} {
			t.Run(server.name+"/"+lost.name, func(t *testing.T) {
				tr := newTrial(t, server.program(t, seldomSnapped), seed(t))
				if err := tr.begin(); err != nil {
					t.Fatal(err)
				}
				tr.afterKill = func(dataDir string) error { return drop(dataDir, lost.n, lost.after) }
				err := tr.round()
				if t.Log(err); !errors.Is(err, errLost) {
					t.Error("acknowledged writes were taken out of the log, and nothing is said of it")
				}
			})
		}
	}
}
