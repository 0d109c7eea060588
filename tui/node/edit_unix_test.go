//go:build unix

package node

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"zoosh/internal/wire"
)

// TestEditedFileIsAFile: what has come in the place of the file that the editor was given
// is not sent to the server if it is a link, as to a file of secrets, nor waited for if it
// is a pipe.
func TestEditedFileIsAFile(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("root:secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, put := range map[string]func(file string) error{
		"link":   func(file string) error { return os.Symlink(secret, file) },
		"pipe":   func(file string) error { return syscall.Mkfifo(file, 0o600) },
		"folder": func(file string) error { return os.Mkdir(file, 0o700) },
	} {
		e := &draft{path: "/a", data: []byte("old")}
		if err := e.save("zoosh-*.txt"); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(e.file); err != nil || info.Mode() != 0o600 {
			t.Errorf("it is %v %v", info.Mode(), err)
		}
		if err := os.WriteFile(e.file, []byte("new\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if data, err := e.left(); string(data) != "new" {
			t.Errorf("%q %v", data, err)
		}
		os.Remove(e.file)
		if err := put(e.file); err != nil {
			t.Fatal(err)
		}
		if data, err := e.left(); err == nil {
			t.Errorf("a %s: %q", name, data)
		}
		os.Remove(e.file)
	}
	e := &draft{path: "/a", data: []byte("old\n")}
	if err := e.save("zoosh-*.txt"); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(e.file)
	if err := os.Truncate(e.file, wire.MaxFrame+2); err != nil {
		t.Fatal(err)
	}
	if _, err := e.left(); err == nil {
		t.Error("more than a request may have")
	}
}
