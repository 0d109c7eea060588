package datadir

import (
	"math/rand/v2"
	"testing"
)

// places are the offsets from 0 to n-1 that a test damages: all of them, and with -short,
// where the race detector has nothing to find in one goroutine, every 16th from one on
// that is another in each run.
func places(n int) (at []int) {
	first, step := 0, 1
	if testing.Short() {
		step = 16
		first = rand.IntN(step)
	}
	for i := first; i < n; i += step {
		at = append(at, i)
	}
	return at
}
