package server

import "time"

// gathering decides how long a sync waits for more to be part of it. Clients that
// wait for each reply would otherwise fall into two halves that take turns: those that
// a sync has released send their next requests a moment later, just too late for the
// sync that has begun meanwhile.
type gathering struct {
	// expected is how many txns the next sync is likely to be of: as many as the
	// last one and what had gathered by its end; 0 is not to wait for any.
	expected int
	took     time.Duration // a sync, on average
	vain     int           // how often in a row nobody came
	rest     int           // for so many syncs nobody is waited for
	late     bool          // the time is over
}

const (
	// gatherMost is from how many txns on a sync does not wait for more.
	gatherMost = 64
	// gatherLongest is how long it waits at most, if a sync takes longer than that.
	gatherLongest = 500 * time.Microsecond
	// gatherRest is for how many syncs nobody is waited for at most.
	gatherRest = 64
)

// synced notes a sync of so many txns, after which there were so many more.
func (g *gathering) synced(txns, more int, took time.Duration) {
	g.took += (took - g.took) / 8
	g.expected = txns + more
	if g.expected > gatherMost {
		g.expected = 0
	}
	if g.rest > 0 {
		g.expected = 0
		g.rest--
	}
}

// waited notes whether waiting has brought anything. When it has not it is left
// alone for a while, longer each time.
func (g *gathering) waited(gained bool) {
	if gained {
		g.vain = 0
		return
	}
	g.vain++
	g.rest = min(1<<g.vain, gatherRest)
}

// awaitOthers waits with a batch that is begun for half of what a sync takes, unless
// it is all that is to be expected. mu is held.
func (j *journal) awaitOthers() {
	g, had := &j.gather, len(j.next.ends)
	if had >= g.expected || j.closed {
		return
	}
	g.late = false
	timer := time.AfterFunc(min(g.took/2, gatherLongest), func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		g.late = true
		j.changed.Broadcast()
	})
	defer timer.Stop()
	for len(j.next.ends) < g.expected && !g.late && !j.closed {
		j.changed.Wait()
	}
	g.waited(len(j.next.ends) > had)
}
