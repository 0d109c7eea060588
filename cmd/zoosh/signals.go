package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// signalled is why a context ended: the process was told to.
type signalled struct{ sig os.Signal }

func (s signalled) Error() string { return s.sig.String() }

// code is the exit code that a shell gives a process which a signal has ended.
func (s signalled) code() int {
	if n, ok := s.sig.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return codeFailed
}

// untilSignal makes a context that ends when one of the signals comes. Its cause
// then is signalled.
func untilSignal(ctx context.Context, sigs ...os.Signal) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, sigs...)
	go func() {
		select {
		case sig := <-caught:
			cancel(signalled{sig})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(caught)
		cancel(nil)
	}
}

// signalCode is the exit code for a context that a signal has ended, and whether
// one has.
func signalCode(ctx context.Context) (code int, ended bool) {
	var s signalled
	if errors.As(context.Cause(ctx), &s) {
		return s.code(), true
	}
	return 0, false
}
