package server

import (
	"errors"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// This file decides which connections are let in. Each takes a file descriptor, even if
// its client says nothing, and must leave those alone that the disk needs.

const (
	// sparedFiles is how many descriptors connections leave to the rest of the process:
	// the disk, first of all. Of few a quarter is left.
	sparedFiles = 64
	// diskFiles is how many are kept open for the disk, to be closed when it needs them:
	// a log and a snapshot with the directories they are in.
	diskFiles = 6
	// newcomerTime is how long a connection may take to say something before it may
	// have to give way to another.
	newcomerTime = 20 * time.Millisecond
)

// newSlots makes a slot for each connection that there are descriptors for.
func newSlots() chan struct{} {
	limit, known := descriptorLimit()
	if !known {
		return make(chan struct{}, 1<<20)
	}
	free := limit - openDescriptors() - min(sparedFiles, limit/4)
	return make(chan struct{}, max(free, 4))
}

// openDescriptors is how many the process has open, as far as that is known.
func openDescriptors() int {
	for _, dir := range []string{"/proc/self/fd", "/dev/fd"} {
		if open, err := os.ReadDir(dir); err == nil {
			return len(open)
		}
	}
	return 16
}

// awaitSlot waits until there is a descriptor for one more connection; it tells false if
// the server stops instead. Meanwhile it closes connections that have not said a word.
func (s *Server) awaitSlot() bool {
	for {
		select {
		case s.slots <- struct{}{}:
			return true
		case <-s.quit:
			return false
		default:
		}
		s.control(func() { s.evictSilent(nil) })
		select {
		case s.slots <- struct{}{}:
			return true
		case <-s.quit:
			return false
		case <-time.After(newcomerTime):
		}
	}
}

// evictSilent drops the connection that has been silent longest, of one origin or of
// any, and tells whether there was one that is no newcomer.
func (s *Server) evictSilent(of *origin) bool {
	for e := s.silent.Front(); e != nil; e = e.Next() {
		c := e.Value.(*conn)
		if of != nil && c.origin() != *of {
			continue
		}
		if time.Since(c.since) < newcomerTime {
			return false
		}
		s.unregister(c)
		c.abort()
		return true
	}
	return false
}

// register counts a connection, unless there are as many as there may be: of its address
// on that port, or in all. Then the one gives way that has been silent longest, if there
// is one.
func (s *Server) register(c *conn) bool {
	from := c.origin()
	if most := s.cfg.MaxClientCnxns; most > 0 && s.connsByOrigin[from] >= most && !s.evictSilent(&from) {
		s.logf("%v: too many connections from %v, the most is %d", c, c.addr, most)
		s.stats.rejected++
		return false
	}
	if most := s.cfg.MaxCnxns; most > 0 && len(s.conns) >= most && !s.evictSilent(nil) {
		s.logf("%v: too many connections, the most is %d", c, most)
		s.stats.rejected++
		return false
	}
	s.conns[c] = struct{}{}
	s.connsByOrigin[from]++
	c.silent = s.silent.PushBack(c)
	return true
}

// unregister counts a connection no more. It may be called again.
func (s *Server) unregister(c *conn) {
	if _, is := s.conns[c]; !is {
		return
	}
	delete(s.conns, c)
	c.spoke()
	c.countIdentities(0)
	s.unparked(c)
	if s.connsByOrigin[c.origin()]--; s.connsByOrigin[c.origin()] == 0 {
		delete(s.connsByOrigin, c.origin())
	}
}

// spoke notes that the client has said what it wants.
func (c *conn) spoke() {
	if c.silent != nil {
		c.s.silent.Remove(c.silent)
		c.silent = nil
	}
}

// A fileReserve are descriptors that are kept for the disk.
type fileReserve struct {
	files  []*os.File
	lacked atomic.Bool // the disk waits for one: nobody else is to get it
}

// fill opens those that are missing, as far as it can.
func (r *fileReserve) fill() {
	for len(r.files) < diskFiles {
		f, err := os.Open(os.DevNull)
		if err != nil {
			return
		}
		r.files = append(r.files, f)
	}
}

// lend closes them, and tells whether there were any.
func (r *fileReserve) lend() bool {
	had := len(r.files) > 0
	for _, f := range r.files {
		f.Close()
	}
	r.files = nil
	return had
}

// lacksDescriptors tells whether an error is that no file can be opened now: nothing is
// wrong with the disk then.
func lacksDescriptors(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// withFiles runs f, which opens files, and again as long as there are no descriptors for
// them. Of these first the reserve is lent; then connections have to give way. It is the
// journal's goroutine that calls it.
func (s *Server) withFiles(f func() error) error {
	const shortest, longest, atEnd = 5 * time.Millisecond, time.Second, 20
	defer s.files.lacked.Store(false)
	err := f()
	for pause, stops := shortest, 0; lacksDescriptors(err) && stops < atEnd; pause = min(2*pause, longest) {
		if !s.files.lend() {
			if !s.files.lacked.Swap(true) {
				s.logf("no descriptor is free for the disk, which waits for one: %v", err)
			}
			s.control(func() { s.evictSilent(nil) })
			select {
			case <-s.quit:
				stops++
				time.Sleep(shortest)
			case <-time.After(pause):
			}
		}
		err = f()
	}
	s.files.fill()
	return err
}
