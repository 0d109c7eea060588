package profile

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestCredential(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are Unix's")
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		auth       Auth
		want, fail string
	}{
		{Auth{"digest", file("a", "ann:se cret\n"), ""}, "ann:se cret", ""},
		{Auth{"digest", file("b", "ann:secret\r\nurl: x\n"), ""}, "ann:secret", ""},
		{Auth{"digest", "", "cat " + file("c", "ann:secret")}, "ann:secret", ""},
		{Auth{"ip", "", "cat " + file("d", "token")}, "token", ""},
		{Auth{"digest", "", "cat"}, "", "empty"}, // its input is none
		{Auth{"digest", file("e", "secret\n"), ""}, "", "it is not user:password"},
		{Auth{"digest", file("f", "\nann:secret\n"), ""}, "", "empty"},
		{Auth{"digest", file("g", strings.Repeat("ann:secret", 10000)), ""}, "", "too long"},
		{Auth{"digest", filepath.Join(dir, "none"), ""}, "", "file " + filepath.Join(dir, "none") + ": no such file or directory"},
		{Auth{"digest", dir, ""}, "", "is a directory"},
		{Auth{"digest", "", "exit 3"}, "", "from command exit 3: exit status 3"},
		{Auth{"digest", "", "echo ann:secret; exit 1"}, "", "exit status 1"},
	} {
		got, err := tt.auth.Credential(t.Context(), nil, new(bytes.Buffer))
		switch {
		case tt.fail == "" && (err != nil || string(got) != tt.want):
			t.Errorf("%v: %q, %v; want %q", tt.auth, got, err, tt.want)
		case tt.fail != "" && (err == nil || !strings.Contains(err.Error(), tt.fail)):
			t.Errorf("%v: %q, %v; want an error with %q", tt.auth, got, err, tt.fail)
		case tt.auth.File != "" && err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%v: the error shows what was read: %v", tt.auth, err)
		}
	}
}

// A command that waits for somebody ends with the call.
func TestCredentialBrokenOff(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command is Unix's")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := Auth{Scheme: "digest", Command: "sleep 3600"}.Credential(ctx, nil, new(bytes.Buffer))
	if err == nil || !strings.Contains(err.Error(), "broken off") || time.Since(began) > time.Minute {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}
