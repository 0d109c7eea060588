package crash

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/rawzk"
	"zoosh/internal/wire"
	"zoosh/internal/zkproc"
)

const (
	tick = time.Second
	// longTimeout is that of sessions that are taken up again after a crash,
	// shortTimeout that of those that are given up.
	longTimeout  = 20 * tick
	shortTimeout = 2 * tick
	// goneWait is how long after a crash the znodes of a session that was given up
	// may still be there.
	goneWait = 60 * time.Second
	writers  = 5
	// fewest is how many writes are acknowledged before a server is killed.
	fewest = 200
	// patience is how long they may take.
	patience = 60 * time.Second
)

// A trial kills a server again and again while it is written to.
type trial struct {
	t       testing.TB
	program zkproc.Program
	dir     string
	rng     *rand.Rand
	writers []*writer

	process *zkproc.Process
	highest int64 // zxid that was acknowledged
	acked   int
	ghosts  int // writes that were done and not acknowledged

	// afterKill, if not nil, is done to the data directory while the server is down.
	afterKill func(dataDir string) error
}

func newTrial(t testing.TB, program zkproc.Program, seed uint64) *trial {
	tr := &trial{t: t, program: program, dir: t.TempDir(), rng: rand.New(rand.NewPCG(seed, seed))}
	t.Cleanup(func() {
		if tr.process != nil {
			tr.process.Kill()
		}
	})
	for i := range writers {
		w := &writer{home: fmt.Sprintf("/w%d", i), rng: rand.New(rand.NewPCG(seed, uint64(i))), timeout: longTimeout}
		if i == 0 {
			w.timeout = shortTimeout
		}
		tr.writers = append(tr.writers, w)
	}
	return tr
}

// start starts the server on what there is.
func (tr *trial) start() (err error) {
	tr.process, err = tr.program.Start(tr.dir, tick)
	return err
}

// begin starts the server for the first time.
func (tr *trial) begin() error {
	if err := tr.start(); err != nil {
		return err
	}
	for _, w := range tr.writers {
		if err := w.begin(tr.process.Addr()); err != nil {
			return err
		}
		if err := w.plant(); err != nil {
			return err
		}
	}
	return nil
}

// round lets the writers write, kills the server, starts it again and checks what
// it still knows.
func (tr *trial) round() error {
	if err := tr.write(); err != nil {
		return err
	}
	if tr.afterKill != nil {
		if err := tr.afterKill(zkproc.DataDir(tr.dir)); err != nil {
			return err
		}
	}
	if err := tr.start(); err != nil {
		return fmt.Errorf("%w: it does not start again: %w", errLost, err)
	}
	return tr.check()
}

// write lets all writers write until the server is killed.
func (tr *trial) write() error {
	errs := make([]error, len(tr.writers))
	var wg sync.WaitGroup
	for i, w := range tr.writers {
		wg.Go(func() { errs[i] = w.run(tr.process.Addr()) })
	}
	tr.await(fewest)
	time.Sleep(time.Duration(tr.rng.IntN(600)) * time.Millisecond) // the moment is random
	tr.process.Kill()
	wg.Wait()
	tr.drop()
	return errors.Join(append(errs, tr.countZxids())...)
}

// drop drops the writers' connections.
func (tr *trial) drop() {
	for _, w := range tr.writers {
		if w.Client != nil {
			w.Drop()
		}
		w.Client = nil
	}
}

// await waits until so many writes were acknowledged since the last crash, but not
// for ever: what keeps the server from it will be found out.
func (tr *trial) await(n int64) {
	acknowledged := func() (sum int64) {
		for _, w := range tr.writers {
			sum += w.total.Load()
		}
		return sum
	}
	for before, end := acknowledged(), time.Now().Add(patience); acknowledged() < before+n && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}

// countZxids checks that each zxid was given once, and that those since the last
// crash are above all before it.
func (tr *trial) countZxids() error {
	var all []int64
	for _, w := range tr.writers {
		all = append(all, w.zxids...)
		w.zxids = nil
	}
	slices.Sort(all)
	for i, zxid := range all {
		if zxid <= tr.highest {
			return fmt.Errorf("zxid %#x was given, and before the crash %#x", zxid, tr.highest)
		}
		if i > 0 && zxid == all[i-1] {
			return fmt.Errorf("zxid %#x was given twice", zxid)
		}
	}
	if tr.acked += len(all); len(all) > 0 {
		tr.highest = all[len(all)-1]
	}
	return nil
}

