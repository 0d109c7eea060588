package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestHistoryIsPrivateAndBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "zoosh", "history")
	h, err := openHistoryAt(path)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 5<<20)
	h.Add(long)
	if _, err := h.file.WriteString(long + "\n"); err != nil { // another program's doing
		t.Fatal(err)
	}
	for i := range 2 * historyLimit {
		h.Add(fmt.Sprint("get /", i))
	}
	h.file.Close()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first opening shortens it
		if h, err = openHistoryAt(path); err != nil {
			t.Fatal(err)
		}
		h.file.Close()
		if n := len(h.Lines()); n != historyLimit || h.Lines()[n-1] != fmt.Sprint("get /", 2*historyLimit-1) {
			t.Fatalf("%d lines, the last %q", n, h.Lines()[n-1])
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if text, _ := os.ReadFile(path); strings.Count(string(text), "\n") != historyLimit {
		t.Errorf("the file has %d lines", strings.Count(string(text), "\n"))
	}
}

func TestNoHistory(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := openHistoryAt(filepath.Join(dir, "file", "history"))
	if err == nil {
		t.Fatal("a history below a file")
	}
	h.Add("ls /") // the nil history takes it
	if h.Lines() != nil {
		t.Error("it has lines")
	}
}
