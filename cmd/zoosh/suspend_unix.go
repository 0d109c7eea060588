//go:build unix

package main

import "syscall"

// suspend stops this process and what runs with it in the foreground, as the
// terminal's own Ctrl-Z does, and returns when it goes on.
func suspend() { _ = syscall.Kill(0, syscall.SIGTSTP) }
