package server

import (
	"math/bits"
	"math/rand/v2"
	"strings"

	"zoosh/internal/wire"
)

// pathIndex finds those of a set of paths that are above another. Looking for each of a
// path's ancestors takes the square of its length, and who makes znodes thousands of
// levels deep could have others pay for that; by hashes that go on from one ancestor to
// the next it takes its length. The zero value is an empty set.
type pathIndex struct {
	hashes map[uint64]int // how many paths have each
}

// fewLevels is up to how many levels a path's ancestors are looked for one by one, which
// is faster.
const fewLevels = 16

// hashPrime is 2^61-1. A polynomial at a point that nobody knows, modulo a prime, is a
// hash for which nobody can find paths that collide.
const hashPrime = 1<<61 - 1

var hashPoint = 256 + rand.Uint64N(hashPrime-512)

// hashOn is the hash of what has the hash h, and one byte more.
func hashOn(h uint64, b byte) uint64 {
	hi, lo := bits.Mul64(h, hashPoint)
	h = lo&hashPrime + (lo>>61 | hi<<3) + uint64(b) + 1
	h = h&hashPrime + h>>61
	if h >= hashPrime {
		h -= hashPrime
	}
	return h
}

func hashOf(path string) (h uint64) {
	for i := range len(path) {
		h = hashOn(h, path[i])
	}
	return h
}

func (x *pathIndex) add(path string) {
	if x.hashes == nil {
		x.hashes = make(map[uint64]int)
	}
	x.hashes[hashOf(path)]++
}

func (x *pathIndex) remove(path string) {
	h := hashOf(path)
	if x.hashes[h]--; x.hashes[h] <= 0 {
		delete(x.hashes, h)
	}
}

// above yields the ancestors of a path that may be in the set, the nearest first, and
// without the path itself. All that are in it are among them.
func (x *pathIndex) above(path string, yield func(ancestor string) bool) {
	if len(x.hashes) == 0 {
		return
	}
	if strings.Count(path, "/") <= fewLevels {
		for path != "/" && path != "" {
			if path, _ = wire.SplitPath(path); path != "" && !yield(path) {
				return
			}
		}
		return
	}
	var ends []int
	var h uint64
	for i := range len(path) {
		if path[i] == '/' && i > 0 && x.hashes[h] > 0 {
			ends = append(ends, i)
		}
		h = hashOn(h, path[i])
	}
	for i := len(ends) - 1; i >= 0; i-- {
		if !yield(path[:ends[i]]) {
			return
		}
	}
	if path != "/" && path[0] == '/' {
		yield("/")
	}
}
