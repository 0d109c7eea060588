package load

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"zoosh/internal/rawzk"
	"zoosh/internal/wire"
)

// A bench is one server and the connections to it.
type bench struct {
	cfg     Config
	addr    string
	workers []*worker
	rounds  [][]Result // of the operation being measured, and of what undoes it
}

// root is below which everything happens.
const root = "/load"

func newBench(addr string, cfg Config) (*bench, error) {
	b := &bench{cfg: cfg, addr: addr}
	if err := plantRoot(addr); err != nil {
		return nil, fmt.Errorf("%s: %w", addr, err)
	}
	for i := range cfg.Connections {
		w, err := newWorker(addr, fmt.Sprintf("%s/c%d", root, i), cfg.Size)
		if err != nil {
			b.close()
			return nil, fmt.Errorf("%s: %w", addr, err)
		}
		b.workers = append(b.workers, w)
	}
	return b, nil
}

// Plant creates n znodes, a hundred below each parent, with size bytes of data each.
func Plant(addr string, n, size int) error {
	c, err := rawzk.Dial(addr, sessionTimeout)
	if err != nil {
		return err
	}
	w := &worker{Client: c, creation: wire.CreateRequest{Data: make([]byte, size), ACL: wire.OpenACL()}}
	paths := []string{"/planted"}
	for i := 0; len(paths) <= n; i++ {
		if i%100 == 0 {
			paths = append(paths, fmt.Sprintf("/planted/%06d", i/100))
		}
		paths = append(paths, fmt.Sprintf("/planted/%06d/%02d", i/100, i%100))
	}
	if err := w.plant(paths[:n+1]); err != nil {
		return err
	}
	return c.Close()
}

func plantRoot(addr string) error {
	c, err := rawzk.Dial(addr, sessionTimeout)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Do(wire.OpCreate, &wire.CreateRequest{Path: root, ACL: wire.OpenACL()}, nil)
	return err
}

func (b *bench) close() {
	for _, w := range b.workers {
		w.Drop()
	}
}

// round measures an operation once, and what undoes it.
func (b *bench) round(op *operation, inFlight int) error {
	results, err := b.pair(op, inFlight, b.cfg.Duration)
	for i, r := range results {
		b.rounds[i] = append(b.rounds[i], r)
	}
	return err
}

// pair does an operation for some time, and then what undoes it as often.
func (b *bench) pair(op *operation, inFlight int, length time.Duration) ([]Result, error) {
	end := time.Now().Add(length)
	// An even number, for the operations that go in twos.
	first, counts, err := b.all(op, inFlight, func(_, sent int) bool { return sent%2 == 1 || time.Now().Before(end) })
	if err != nil || op.undo == nil {
		return []Result{first}, err
	}
	second, _, err := b.all(op.undo, inFlight, func(worker, sent int) bool { return sent < counts[worker] })
	return []Result{first, second}, err
}

// all drives all connections at once. It returns how many requests each has sent.
func (b *bench) all(op *operation, inFlight int, more func(worker, sent int) bool) (Result, []int, error) {
	took := make([][]time.Duration, len(b.workers))
	errs := make([]error, len(b.workers))
	var wg sync.WaitGroup
	began := time.Now()
	for i, w := range b.workers {
		wg.Go(func() {
			took[i], errs[i] = w.drive(op, inFlight, func(sent int) bool { return more(i, sent) })
		})
	}
	wg.Wait()
	length := time.Since(began)
	counts := make([]int, len(took))
	for i := range took {
		if errs[i] != nil {
			return Result{}, nil, errs[i]
		}
		counts[i] = len(took[i])
	}
	return summarize(slices.Concat(took...), length), counts, nil
}

func summarize(took []time.Duration, length time.Duration) Result {
	if len(took) == 0 {
		return Result{}
	}
	slices.Sort(took)
	return Result{
		PerSecond: float64(len(took)) / length.Seconds(),
		P50:       took[len(took)/2],
		P99:       took[len(took)*99/100],
	}
}
