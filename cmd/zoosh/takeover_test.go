//go:build unix

package main

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"zoosh/internal/rawzk"
	"zoosh/internal/wire"
)

// computed is the password that follows from the id of a session in ZooKeeper:
// java.util.Random, seeded with it.
func computed(id int64) []byte {
	const multiplier, mask = 0x5DEECE66D, 1<<48 - 1
	seed := (uint64(id) ^ 0xB3415C00 ^ multiplier) & mask
	var password []byte
	for range 4 {
		seed = (seed*multiplier + 0xB) & mask
		password = binary.LittleEndian.AppendUint32(password, uint32(seed>>16))
	}
	return password
}

// takesOver tells whether a stranger who has read the id of a session can go on in it.
func takesOver(addr string, id int64) bool {
	thief, err := rawzk.Resume(addr, 10*time.Second, id, computed(id))
	if err != nil {
		return false
	}
	defer thief.Close()
	return thief.SessionID() == id
}

// TestServeTakeover: who has read the id of a session does not have the session, but on a
// disk that a ZooKeeper may take over.
func TestServeTakeover(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	zoo := filepath.Join(t.TempDir(), "zoo.cfg")
	text := fmt.Sprintf("dataDir=%s\nclientPort=0\nclientPortAddress=127.0.0.1\nzoosh.randomSessionPasswords=true\n", other)
	if err := os.WriteFile(zoo, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args   []string
		stolen bool
	}{
		{[]string{"-listen", "127.0.0.1:0"}, false},
		{[]string{"-listen", "127.0.0.1:0", "-data-dir", t.TempDir()}, true},
		{[]string{"-listen", "127.0.0.1:0", "-data-dir", dir, "-random-session-passwords"}, false},
		{[]string{"-config", zoo}, false},
	} {
		s := startServing(t, "", tt.args...)
		owner, err := rawzk.Dial(s.addr, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if got := takesOver(s.addr, owner.SessionID()); got != tt.stolen {
			t.Errorf("serve %q: taken over: %v, want %v", tt.args, got, tt.stolen)
		}
		if _, err := owner.Do(wire.OpExists, &wire.PathWatchRequest{Path: "/"}, &wire.Stat{}); (err != nil) != tt.stolen {
			t.Errorf("serve %q: to its owner: %v", tt.args, err)
		}
		owner.Close()
		s.end(syscall.SIGTERM)
	}
}

// modes are the permissions of all that is in a directory, by their names there.
func modes(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	found := make(map[string]fs.FileMode)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		found[path[len(dir):]] = info.Mode().Perm()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestServedFilesArePrivate: what a server makes is for its user alone, whatever the umask,
// and what others can read stays and is said.
func TestServedFilesArePrivate(t *testing.T) {
	base := t.TempDir()
	data, logs := filepath.Join(base, "new/data"), filepath.Join(base, "new/logs")
	s := startServing(t, "umask 0", "-listen", "127.0.0.1:0", "-data-dir", data, "-data-log-dir", logs, "-snap-count", "5", "-random-session-passwords")
	if _, errOut, code := zoosh(t, "create /a secret digest:u:x:cdrwa\ncreate /b 1\ncreate /c 2\ncreate /d 3\ncreate /e 4\ncreate /f 5\n", "-server", s.addr); code != 0 {
		t.Fatal(errOut)
	}
	s.end(syscall.SIGTERM)
	made := modes(t, filepath.Join(base, "new"))
	if len(made) < 9 {
		t.Errorf("made: %v", made)
	}
	for name, mode := range made {
		want := fs.FileMode(0o600)
		if filepath.Ext(name) == "" && filepath.Base(name) != "zoosh.lock" {
			want = 0o700
		}
		if mode != want {
			t.Errorf("%s: %v, want %v", name, mode, want)
		}
	}
	if n := s.count("other users of this machine"); n != 0 {
		t.Errorf("of new files it is said: %d", n)
	}

	// An older server has left files that all can read.
	for name := range made {
		path := filepath.Join(base, "new", name)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644|info.Mode().Perm()&0o100|info.Mode().Perm()&0o100>>3|info.Mode().Perm()&0o100>>6); err != nil {
			t.Fatal(err)
		}
	}
	before := modes(t, base)
	s = startServing(t, "umask 0", "-listen", "127.0.0.1:0", "-data-dir", data, "-data-log-dir", logs, "-random-session-passwords")
	if n := s.count("other users of this machine can read every znode"); n != 1 {
		t.Errorf("the note came %d times", n)
	}
	if _, errOut, code := zoosh(t, "create /g 1\n", "-server", s.addr); code != 0 {
		t.Fatal(errOut)
	}
	s.end(syscall.SIGTERM)
	fresh := 0
	for name, mode := range modes(t, base) {
		if was, known := before[name]; known && mode != was {
			t.Errorf("%s was %v and is %v", name, was, mode)
		} else if !known {
			if fresh++; mode != 0o600 {
				t.Errorf("%s: %v", name, mode)
			}
		}
	}
	if fresh == 0 {
		t.Error("nothing was written beside the old files")
	}
}
