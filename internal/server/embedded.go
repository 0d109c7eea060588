package server

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"zoosh/internal/control"
)

// Embedded is a server within a program that controls it: for those who teach or
// test what happens to clients when a server or the network fails.
//
// Its methods may be called by any goroutine. Those that change something wait
// until it is done, one at a time.
type Embedded struct {
	ahead     atomic.Int64 // nanoseconds by which its clock is
	condition atomic.Int32
	serving   atomic.Pointer[Server] // the one that runs, or has failed; nil while it is stopped

	mu      sync.Mutex
	cfg     Config
	running *Server // nil while it is stopped or has failed, and in the end
	memory  *memory // while it is stopped or has failed
	end     error   // what a server that has failed ended with, until another runs
	addr    string
	due     bool // the clock was advanced while nobody could clean up
	closed  bool
}

// What a server refuses in one condition or another.
var (
	errPaused  = errors.New("the server is paused: it has to be resumed first")
	errRunning = errors.New("the server is running")
	errStopped = errors.New("the server is stopped: it has to be started first")
	errClosed  = errors.New("the server is closed")
)

// StartEmbedded starts a server that is listening when it returns.
func StartEmbedded(cfg Config) (*Embedded, error) {
	e := &Embedded{cfg: cfg}
	now := cfg.now
	if now == nil {
		now = time.Now
	}
	e.cfg.now = func() time.Time { return now().Add(time.Duration(e.ahead.Load())) }
	srv, err := Start(e.cfg)
	if err != nil {
		return nil, err
	}
	e.runs(srv)
	e.addr = srv.Addr()
	// It comes back to the same ports.
	if e.cfg.SecureAddr = srv.SecureAddr(); e.addr != e.cfg.SecureAddr {
		e.cfg.Addr = e.addr
	}
	e.cfg.memory = nil
	return e, nil
}

// Addr is the host:port that the server listens on, whenever it does.
func (e *Embedded) Addr() string { return e.addr }

// Recovered is what the server went on from in its data directory; nil if it began empty.
func (e *Embedded) Recovered() *Recovered {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running == nil {
		return nil
	}
	return e.running.Recovered()
}

// Condition is what the server is doing. It never waits.
func (e *Embedded) Condition() control.Condition {
	if e.Failure() != nil {
		return control.Failed
	}
	return control.Condition(e.condition.Load())
}

// Failure is why the server has ended by itself, nil unless it has. It never waits,
// and a client whose connection has ended by it finds it told.
func (e *Embedded) Failure() error {
	if s := e.serving.Load(); s != nil {
		return s.failure()
	}
	return nil
}

// lock takes mu, and lets go of a server that has failed.
func (e *Embedded) lock() {
	e.mu.Lock()
	e.settle()
}

// settle lets go of a server that has failed. mu is held.
func (e *Embedded) settle() {
	if e.running == nil || e.Failure() == nil {
		return
	}
	e.end = e.running.Close()
	e.memory, _ = e.running.takeMemory() // it is closed
	e.running = nil
	e.condition.Store(int32(control.Stopped))
}

// runs has srv be the server. mu is held, or nobody else knows of e yet.
func (e *Embedded) runs(srv *Server) {
	e.running, e.memory, e.end = srv, nil, nil
	e.condition.Store(int32(control.Running))
	e.serving.Store(srv)
}

// failed is what is refused once the server has failed.
func (e *Embedded) failed() error {
	return fmt.Errorf("the server has failed, starting it tries again: %w", e.Failure())
}

// Close ends the server for good. That it had failed by then is an error.
func (e *Embedded) Close() error {
	e.lock()
	defer e.mu.Unlock()
	srv, end := e.running, e.end
	e.running, e.memory, e.end, e.closed = nil, nil, nil, true
	e.serving.Store(nil)
	e.condition.Store(int32(control.Stopped))
	if srv == nil {
		return end
	}
	return srv.Close()
}

