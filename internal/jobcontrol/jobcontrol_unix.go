//go:build unix

package jobcontrol

import (
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// dyingTime is how long Hooks.Dying has: what is dumped may be a program that hangs.
const dyingTime = time.Second

// A Watch waits for the signals of job control.
type Watch struct {
	hooks     Hooks
	signals   chan os.Signal
	resumed   chan struct{} // the signal to go on that Suspend waits for; holds one
	suspended atomic.Bool   // Suspend is at work
	stops     bool          // SIGTSTP stops the process; whoever started it may have it ignored
	done      chan struct{}
	close     sync.Once
}

// Start begins to watch.
func Start(h Hooks) *Watch {
	w := &Watch{
		hooks: h, signals: make(chan os.Signal, 8), resumed: make(chan struct{}, 1), done: make(chan struct{}),
		stops: !signal.Ignored(syscall.SIGTSTP),
	}
	signal.Notify(w.signals, syscall.SIGCONT, syscall.SIGQUIT, syscall.SIGABRT)
	if w.stops {
		signal.Notify(w.signals, syscall.SIGTSTP)
	}
	go w.watch()
	return w
}

// Close ends the watch. It may be called again.
func (w *Watch) Close() {
	w.close.Do(func() {
		signal.Stop(w.signals)
		close(w.done)
	})
}

func (w *Watch) watch() {
	hooks := make(chan func(), 8)
	defer close(hooks)
	go func() {
		for hook := range hooks {
			hook()
		}
	}()
	for {
		var sig os.Signal
		select {
		case sig = <-w.signals:
		case <-w.done:
			return
		}
		switch {
		case sig == syscall.SIGCONT && w.suspended.Load():
			select {
			case w.resumed <- struct{}{}:
			default:
			}
		case sig == syscall.SIGCONT:
			queue(hooks, w.hooks.Resumed)
		case sig == syscall.SIGTSTP:
			queue(hooks, w.hooks.Stop)
		default:
			w.die(sig)
		}
	}
}

// queue leaves a hook out where many wait already: each of them does all there is to do.
func queue(hooks chan<- func(), hook func()) {
	select {
	case hooks <- hook:
	default:
	}
}

// die has the signal do what it would have done, once the terminal is as it was.
func (w *Watch) die(sig os.Signal) {
	restored := make(chan struct{})
	go func() {
		defer close(restored)
		w.hooks.Dying()
	}()
	select {
	case <-restored:
	case <-time.After(dyingTime):
	}
	signal.Reset(sig)
	if n, ok := sig.(syscall.Signal); ok {
		_ = syscall.Kill(syscall.Getpid(), n)
	}
}

// Suspend stops the process and what runs with it in the foreground, as the terminal's
// own Ctrl-Z does, and returns when it goes on.
func (w *Watch) Suspend() error {
	if !w.stops || alone() {
		return ErrNobody
	}
	w.suspended.Store(true)
	defer w.suspended.Store(false)
	select {
	case <-w.resumed: // of an earlier stop
	default:
	}
	// Not SIGTSTP, which Go goes on to catch once it was asked for.
	if err := syscall.Kill(0, syscall.SIGSTOP); err != nil {
		return err
	}
	<-w.resumed // the process stops a moment after the signal is sent
	return nil
}

// alone tells whether there is no shell that knows of jobs: whoever started the process
// is of another session, or has left it in the group of the session's first process.
// SIGTSTP would stop nothing there, and SIGSTOP for ever.
func alone() bool {
	own, err := unix.Getsid(0)
	if err != nil || own == syscall.Getpgrp() {
		return true
	}
	parents, err := unix.Getsid(os.Getppid())
	return err != nil || own != parents
}
