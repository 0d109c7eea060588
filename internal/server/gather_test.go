package server

import (
	"testing"
	"time"
)

// Who is expected is waited for, until it was in vain too often.
func TestGathering(t *testing.T) {
	var g gathering
	g.synced(1, 3, 80*time.Microsecond)
	if g.expected != 4 {
		t.Errorf("after 1 and 3 more: %d", g.expected)
	}
	g.synced(40, 30, 80*time.Microsecond)
	if g.expected != 0 {
		t.Errorf("with enough to do: %d", g.expected)
	}
	for i := range 10 {
		g.waited(false)
		rested := 0
		for g.synced(1, 1, 0); g.expected == 0; g.synced(1, 1, 0) {
			rested++
		}
		if want := min(2<<i, gatherRest); rested != want {
			t.Errorf("in vain %d times: %d syncs without, want %d", i+1, rested, want)
		}
	}
	g.waited(true)
	g.waited(false)
	if g.rest != 2 {
		t.Errorf("a gain is forgotten: %d", g.rest)
	}
}