// on runs f on the running server, paused or not.
func (e *Embedded) on(f func(s *Server) error) error {
	e.lock()
	defer e.mu.Unlock()
	return e.locked(f)
}

// locked is on with mu held.
func (e *Embedded) locked(f func(s *Server) error) (err error) {
	s := e.running
	switch {
	case e.closed:
		return errClosed
	case s == nil && e.Failure() != nil:
		return e.failed()
	case s == nil:
		return errStopped
	case !s.control(func() { err = f(s) }):
		if s.failure() != nil { // just now
			e.settle()
			return e.failed()
		}
		return errClosed
	}
	return err
}

// onSession is on for what is about a session. A server that is paused does
// nothing to one; the network still can.
func (e *Embedded) onSession(id int64, f func(s *Server) error) error {
	return e.on(func(s *Server) error {
		switch {
		case s.paused:
			return errPaused
		case s.sessions[id] == nil:
			return noSession(id)
		}
		return f(s)
	})
}

func noSession(id int64) error { return fmt.Errorf("the server has no session %#x", uint64(id)) }

// Status tells how the server is.
func (e *Embedded) Status() control.Status {
	e.lock()
	defer e.mu.Unlock()
	var st control.Status
	err := e.locked(func(s *Server) error {
		st = s.knows().status()
		return nil
	})
	if err != nil && e.memory != nil {
		st = e.memory.status()
	}
	st.Addr, st.DataDir = e.addr, e.cfg.DataDir
	st.Ahead = time.Duration(e.ahead.Load())
	st.Condition, st.Failure = e.Condition(), e.Failure()
	return st
}

// Expire ends a session as if it had not been heard of for the length of its
// timeout: its ephemeral znodes go, its connection is dropped, and its client is
// told when it comes back.
func (e *Embedded) Expire(id int64) error {
	return e.onSession(id, func(s *Server) error {
		s.expire(id)
		return nil
	})
}

// Drop drops the connection of a session. The session lives, and its client will
// connect again.
func (e *Embedded) Drop(id int64) error {
	return e.onSession(id, func(s *Server) error { return s.hangUp(id) })
}

// Delay delays what a session's client and the server send to each other, in
// order, by any connection. Zero ends that. A line that was cut is so no more.
func (e *Embedded) Delay(id int64, each time.Duration) error {
	return e.onLine(id, func(s *Server) { s.tamper(id, each, false) })
}

// Cut lets nothing pass between a session's client and the server until Heal: not
// the end of a connection either, so that both sides find out by their timeouts
// alone. New connections of the client are accepted, and hear nothing, but for a TLS
// handshake: whose they are is not known before.
func (e *Embedded) Cut(id int64) error {
	return e.onLine(id, func(s *Server) { s.tamper(id, 0, true) })
}

// onLine is on for what the network does to a session.
func (e *Embedded) onLine(id int64, f func(s *Server)) error {
	return e.on(func(s *Server) error {
		if s.sessions[id] == nil && s.faults[id] == nil {
			return noSession(id)
		}
		f(s)
		return nil
	})
}

// Heal ends what Cut and Delay have done to a session, which may be over by now.
// What was held up arrives.
func (e *Embedded) Heal(id int64) error {
	return e.on(func(s *Server) error {
		if s.faults[id] == nil {
			return fmt.Errorf("nothing is wrong with the line of session %#x", uint64(id))
		}
		s.tamper(id, 0, false)
		return nil
	})
}

// HealAll heals all sessions, and tells how many there were to heal.
func (e *Embedded) HealAll() (healed int, err error) {
	err = e.on(func(s *Server) error {
		healed = len(s.faults)
		for id := range s.faults {
			s.tamper(id, 0, false)
		}
		return nil
	})
	return healed, err
}

// Pause has the server stand still, as a process that was sent SIGSTOP does. No
// session expires meanwhile.
func (e *Embedded) Pause() error {
	return e.on(func(s *Server) error {
		if s.paused {
			return errors.New("the server is paused already")
		}
		s.paused = true
		e.condition.Store(int32(control.Paused))
		return nil
	})
}

