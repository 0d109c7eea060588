// Package fault makes an error of a panic, so that what is wrong in one command
// does not end the others.
//
// A panic ends the whole process unless it is recovered in its own goroutine. So
// whoever starts a goroutine for a command runs it with Do, and hands the error on
// like any other; the shell says it, with what is worth sending.
package fault

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"

	"zoosh/internal/build"
)

// An Error is a panic that was recovered: a fault of zoosh itself.
type Error struct {
	Value string   // what the panic said
	Stack []string // the functions it happened in, and where; the innermost first
}

// Error implements error.
func (e *Error) Error() string { return "a fault of zoosh itself: " + e.Value }

// Of is the fault behind an error, nil if there is none.
func Of(err error) *Error {
	var e *Error
	errors.As(err, &e)
	return e
}

// Do calls f. A panic in it becomes an *Error.
func Do(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = recovered(v)
		}
	}()
	return f()
}

// Go calls f in a goroutine of its own. wait waits for its end, and panics if f did: a
// panic is for who waits, and is not to end the others.
func Go(f func()) (wait func()) {
	done := make(chan error, 1)
	go func() { done <- Do(func() error { f(); return nil }) }()
	return func() {
		if err := <-done; err != nil {
			panic(err)
		}
	}
}

// The bounds of what is kept of a panic.
const (
	maxValue = 400 // bytes
	maxStack = 16  // functions
)

// recovered makes an error of what recover gave.
func recovered(v any) *Error {
	if err, ok := v.(error); ok {
		if e := Of(err); e != nil {
			return e
		}
	}
	text := fmt.Sprint(v)
	if len(text) > maxValue {
		text = strings.ToValidUTF8(text[:maxValue], "") + "…"
	}
	return &Error{Value: text, Stack: stack()}
}

// stack is where the panic that is being recovered happened, up to Do.
func stack() (where []string) {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	panicked := false
	for {
		f, more := frames.Next()
		switch {
		case !panicked: // what recovers it stands above it
			panicked = f.Function == "runtime.gopanic"
		case strings.HasPrefix(f.Function, "runtime."):
		case f.Function == doName:
			return where
		case len(where) < maxStack:
			where = append(where, fmt.Sprintf("%s (%s:%d)", path.Base(f.Function), path.Base(f.File), f.Line))
		}
		if !more {
			return where
		}
	}
}

const doName = "zoosh/internal/fault.Do"

// thisBuild says which zoosh this is.
func thisBuild() string {
	revision := build.Revision()
	if revision != "" {
		revision = " " + revision[:min(len(revision), 12)]
	}
	return fmt.Sprintf("zoosh %s%s, %s, %s/%s", build.Version(), revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// Report is what is worth sending about the fault: the build, what was done, and
// where it happened.
func (e *Error) Report(what string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s\n  %s\n  panic: %s\n", thisBuild(), what, strings.ReplaceAll(e.Value, "\n", " "))
	for _, where := range e.Stack {
		fmt.Fprintf(&b, "    %s\n", where)
	}
	return b.String()
}
