package differ

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/zktest"
)

// The environment variables of TestDiffer: how many runs to make up, and the seed
// of the first of them. The one after it has the next seed.
const (
	differRuns = "ZOOSH_DIFFER_RUNS"
	differSeed = "ZOOSH_DIFFER_SEED"
)

const (
	// super is what no ACL stops.
	super = "super:duper"
	// length is how many steps a run has, apart from its beginning and its end.
	length = 40
	// maxFailed is how many runs may differ before the others are left out.
	maxFailed = 5
	// maxTries is how often a run is played to make it shorter, and maxShrinking how
	// long that may take.
	maxTries     = 300
	maxShrinking = 30 * time.Second
)

// runsFrom is how many runs there are to be, and the seed of the first, as the variables
// of these names say.
func runsFrom(t *testing.T, runsVar, seedVar string, otherwise int) (n, seed int) {
	t.Helper()
	n = zktest.FromEnv(t, runsVar, fewer(otherwise))
	seed = zktest.FromEnv(t, seedVar, int(time.Now().UnixNano()%1_000_000_000))
	t.Logf("%d runs from %s=%d on", n, seedVar, seed)
	return n, seed
}

func TestDiffer(t *testing.T) {
	n, seed := runsFrom(t, differRuns, differSeed, 120)
	b := newBench(t, slowTick)
	b.playAll(n, seed, differRuns, differSeed, newGenerator)
}

// playAll plays n runs, and reports those that differ; the variables' names say how
// to have one of them again.
func (b *bench) playAll(n, seed int, runsVar, seedVar string, generate func(seed uint64) *generator) {
	b.t.Helper()
	failed, steps := 0, 0
	for i := range n {
		g := generate(uint64(seed + i))
		g.later(b.later)
		run := g.steps(length)
		steps += len(run)
		first := b.play(run)
		if first == nil {
			continue
		}
		// What is wrong is so on fresh servers, too, or is said to be not.
		b.restart()
		transcript := b.play(run)
		if transcript == nil {
			b.t.Errorf("%s=%d differs, but not again:\n%s", seedVar, seed+i, printed(first))
		} else {
			b.t.Errorf("%s=%d %s=1:\n%s", seedVar, seed+i, runsVar, printed(b.shrink(run, transcript)))
		}
		b.restart()
		if failed++; failed == maxFailed {
			b.t.Fatalf("%d runs differ, that will do", failed)
		}
	}
	b.t.Logf("%d steps, argued differences: %v", steps, b.argued)
}

