//go:build unix

package transcript

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zoosh/shell"
)

// TestTapeWaitsAlone: while a recording waits for the reader of a pipe, the shells do not.
func TestTapeWaitsAlone(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	defer func(wait time.Duration) { pipeWait = wait }(pipeWait)
	pipeWait = time.Second
	var tape Tape
	failed := make(chan error)
	go func() { failed <- tape.Start(Recording{File: pipe}) }()
	for {
		began := time.Now()
		tape.Put(shell.Item{Kind: shell.Stdout, Text: "x"})
		if tape.File() != "" || time.Since(began) > pipeWait/2 {
			t.Fatalf("it took %v", time.Since(began))
		}
		select {
		case err := <-failed:
			if err == nil || !strings.Contains(err.Error(), "a named pipe that nobody reads") {
				t.Error(err)
			}
			return
		default:
		}
	}
}
