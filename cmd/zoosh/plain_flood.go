package main

import (
	"sync"
	"time"

	"zoosh/shell"
)

// floodTold is how often a flood that goes on is told of.
const floodTold = 5 * time.Second

// A flood counts the watch events that come too fast to be read in line mode, and says
// how many there were when it is over, or goes on for long.
type flood struct {
	put func(shell.Item) // into the stream: what it says keeps its place

	mu    sync.Mutex
	rate  shell.Flood
	left  int       // events that were not shown, nor told of
	since time.Time // when the first of them came
}

// shows tells whether an event that comes now is shown.
func (f *flood) shows() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rate.Shows(time.Now()) {
		return true
	}
	if f.left++; f.left == 1 {
		f.since = time.Now()
		time.AfterFunc(time.Second, f.look)
	}
	return false
}

// look tells of the flood, or looks again later.
func (f *flood) look() {
	f.mu.Lock()
	now := time.Now()
	if f.rate.High(now) && now.Sub(f.since) < floodTold {
		time.AfterFunc(time.Second, f.look)
		f.mu.Unlock()
		return
	}
	n := f.left
	f.left = 0
	f.mu.Unlock()
	f.put(shell.Item{Kind: shell.Stderr, Text: shell.FloodNote(n, "a recording has them, and the TUI in its Events pane") + "\n"})
}
