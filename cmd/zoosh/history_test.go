package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"zoosh/shell"
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

// A command of several lines comes back whole, and what older versions have written as
// it was.
func TestHistoryOfSeveralLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	old := "set /a 'x\nls /\n> odd\nget /b\n"
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	several := "set /a '{\n\n> \"b\": 1\n}'"
	want := []string{"set /a 'x", "ls /", "> odd", "get /b", several, "ls /"}
	for range 2 {
		h, err := openHistoryAt(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Lines()) == 4 {
			h.Add(several)
			h.Add("ls /")
			h.Add("addauth digest 'me:\nsecret'")
		} else if !slices.Equal(h.Lines(), want) {
			t.Errorf("%q, want %q", h.Lines(), want)
		}
		h.file.Close()
	}
	// It counts as one line, however many it has, and is not cut in pieces.
	h, err := openHistoryAt(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 * historyLimit {
		h.Add(several)
	}
	h.file.Close()
	for range 2 {
		if h, err = openHistoryAt(path); err != nil {
			t.Fatal(err)
		}
		h.file.Close()
		if n := len(h.Lines()); n != historyLimit || slices.ContainsFunc(h.Lines(), func(l string) bool { return l != several }) {
			t.Fatalf("%d lines, the first %q", n, h.Lines()[0])
		}
	}
	// A file that goes on without end is not read into one line.
	if err := os.WriteFile(path, []byte("set /a '"+strings.Repeat("\n> "+strings.Repeat("x", 1000), 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if h, err = openHistoryAt(path); err != nil {
		t.Fatal(err)
	}
	defer h.file.Close()
	for _, line := range h.Lines() {
		if len(line) > maxHistoryLine {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func FuzzHistoryForm(f *testing.F) {
	f.Add("set /a '{\n\n> x\n}'\nls /\ngrep \"a\\\"\n\"")
	path := filepath.Join(f.TempDir(), "history")
	f.Fuzz(func(t *testing.T, typed string) {
		commands, open := shell.SplitCommands(strings.ReplaceAll(typed, "\r", ""))
		if len(commands) == 0 || open {
			return
		}
		os.Remove(path)
		h, err := openHistoryAt(path)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, command := range commands {
			if h.Add(command); len(command) < maxHistoryLine && !shell.Secret(command) {
				want = append(want, command)
			}
		}
		h.file.Close()
		if h, err = openHistoryAt(path); err != nil {
			t.Fatal(err)
		}
		h.file.Close()
		if want = want[max(0, len(want)-historyLimit):]; !slices.Equal(h.Lines(), want) {
			t.Fatalf("%q came back as %q", want, h.Lines())
		}
	})
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

// TestHistoryOfManyZoosh: zoosh that open, add to and shorten one history at once lose no
// line of each other, and have no command in pieces.
func TestHistoryOfManyZoosh(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if os.Getenv(beHistory) != "" {
		path = os.Getenv(beHistory)
		addHistory(t, path, os.Getpid())
		return
	}
	fill(t, path)
	var procs []*exec.Cmd
	for range 4 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestHistoryOfManyZoosh$")
		cmd.Env = append(os.Environ(), beHistory+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		procs = append(procs, cmd)
	}
	var tabs sync.WaitGroup
	for n := range 2 {
		tabs.Go(func() { addHistory(t, path, n) })
	}
	tabs.Wait()
	want := []int{0, 1}
	for _, cmd := range procs {
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		want = append(want, cmd.Process.Pid)
	}
	h, err := openHistoryAt(path)
	if err != nil {
		t.Fatal(err)
	}
	defer h.file.Close()
	there := map[string]bool{}
	for _, line := range h.Lines() {
		if there[line] = true; !strings.HasPrefix(line, "get /old") && !strings.HasSuffix(line, "\n}'") {
			t.Errorf("a piece of a command: %q", line)
		}
	}
	lost := 0
	for _, n := range want {
		for i := range eachAdds {
			if !there[lineOf(n, i)] {
				lost++
			}
		}
	}
	if lost > 0 {
		t.Errorf("%d lines of %d are lost", lost, len(want)*eachAdds)
	}
	if names, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(names) != 1 {
		t.Errorf("there are %q", names)
	}
}

// beHistory has the test binary be one of the processes.
const beHistory = "ZOOSH_TEST_HISTORY"

// eachAdds is how many lines each of six adds: fewer than are kept in all.
const eachAdds = 150

func lineOf(n, i int) string { return fmt.Sprintf("set /a '{\n%d: %d\n}'", n, i) }

// fill makes a history that is one line short of being shortened, over and over.
func fill(t *testing.T, path string) {
	t.Helper()
	var text strings.Builder
	for i := range 2*historyLimit - 1 {
		fmt.Fprintf(&text, "get /old%d\n", i)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// addHistory adds lines, by one zoosh or by some that are started one after the other.
func addHistory(t *testing.T, path string, n int) {
	each := eachAdds
	if n%2 == 1 {
		each = 5
	}
	for i := 0; i < eachAdds; {
		h, err := openHistoryAt(path)
		if err != nil {
			t.Error(err)
			return
		}
		for range each {
			h.Add(lineOf(n, i))
			i++
		}
		h.file.Close()
	}
}

// TestHistoryShortenedByAnother: a zoosh that is open while another shortens the history
// adds to what is left, and not to what has gone.
func TestHistoryShortenedByAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	fill(t, path)
	open := func() *history {
		t.Helper()
		h, err := openHistoryAt(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.file.Close() })
		return h
	}
	first, second := open(), open()
	first.Add("ls /first")
	open() // and shortens it
	first.Add("ls /first/again")
	second.Add("ls /second")
	lines := open().Lines()
	if want := []string{"ls /first", "ls /first/again", "ls /second"}; !slices.Equal(lines[len(lines)-3:], want) {
		t.Errorf("it ends in %q", lines[len(lines)-3:])
	}
}

// TestHistoryThatWasCutOff: a zoosh that was killed as it wrote spoils no later line, one
// whose file is taken away begins another, and one that cannot be locked is kept.
func TestHistoryThatWasCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("ls /\nget /ha"), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := openHistoryAt(path)
	if err != nil {
		t.Fatal(err)
	}
	h.Add("ls /b")
	if text, _ := os.ReadFile(path); string(text) != "ls /\nget /ha\nls /b\n" {
		t.Errorf("%q", text)
	}
	if err := os.Remove(path); err != nil {
		t.Skip(err) // an open file is not removed on some systems
	}
	h.Add("ls /c")
	h.file.Close()
	if text, _ := os.ReadFile(path); string(text) != "ls /c\n" {
		t.Errorf("%q", text)
	}
}

// No password and no digest is kept, however its line is written.
func TestHistoryHasNoSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	h, err := openHistoryAt(path)
	if err != nil {
		t.Fatal(err)
	}
	defer h.file.Close()
	hash := strings.TrimPrefix(digestOf("u", "geheim"), "u:")
	for _, line := range []string{
		"ADDAUTH DIGEST u:geheim", "addAuth digest u:geheim", "addauth\t'digest' u:geheim", "adduath digst u:geheim",
		`multi create /a x 'dig'est:u:geheim:r`, `multi create /a x \x64igest:u:geheim:r`, "multi create /a 'x\n' dig\"est:u:geheim:\"r",
		"setAcl /a DIGEST:u:geheim:r", "setAcl /a digset:u:" + hash + ":r", `set /a {"id":"u:` + hash + `"}`,
	} {
		h.Add(line)
	}
	h.Add("ls /")
	if text, err := os.ReadFile(path); err != nil || string(text) != "ls /\n" {
		t.Errorf("it keeps %q, %v", text, err)
	}
}

// Whatever is in the file of the history, its lines are few, bounded, and the same when
// they are read again.
func FuzzHistoryFile(f *testing.F) {
	f.Add("ls /\nset /a '{\n> \n> }'\nget /a\r\n\xff\x00")
	f.Add("\ufeffset /a '\n> x\nls /\n> y\n\n\n> ")
	path := filepath.Join(f.TempDir(), "history")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := openHistoryAt(path)
		if err != nil {
			t.Fatal(err)
		}
		h.file.Close()
		lines := slices.Clone(h.Lines())
		if len(lines) > historyLimit || slices.ContainsFunc(lines, func(l string) bool { return l == "" || len(l) > maxHistoryLine }) {
			t.Fatalf("%d lines: %q", len(lines), lines)
		}
		var again strings.Builder
		for _, line := range lines {
			again.WriteString(historyText(line))
		}
		if err := os.WriteFile(path, []byte(again.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if h, err = openHistoryAt(path); err != nil {
			t.Fatal(err)
		}
		h.file.Close()
		if !slices.Equal(h.Lines(), lines) {
			t.Fatalf("%q, then %q", lines, h.Lines())
		}
	})
}
