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

// TestSinkWaitsAlone: while a recording waits for the reader of a pipe, the shells do not.
func TestSinkWaitsAlone(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	defer func(wait time.Duration) { pipeWait = wait }(pipeWait)
	pipeWait = time.Second
	var sink RecordingSink
	failed := make(chan error)
	go func() { failed <- sink.Start(Recording{File: pipe}) }()
	for {
		began := time.Now()
		sink.Put(shell.Item{Kind: shell.Stdout, Text: "x"})
		if sink.File() != "" || time.Since(began) > pipeWait/2 {
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
