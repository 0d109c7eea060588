//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zoosh/internal/datadir"
	"zoosh/internal/zktest"
)

// bomb is a data directory with a small snapshot that unpacks to very much.
func bomb(t *testing.T, nodes func(yield func(*datadir.Node) bool)) string {
	t.Helper()
	dir := t.TempDir()
	files := filepath.Join(dir, "version-2")
	if err := os.Mkdir(files, 0o700); err != nil {
		t.Fatal(err)
	}
	source := datadir.SnapshotSource{ACLs: new(datadir.ACLTable), Compress: datadir.Gzip, Nodes: nodes}
	if err := datadir.WriteSnapshot(files, 1, source); err != nil {
		t.Fatal(err)
	}
	return dir
}

// outputAndMemory runs a process, and tells how much memory it has had at most, as far as
// looking often can see. What the system counts at its end has the parent's in it, of
// which it began as a copy.
func outputAndMemory(cmd *exec.Cmd) (out []byte, most int, err error) {
	var all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &all, &all
	if err := cmd.Start(); err != nil {
		return nil, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return all.Bytes(), most, err
		case <-tick.C:
			if _, m, err := zktest.Resident(cmd.Process.Pid); err == nil {
				most = max(most, m)
			}
		}
	}
}

// TestBombs: a file that is made to fill the memory, or to keep zoosh busy, does neither,
// whoever reads it.
func TestBombs(t *testing.T) {
	zeros := bomb(t, func(yield func(*datadir.Node) bool) {
		n := &datadir.Node{Path: "/", Data: make([]byte, 1<<20)}
		for i := 0; yield(n) && i < 400; i++ {
			n.Path = fmt.Sprint("/", i)
		}
	})
	deep := bomb(t, func(yield func(*datadir.Node) bool) {
		path := strings.Repeat("/a", 10_000)
		for i := 0; yield(&datadir.Node{Path: path[:max(1, 2*i)]}) && i < len(path)/2; i++ {
		}
	})
	for _, args := range [][]string{
		{"open", zeros, "ls", "/"}, {"open", deep, "ls", "/"}, {"serve", "-listen", "127.0.0.1:0", "-data-dir", zeros},
		{"-embedded", "-data-dir", zeros, "ls", "/"}, {"open", "-max-unpacked", "80", zeros, "ls", "/"},
	} {
		cmd := process(t, args...)
		out, most, err := outputAndMemory(cmd)
		if err == nil || !strings.Contains(string(out), "unpacks to more than ") || !strings.Contains(string(out), "-max-unpacked N") {
			t.Errorf("%q: %v, %s", args, err, out)
		}
		if mib := most >> 20; mib > 300 {
			t.Errorf("%q takes %d MiB", args, mib)
		}
	}
	// Who knows better has it read, and a deep tree does not take long.
	cmd := process(t, "open", "-max-unpacked", "150", deep, "count", "/")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "10004\n") {
		t.Errorf("%v, %s", err, out)
	}
	if took := cmd.ProcessState.UserTime(); took.Seconds() > 5 {
		t.Errorf("%v", took)
	}
}
