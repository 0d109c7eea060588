package ui

import (
	"slices"
	"sync/atomic"
)

// A Keymap is the keys of whatever is typed into, and of lists.
type Keymap struct {
	Edits []Edit
	Moves []Move
}

// DefaultKeymap is the keys as they are if nobody has changed them.
func DefaultKeymap() *Keymap {
	return &Keymap{Edits: slices.Clone(readlineKeys), Moves: slices.Clone(listKeys)}
}

// inUse is one for the whole program: there are inputs in every pane and overlay.
var inUse atomic.Pointer[Keymap]

func init() { inUse.Store(DefaultKeymap()) }

// KeysInUse are the keys that inputs and lists have now; they are not to be changed.
func KeysInUse() *Keymap { return inUse.Load() }

// UseKeys gives inputs and lists other keys, before there are any.
func UseKeys(k *Keymap) { inUse.Store(k) }
