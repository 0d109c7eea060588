//go:build unix

package transcript

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
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
	wait := func(wait time.Duration) (*RecordingSink, chan error) {
		pipeWait = wait
		var sink RecordingSink
		failed := make(chan error, 1)
		go func() { failed <- sink.Start(Recording{File: pipe}) }()
		return &sink, failed
	}
	defer func(before time.Duration) { pipeWait = before }(pipeWait)
	sink, started := wait(time.Hour)
	until(t, "it waits", func() bool {
		buf := make([]byte, 1<<20)
		return strings.Contains(string(buf[:runtime.Stack(buf, true)]), "localfile.Create")
	})
	put := make(chan string)
	go func() {
		sink.Put(shell.Item{Kind: shell.Stdout, Text: "x"})
		put <- sink.File()
	}()
	select {
	case file := <-put:
		if file != "" {
			t.Errorf("it records to %q", file)
		}
	case <-time.After(patience):
		t.Fatal("a shell waits, too")
	}
	reader := make(chan error, 1)
	go func() {
		f, err := os.Open(pipe)
		if err == nil {
			_, err = io.Copy(io.Discard, f)
			f.Close()
		}
		reader <- err
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	if _, err := sink.Stop(); err != nil {
		t.Error(err)
	}
	if err := <-reader; err != nil {
		t.Error(err)
	}
	_, failed := wait(time.Millisecond)
	if err := <-failed; err == nil || !strings.Contains(err.Error(), "a named pipe that nobody reads") {
		t.Error(err)
	}
}