// Resume ends a pause: the sessions that are overdue by now expire, and what
// waited is served in its order. See resumeService.
func (e *Embedded) Resume() error {
	return e.on(func(s *Server) error {
		if !s.paused {
			return errRunning
		}
		e.condition.Store(int32(control.Running))
		s.resumeService()
		e.catchUp(s)
		return nil
	})
}

// Stop stops the server, which then refuses connections. It remembers its znodes
// and sessions for Start.
func (e *Embedded) Stop() error {
	e.lock()
	defer e.mu.Unlock()
	return e.stop()
}

func (e *Embedded) stop() error {
	switch {
	case e.closed:
		return errClosed
	case e.running == nil && e.Failure() != nil:
		return e.failed()
	case e.running == nil:
		return errors.New("the server is stopped already")
	}
	e.serving.Store(nil) // what goes wrong now is for the caller
	err := e.running.Close()
	e.memory, _ = e.running.takeMemory() // it is closed
	e.running = nil
	e.condition.Store(int32(control.Stopped))
	return err
}

// Start starts the server again, on its port, as if its memory had been on a disk, or
// with what its disk has if it had failed, or, if it is to forget, with an empty tree.
// Sessions that it remembers have their whole timeout from then on.
func (e *Embedded) Start(forget bool) error {
	e.lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return errClosed
	case e.Condition() == control.Paused:
		return errPaused
	case e.running != nil:
		return errRunning
	}
	return e.start(forget)
}

func (e *Embedded) start(forget bool) error {
	cfg := e.cfg
	if forget && cfg.DataDir != "" {
		return fmt.Errorf("the server keeps its data in %s, where it forgets nothing", cfg.DataDir)
	}
	if !forget {
		// With a data directory only what it knows of the network counts: the rest is
		// read again from the disk.
		cfg.memory = e.memory
	}
	srv, err := Start(cfg)
	if err != nil {
		return fmt.Errorf("start the server again: %w", err)
	}
	e.runs(srv)
	srv.control(func() { e.catchUp(srv) })
	return nil
}

// catchUp deletes what an advance of the clock has made due while the server stood
// still. mu is held.
func (e *Embedded) catchUp(s *Server) {
	if e.due {
		s.cleanUpAll()
	}
	e.due = false
}

// Restart is Stop and Start.
func (e *Embedded) Restart(forget bool) error {
	e.lock()
	defer e.mu.Unlock()
	if forget && e.cfg.DataDir != "" {
		return e.start(forget) // which refuses it
	}
	if e.running != nil || e.closed {
		if err := e.stop(); err != nil {
			return err
		}
	}
	return e.start(forget)
}

// maxAhead keeps the clock within what times can tell.
const maxAhead = 100 * 365 * 24 * time.Hour

// Advance puts the clock forward that znodes are stamped by and that TTLs go by,
// and deletes what is to go by then, unless the server stands still. It tells how
// many znodes. Sessions do not notice: as in ZooKeeper, which times them by the
// monotonic clock, setting a machine's clock ends none.
func (e *Embedded) Advance(by time.Duration) (deleted int, err error) {
	e.lock()
	defer e.mu.Unlock()
	ahead := e.ahead.Load()
	if by <= 0 || by > maxAhead || ahead > math.MaxInt64-int64(by) || ahead+int64(by) > int64(maxAhead) {
		return 0, fmt.Errorf("the clock goes forward, and not by more than %d years in all", maxAhead/(365*24*time.Hour))
	}
	if e.closed {
		return 0, errClosed
	}
	e.ahead.Add(int64(by))
	if e.due = true; e.Condition() != control.Running {
		return 0, nil
	}
	err = e.locked(func(s *Server) error {
		deleted, e.due = s.cleanUpAll(), false
		return nil
	})
	return deleted, err
}
