package session

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// Held counts what is held of a tree against a limit. It may be used by several
// goroutines.
type Held struct {
	limit   int64
	bytes   atomic.Int64
	allowed int // Limits.Held, which the message tells
}

// NewHeld begins to count, of what Limits.Held allows.
func (l Limits) NewHeld() *Held { return l.part(1) }

// NewHeldAhead is NewHeld for what is only held until it is looked at: half as much.
func (l Limits) NewHeldAhead() *Held { return l.part(2) }

func (l Limits) part(n int) *Held {
	return &Held{allowed: l.Held, limit: int64(l.Held / n)}
}

// Take adds bytes. The error is a *HeldError if they are more than there may be.
func (h *Held) Take(n int) error {
	if h.bytes.Add(int64(n)) > h.limit {
		return &HeldError{Limit: h.allowed}
	}
	return nil
}

// Give takes bytes off that are held no more.
func (h *Held) Give(n int) { h.bytes.Add(-int64(n)) }

// Limit is how many bytes may be held.
func (h *Held) Limit() int { return int(h.limit) }

// Bytes are how many are held now.
func (h *Held) Bytes() int { return int(h.bytes.Load()) }

// levels is how many bytes of the limit make room for a level of the tree. Those of
// DefaultHeld are more levels than a tree ever has.
const levels = 32 << 10

// Depth is how many levels a tree may have below its first znode.
func (h *Held) Depth() int { return max(1000, h.allowed/levels) }

// TooDeep is the error of a tree with more levels than Depth.
func (h *Held) TooDeep() error { return &HeldError{Limit: h.allowed, Depth: h.Depth()} }

// HeldError is a tree that is too large for Limits.Held.
type HeldError struct {
	Limit int // bytes
	Depth int // levels, if it is too deep
}

// Error implements error.
func (e *HeldError) Error() string {
	if e.Depth > 0 {
		return fmt.Sprintf("the tree has more than %d levels, and is given up: %s N allows more, with N above %d", e.Depth, HeldFlag, e.Limit>>20)
	}
	return fmt.Sprintf("the tree is too large to be held, and is given up: more than %d MiB of it would have to be; %s N allows N MiB", e.Limit>>20, HeldFlag)
}

// IsHeld tells whether an error is of a tree that is too large.
func IsHeld(err error) bool {
	var held *HeldError
	return errors.As(err, &held)
}
