//go:build linux || darwin

package localfile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// null makes a device that does what /dev/null does, so that a failing test breaks no
// machine.
func null(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "null")
	var same syscall.Stat_t
	if err := syscall.Stat(os.DevNull, &same); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mknod(path, syscall.S_IFCHR|0o666, int(same.Rdev)); err != nil {
		t.Skip("only root can make a device: ", err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// isDevice holds that a device is what it was.
func isDevice(t *testing.T, path string) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeCharDevice == 0 || info.Mode().Perm() != 0o666 {
		t.Errorf("the device is %v %v", info.Mode(), err)
	}
}

func write(text string) func(*os.File) error {
	return func(w *os.File) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func put1(t *testing.T, path, text string, mode fs.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t *testing.T, to, path string) string {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDevicesStayDevices: whatever is written to a device, by its name or a link, leaves
// it a device of the same mode.
func TestDevicesStayDevices(t *testing.T) {
	dir := t.TempDir()
	device := null(t, dir)
	for _, name := range []string{device, link(t, device, filepath.Join(dir, "link")), link(t, "link", filepath.Join(dir, "link2"))} {
		for _, force := range []bool{false, true} {
			if err := Replace(t.Context(), name, Options{Force: force}, write("x")); err != nil {
				t.Error(err)
			}
			f, regular, err := Create(t.Context(), name, force)
			if err != nil || regular {
				t.Fatalf("%v %v", regular, err)
			}
			f.Close()
		}
		f, regular, err := OpenOwn(name)
		if err != nil || regular {
			t.Fatalf("%v %v", regular, err)
		}
		f.Close()
		if err := Rewrite(name, nil, []byte("x")); err == nil || !strings.Contains(err.Error(), "a device") {
			t.Error(err)
		}
		if err := Rewritable(name); err == nil {
			t.Errorf("%s can be rewritten", name)
		}
		if Replaces(name) {
			t.Errorf("%s would be replaced", name)
		}
		isDevice(t, device)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, ".*")); len(names) > 0 {
		t.Errorf("%q is left", names)
	}
}

// TestLinksStay: what a link leads to is written, and the link stays.
func TestLinksStay(t *testing.T) {
	for _, how := range []struct {
		name string
		do   func(name string) error
	}{
		{"replace", func(name string) error {
			return Replace(t.Context(), name, Options{Force: true}, write("new"))
		}},
		{"create", func(name string) error {
			f, regular, err := Create(t.Context(), name, true)
			if err != nil || !regular {
				return errors.Join(err, errors.New("not regular"))
			}
			return errors.Join(write("new")(f), f.Close())
		}},
		{"rewrite", func(name string) error { return Rewrite(name, []byte("the old text"), []byte("new")) }},
		{"own", func(name string) error { return ReplaceOwn(name, "new") }},
	} {
		t.Run(how.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.MkdirAll(filepath.Join(dir, "far/away"), 0o700); err != nil {
				t.Fatal(err)
			}
			file := put1(t, filepath.Join(dir, "far", "file"), "the old text", 0o600)
			link(t, "far/away", filepath.Join(dir, "folder"))
			name := link(t, "folder/../file", filepath.Join(dir, "name")) // .. of far/away
			if err := how.do(name); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Lstat(name); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("the link is %v %v", info.Mode(), err)
			}
			if text, _ := os.ReadFile(file); string(text) != "new" {
				t.Errorf("it has %q", text)
			}
		})
	}
	dir := t.TempDir()
	name := link(t, "nothing", filepath.Join(dir, "name"))
	if err := Replace(t.Context(), name, Options{}, write("x")); !errors.Is(err, ErrThere) {
		t.Error(err)
	}
	if err := Replace(t.Context(), name, Options{Force: true}, write("x")); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "nothing")); string(text) != "x" {
		t.Error(err)
	}
	link(t, "round", filepath.Join(dir, "round"))
	if err := Replace(t.Context(), filepath.Join(dir, "round"), Options{Force: true}, write("x")); err == nil {
		t.Error("a link to itself")
	}
}

// TestOthersLinks: a link that another user has put where all can is not followed.
func TestOthersLinks(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make another's link")
	}
	dir := t.TempDir()
	file := put1(t, filepath.Join(dir, "file"), "mine", 0o644)
	tmp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	name := link(t, file, filepath.Join(tmp, "name"))
	if err := os.Lchown(name, 1234, 1234); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenOwn(name); err == nil {
		t.Error("the user's own file follows it in any folder")
	}
	if err := Replace(t.Context(), name, Options{Force: true}, write("x")); err != nil {
		t.Error(err) // it is the caller's folder
	}
	put1(t, file, "mine", 0o644)
	if err := os.Chmod(tmp, 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if err := Replace(t.Context(), name, Options{Force: true}, write("x")); err == nil {
		t.Error("replaced")
	}
	if _, _, err := Create(t.Context(), name, true); err == nil {
		t.Error("created")
	}
	if err := Rewrite(name, []byte("mine"), []byte("x")); err == nil {
		t.Error("rewritten")
	}
	info, err := os.Stat(file)
	if text, _ := os.ReadFile(file); err != nil || string(text) != "mine" || info.Mode().Perm() != 0o644 {
		t.Errorf("%q %v %v", text, info.Mode(), err)
	}
}

