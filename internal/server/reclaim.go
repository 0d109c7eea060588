package server

import (
	"runtime/debug"
	"time"
)

const (
	// reclaimFrom is how many bytes must have become free before the system gets them
	// back at once.
	reclaimFrom = 32 << 20
	// reclaimEvery is how often that is done at most: it looks through the whole heap.
	reclaimEvery = 10 * time.Second
)

// A reclaimer gives memory back to the system after clients have made the server take
// much, which would otherwise take minutes.
type reclaimer struct {
	most int // what was held at most since memory was given back
	last time.Time
}

// giveBack looks whether there is much to give back.
func (r *reclaimer) giveBack(s *Server) {
	held := 0
	peak := 0
	for _, b := range []*budget{s.unread, s.arriving} {
		most, now := b.takePeak()
		peak += most
		held += now
	}
	s.control(func() {
		for _, t := range []*watchTable{s.tree.dataWatches, s.tree.childWatches} {
			const each = 100 // beside the path
			held += t.bytes + each*t.watches
		}
	})
	r.most = max(r.most, peak, held)
	if r.most-held < reclaimFrom || time.Since(r.last) < reclaimEvery {
		return
	}
	r.most, r.last = held, time.Now()
	go debug.FreeOSMemory()
}
