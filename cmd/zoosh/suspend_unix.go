//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// suspend stops this process and what runs with it in the foreground, as the
// terminal's own Ctrl-Z does, and returns when it goes on. The signal stops the
// process a moment after it is sent, so that going on has to be waited for.
func suspend() {
	resumed := make(chan os.Signal, 1)
	signal.Notify(resumed, syscall.SIGCONT)
	defer signal.Stop(resumed)
	if syscall.Kill(0, syscall.SIGTSTP) == nil {
		<-resumed
	}
}