// check holds what the server knows after a crash against what was acknowledged,
// and brings the writers up to date.
func (tr *trial) check() error {
	c, err := rawzk.Dial(tr.process.Addr(), longTimeout)
	if err != nil {
		return err
	}
	defer c.Close()
	zxid, err := c.Do(wire.OpSync, &wire.PathRequest{Path: "/"}, nil)
	if err != nil {
		return err
	}
	if zxid < tr.highest {
		return fmt.Errorf("%w: the server is at zxid %#x and had acknowledged %#x", errLost, zxid, tr.highest)
	}
	if err := tr.resume(); err != nil {
		return err
	}
	for _, w := range tr.writers {
		if err := tr.settle(c, w); err != nil {
			return err
		}
		if err := tr.keepAlive(); err != nil {
			return err
		}
	}
	return nil
}

// resume takes up the sessions that are not given up, before anything that takes
// time.
func (tr *trial) resume() error {
	for _, w := range tr.writers {
		w.over = false
		if w.session == 0 || w.givenUp() {
			continue
		}
		err := w.resume(tr.process.Addr())
		if w.over = errors.Is(err, rawzk.ErrExpired); err != nil && !w.over {
			return err
		}
	}
	return nil
}

// keepAlive says for all writers that their sessions live.
func (tr *trial) keepAlive() error {
	for _, w := range tr.writers {
		if w.Client == nil {
			continue
		}
		if err := w.Ping(); err != nil {
			return fmt.Errorf("%s: %w", w.home, err)
		}
	}
	return nil
}

// settle finds out how many of the writes that were not acknowledged were done:
// the first of them, each wholly, in their order.
func (tr *trial) settle(c *rawzk.Client, w *writer) error {
	if w.givenUp() {
		if err := tr.awaitGone(c, w); err != nil {
			return err
		}
	}
	if w.over && !w.ending() {
		return fmt.Errorf("%w: %s: session %#x is over, and nobody has ended it", errLost, w.home, w.session)
	}
	found, err := subtree(c, w.home)
	if err != nil {
		return err
	}
	done, err := w.explain(found)
	if err != nil {
		return err
	}
	tr.ghosts += done[0]
	return w.goOn(tr.process.Addr(), found, done)
}

// explain tells how many of the pending writes may have been done for this to be
// there. More than one number is possible: there are writes that change nothing.
func (w *writer) explain(found state) (possible []int, err error) {
	s := w.sure
	nearest := ""
	for done := 0; ; done++ {
		candidate := s
		if w.givenUp() {
			candidate, _ = s.apply(write{ends: true}, w.session, unknown)
		}
		difference := candidate.differs(found, w.last)
		if difference == "" {
			possible = append(possible, done)
		} else if nearest == "" || strings.Count(difference, "\n") < strings.Count(nearest, "\n") {
			nearest = difference
		}
		if done == len(w.pending) {
			break
		}
		s, _ = s.apply(w.pending[done], w.session, unknown)
	}
	if possible == nil {
		return nil, fmt.Errorf("%w: %s, with %d writes that were not acknowledged: however many of them were done,\n%s",
			errLost, w.home, len(w.pending), nearest)
	}
	return possible, nil
}

// errLost is wrapped by what is wrong after a crash.
var errLost = errors.New("the server does not know what it must")

// givenUp tells whether nobody takes the session up again after a crash.
func (w *writer) givenUp() bool { return w.timeout == shortTimeout && w.session != 0 }

// goOn begins the next round of a writer: with its session, unless that is over.
func (w *writer) goOn(addr string, found state, done []int) error {
	first, last, all := done[0], done[len(done)-1], len(w.pending)
	mayBeOver := w.ending() && last == all
	mustBeOver := w.ending() && first == all
	w.sure, w.pending = found, nil
	if w.session == 0 || w.givenUp() {
		return w.begin(addr)
	}
	switch {
	case w.over && mayBeOver:
		return w.begin(addr)
	case w.over:
		return fmt.Errorf("%w: %s: session %#x is over, and nobody has ended it", errLost, w.home, w.session)
	case mustBeOver:
		return fmt.Errorf("%w: %s: session %#x was ended, and lives", errLost, w.home, w.session)
	}
	return nil
}

// awaitGone waits until the ephemeral znodes of a session that nobody takes up again
// are gone.
func (tr *trial) awaitGone(c *rawzk.Client, w *writer) error {
	for end := time.Now().Add(goneWait); ; time.Sleep(100 * time.Millisecond) {
		found, err := subtree(c, w.home)
		if err != nil {
			return err
		}
		path := ""
		for p, n := range found {
			if n.owner == w.session {
				path = p
			}
		}
		if path == "" {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%w: %s is there, and session %#x is long over", errLost, path, w.session)
		}
		if err := tr.keepAlive(); err != nil {
			return err
		}
	}
}

// keep copies the data directory as it is while the server is down.
func (tr *trial) keep(name string) (dir string, err error) {
	dir = filepath.Join(tr.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return dir, os.CopyFS(zkproc.DataDir(dir), os.DirFS(zkproc.DataDir(tr.dir)))
}