// printed is a transcript as it is reported: of what is very long, the ends.
func printed(transcript []string) string {
	const longest = 4000
	var b strings.Builder
	for _, line := range transcript {
		if n := len(line); n > longest {
			line = fmt.Sprintf("%s … %s (%d bytes)", line[:longest/2], line[n-longest/2:], n)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// A bench is the two servers: the real one and ours.
type bench struct {
	t       *testing.T
	tick    time.Duration
	dataDir string // ours; "" keeps everything in memory
	debian  *zktest.Server
	ours    *server.Server
	peers   [2]*peer // the real one first
	control [2]*controller
	argued  map[string]int // how often each difference came up
	later   bool           // the real one is of 3.9.2 or later, see argued
}

const (
	// slowTick is the tick of servers where nothing that the passing of time brings
	// about is to happen during a run: no session expires.
	slowTick = 20 * time.Second
	// maxTimeout is the longest timeout of a session, whatever the tick.
	maxTimeout = 20 * slowTick
)

func newBench(t *testing.T, tick time.Duration) *bench {
	t.Helper()
	return (&bench{t: t, tick: tick}).setUp()
}

func (b *bench) setUp() *bench {
	t, tick := b.t, b.tick
	t.Helper()
	b.argued = make(map[string]int)
	b.debian = zktest.Start(t, fmt.Sprintf("tickTime=%d", tick.Milliseconds()),
		fmt.Sprintf("maxSessionTimeout=%d", maxTimeout.Milliseconds()), "maxClientCnxns=0",
		"-Dzookeeper.DigestAuthenticationProvider.superDigest="+superDigest(),
		"-Dznode.container.checkIntervalMs=100000000", "-Dzookeeper.forceSync=no", "-Dzookeeper.enforceQuota=true")
	t.Cleanup(func() { b.ours.Close() })
	b.begin()
	return b
}

func superDigest() string {
	sum := sha1.Sum([]byte(super))
	return "super:" + base64.StdEncoding.EncodeToString(sum[:])
}

// begin starts our server and the controllers.
func (b *bench) begin() {
	b.t.Helper()
	ours, err := server.Start(server.Config{
		TickTime: b.tick, MaxSessionTimeout: maxTimeout, CleanupInterval: 24 * time.Hour,
		SuperDigest: superDigest(), EnforceQuota: true, DataDir: b.dataDir,
	})
	b.must(err)
	b.ours = ours
	b.later = b.debian.Since(3, 9, 2)
	for i, addr := range []string{b.debian.Addr(), ours.Addr()} {
		b.peers[i] = &peer{addr: addr, later: b.later}
		b.control[i], err = newController(addr)
		b.must(err)
		b.peers[i].control = b.control[i]
	}
	b.align()
}

func (b *bench) restart() {
	b.t.Helper()
	b.ours.Close()
	b.debian.Kill()
	b.debian.Wipe()
	b.debian.Restart()
	b.begin()
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// align brings both servers to the same zxid, and returns it.
func (b *bench) align() int64 {
	b.t.Helper()
	var at [2]int64
	for i, k := range b.control {
		zxid, err := k.zxid()
		b.must(err)
		at[i] = zxid
	}
	b.must(b.control[0].burn(at[1] - at[0]))
	b.must(b.control[1].burn(at[0] - at[1]))
	return max(at[0], at[1])
}

// play plays a run, and returns its transcript if the servers differ.
func (b *bench) play(run []*step) []string {
	b.t.Helper()
	start := b.align()
	for _, p := range b.peers {
		p.newRun(start)
	}
	transcript, differs := b.playSteps(run)
	b.align()
	for i, p := range b.peers {
		b.must(p.closeAll())
		b.must(b.control[i].clean())
	}
	if differs {
		return transcript
	}
	b.align()
	var state [2]string
	for i, k := range b.control {
		s, err := k.state()
		b.must(err)
		state[i] = s
	}
	if state[0] != state[1] {
		return append(transcript, "After cleaning up:", "-"+state[0], "+"+state[1])
	}
	return nil
}

func (b *bench) playSteps(run []*step) (transcript []string, differs bool) {
	b.t.Helper()
	for _, s := range run {
		var saw [2][]string
		for i, p := range b.peers {
			lines, err := p.do(s)
			b.must(err)
			saw[i] = lines
		}
		transcript = append(transcript, s.String())
		if slices.Equal(saw[0], saw[1]) {
			transcript = append(transcript, saw[0]...)
			continue
		}
		for i, sign := range []string{"-", "+"} {
			for _, line := range saw[i] {
				transcript = append(transcript, sign+line)
			}
		}
		why, goesOn := b.arguable(s, saw[0], saw[1])
		if why == "" {
			return transcript, true
		}
		b.argued[why]++
		if !goesOn {
			return transcript, false
		}
		b.align()
	}
	return transcript, false
}

// shrink makes a run that differs as short as it can: it leaves out ever smaller
// pieces as long as it differs without them. It returns the transcript; shortest is
// that of the whole run, which was the last to be played.
func (b *bench) shrink(run []*step, shortest []string) []string {
	b.t.Helper()
	b.restart() // what has come to differ would go on to
	end := time.Now().Add(maxShrinking)
	for tries, size := 0, len(run)/2; size > 0 && tries < maxTries; {
		shorter := false
		for at := 0; at < len(run) && tries < maxTries; tries++ {
			if time.Now().After(end) {
				tries = maxTries
				break
			}
			without := slices.Delete(slices.Clone(run), at, min(at+size, len(run)))
			if transcript := b.play(without); transcript != nil {
				b.restart()
				run, shortest, shorter = without, transcript, true
				continue
			}
			at += size
		}
		if !shorter || size > 1 {
			size /= 2
		}
	}
	return append(shortest, fmt.Sprintf("(%d steps)", len(run)))
}
