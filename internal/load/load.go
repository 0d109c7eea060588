// Package load measures ZooKeeper servers beside each other: how many requests a
// second they answer and how late, how much memory they take, and how soon after
// their start they answer.
//
// The servers are measured in pairs: for each figure they take turns, so that what
// else the machine does meets all of them. The client is as thin as it can be
// (rawzk), for it runs on the same machine.
package load

import (
	"fmt"
	"slices"
	"time"
)

// Config says what is measured.
type Config struct {
	Connections int
	InFlight    []int         // how many requests of a connection wait for their replies
	Operations  []string      // of those that Operations names; nil for all
	Size        int           // of a znode's data, in bytes
	Rounds      int           // of each figure the median of so many is taken
	Duration    time.Duration // of a round
	WarmUp      time.Duration // of each operation, before the first round
}

// A Cell is what was measured of one operation at one depth, for each server.
type Cell struct {
	Operation   string
	Connections int
	InFlight    int
	Results     []Result // in the order of the addresses
}

// A Result is the median round of a server.
type Result struct {
	PerSecond float64
	P50, P99  time.Duration
}

// Run measures the servers at these addresses. progress is told what is done.
func Run(cfg Config, addrs []string, progress func(format string, args ...any)) ([]Cell, error) {
	plan, err := cfg.plan()
	if err != nil {
		return nil, err
	}
	benches := make([]*bench, len(addrs))
	for i, addr := range addrs {
		if benches[i], err = newBench(addr, cfg); err != nil {
			return nil, err
		}
		defer benches[i].close()
	}
	progress("warming up")
	if err := warmUp(benches, plan); err != nil {
		return nil, err
	}
	var cells []Cell
	for _, inFlight := range cfg.InFlight {
		for _, op := range plan {
			progress("%s, %d×%d", op.name, cfg.Connections, inFlight)
			done, err := measure(benches, op, inFlight)
			if err != nil {
				return nil, err
			}
			cells = append(cells, done...)
		}
	}
	return cells, nil
}

// plan is the operations that are asked for, in the order of the table.
func (c *Config) plan() ([]*operation, error) {
	var plan []*operation
	for i := range operations {
		if c.Operations == nil || slices.Contains(c.Operations, operations[i].name) {
			plan = append(plan, &operations[i])
		}
	}
	for _, name := range c.Operations {
		if !slices.Contains(Operations(), name) {
			return nil, fmt.Errorf("there is no operation %q", name)
		}
	}
	return plan, nil
}

// warmUp does everything that will be measured, for the code of a server that is
// compiled while it runs.
func warmUp(benches []*bench, plan []*operation) error {
	for _, op := range plan {
		for _, inFlight := range benches[0].cfg.InFlight {
			for _, b := range benches {
				if _, err := b.pair(op, inFlight, b.cfg.WarmUp); err != nil {
					return fmt.Errorf("%s: warming up, %s: %w", b.addr, op.name, err)
				}
			}
		}
	}
	return nil
}

// measure lets the servers take turns at an operation, and at the one that clears
// up after it, which is measured too if it has a name.
func measure(benches []*bench, op *operation, inFlight int) ([]Cell, error) {
	cfg := benches[0].cfg
	cells := make([]Cell, 1, 2)
	cells[0] = Cell{Operation: op.name, Connections: cfg.Connections, InFlight: inFlight}
	if op.undo != nil {
		cells = append(cells, Cell{Operation: op.undo.name, Connections: cfg.Connections, InFlight: inFlight})
	}
	for _, b := range benches {
		b.rounds = make([][]Result, len(cells))
	}
	for range cfg.Rounds {
		for _, b := range benches {
			if err := b.round(op, inFlight); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", b.addr, op.name, err)
			}
		}
	}
	for i := range cells {
		for _, b := range benches {
			cells[i].Results = append(cells[i].Results, median(b.rounds[i]))
		}
	}
	return cells, nil
}

// median is the median of each figure by itself.
func median(rounds []Result) Result {
	return Result{
		PerSecond: medianOf(rounds, func(r Result) float64 { return r.PerSecond }),
		P50:       medianOf(rounds, func(r Result) time.Duration { return r.P50 }),
		P99:       medianOf(rounds, func(r Result) time.Duration { return r.P99 }),
	}
}

func medianOf[T float64 | time.Duration](rounds []Result, figure func(Result) T) T {
	all := make([]T, len(rounds))
	for i, r := range rounds {
		all[i] = figure(r)
	}
	slices.Sort(all)
	return all[len(all)/2]
}
