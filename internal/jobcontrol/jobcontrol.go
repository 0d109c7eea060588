// Package jobcontrol is what a program that has changed its terminal owes to the
// shell it was started from: it gives the terminal back before it stops, takes it
// anew when it goes on, however it was stopped, and leaves it as it was when a signal
// is about to end it with a dump.
//
// Contract: the package knows no terminal, only signals. There is one Watch at a time.
// Where processes are not stopped (Windows) nothing ever happens.
package jobcontrol

import "errors"

// Hooks say what the program does. They are called one at a time, on a goroutine of
// their own, and may take as long as they like, except that Dying gets dyingTime.
type Hooks struct {
	// Stop was asked for from outside (SIGTSTP): the program gives the terminal back
	// and calls Watch.Suspend.
	Stop func()
	// Resumed: the process goes on, and nobody had called Suspend. The terminal may be
	// in any state.
	Resumed func()
	// Dying: what follows is the dump of a SIGQUIT or SIGABRT.
	Dying func()
}

// ErrNobody says that there is no shell that could let the process go on.
var ErrNobody = errors.New("no shell has started zoosh that could let it go on")