func TestNoFiles(t *testing.T) {
	dir := t.TempDir()
	for _, force := range []bool{false, true} {
		for _, name := range []string{dir, dir + "/", filepath.Join(dir, "."), "", filepath.Join(dir, "no", "file"), link(t, dir, filepath.Join(t.TempDir(), "to"))} {
			if err := Replace(t.Context(), name, Options{Force: force}, write("x")); err == nil || errors.Is(err, ErrThere) {
				t.Errorf("%q: %v", name, err)
			}
			if _, _, err := Create(t.Context(), name, force); err == nil {
				t.Errorf("created %q", name)
			}
		}
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenOwn(pipe); err == nil {
		t.Error("a history in a pipe, which would stand still")
	}
	if _, err := Read(pipe, 10); err == nil {
		t.Error("read a pipe")
	}
}

// TestPipe: a named pipe gets what is written, and one that nobody reads is given up.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o640); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := Replace(ctx, pipe, Options{}, write("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	got := make(chan []byte)
	go func() {
		text, _ := os.ReadFile(pipe)
		got <- text
	}()
	long := strings.Repeat("many lines\n", 100_000)
	if err := Replace(t.Context(), pipe, Options{}, write(long)); err != nil {
		t.Error(err)
	}
	if text := <-got; string(text) != long {
		t.Errorf("%d bytes came of %d", len(text), len(long))
	}
	// A reader that stands still.
	r, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := Replace(ctx, pipe, Options{}, write(long)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode() != fs.ModeNamedPipe|0o640 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// TestDescriptor: what a process has open is added to, and neither cut nor renamed over.
func TestDescriptor(t *testing.T) {
	if _, err := os.Stat("/dev/fd"); err != nil {
		t.Skip(err)
	}
	path := put1(t, filepath.Join(t.TempDir(), "file"), "old\n", 0o644)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before, _ := f.Stat()
	name := filepath.Join("/dev/fd", strconv.Itoa(int(f.Fd())))
	if err := Replace(t.Context(), name, Options{Force: true}, write("new\n")); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if text, _ := os.ReadFile(path); err != nil || string(text) != "old\nnew\n" || !os.SameFile(before, after) || after.Mode().Perm() != 0o644 {
		t.Errorf("%q %v %v", text, after.Mode(), err)
	}
	stdout := link(t, "/dev/fd/1", filepath.Join(t.TempDir(), "stdout"))
	if !Output("/dev/fd/1") || !Output(stdout) || Replaces(stdout) || Output(name) || Output(path) || Output("1") {
		t.Error("which of them is the output?")
	}
}

// TestReplaceLosesNothing: what is broken off leaves what was there, and nothing else.
func TestReplaceLosesNothing(t *testing.T) {
	dir := t.TempDir()
	name := put1(t, filepath.Join(dir, "name"), "old", 0o644)
	broken := errors.New("broken off")
	err := Replace(t.Context(), name, Options{Force: true}, func(w *os.File) error {
		w.WriteString("half")
		return broken
	})
	if text, _ := os.ReadFile(name); !errors.Is(err, broken) || string(text) != "old" {
		t.Errorf("%q %v", text, err)
	}
	if err := Replace(t.Context(), name, Options{}, write("x")); !errors.Is(err, ErrThere) {
		t.Error(err)
	}
	// What comes there meanwhile is not lost without Force, and no device with it.
	fresh := filepath.Join(dir, "fresh")
	err = Replace(t.Context(), fresh, Options{}, func(w *os.File) error {
		put1(t, fresh, "another's", 0o600)
		return nil
	})
	if text, _ := os.ReadFile(fresh); !errors.Is(err, ErrThere) || string(text) != "another's" {
		t.Errorf("%q %v", text, err)
	}
	os.Remove(fresh)
	err = Replace(t.Context(), fresh, Options{Force: true}, func(w *os.File) error { return syscall.Mkfifo(fresh, 0o600) })
	if info, _ := os.Lstat(fresh); err == nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, ".*")); len(names) > 0 {
		t.Errorf("%q is left", names)
	}
}

// TestLeftBehind: what a killed process has left goes with the next one, what is somebody's
// or another thing stays.
func TestLeftBehind(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		".a.json-123": "export half", ".a.json-4": "", ".a.json-5": "a text of the user's", ".a.json-x": "export",
		".b.json-123": "export", ".aXjson-123": "export", "a.json-123": "export", ".a.json-12345678901": "export",
	} {
		put1(t, filepath.Join(dir, name), text, 0o600)
	}
	if os.Geteuid() == 0 {
		name := put1(t, filepath.Join(dir, ".a.json-7"), "export", 0o644)
		if err := os.Chown(name, 1234, 1234); err != nil {
			t.Fatal(err)
		}
	}
	link(t, put1(t, filepath.Join(dir, "other"), "export", 0o600), filepath.Join(dir, ".a.json-6"))
	o := Options{Ours: func(head []byte) bool { return bytes.HasPrefix(head, []byte("export")) }}
	err := Replace(t.Context(), filepath.Join(dir, "a.json"), o, func(w *os.File) error {
		io.WriteString(w, "export of one that is at work")
		o.Force = true
		return Replace(t.Context(), filepath.Join(dir, "a.json"), o, write("export of another"))
	})
	if !errors.Is(err, ErrThere) { // of the first, which has no Force
		t.Error(err)
	}
	var left []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	want := ".a.json-12345678901 .a.json-5 .a.json-6 .a.json-7 .a.json-x .aXjson-123 .b.json-123 a.json a.json-123 other"
	if os.Geteuid() != 0 {
		want = strings.Replace(want, " .a.json-7", "", 1)
	}
	if got := strings.Join(left, " "); got != want {
		t.Errorf("there are\n%s, want\n%s", got, want)
	}
}
