//go:build linux || darwin

package main

import (
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zoosh/shell/transcript"
)

// nullDevice makes a device that does what /dev/null does, so that a failing test breaks
// no machine.
func nullDevice(t *testing.T) (path string, same func()) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "null")
	var null syscall.Stat_t
	if err := syscall.Stat(os.DevNull, &null); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mknod(path, syscall.S_IFCHR|0o666, int(null.Rdev)); err != nil {
		t.Skip("only root can make a device: ", err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	return path, func() {
		t.Helper()
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeCharDevice == 0 || info.Mode().Perm() != 0o666 {
			t.Errorf("the device is %v %v", info.Mode(), err)
		}
	}
}

// TestDeviceSurvives: each of the files that zoosh writes is a device, or a link to one.
func TestDeviceSurvives(t *testing.T) {
	device, same := nullDevice(t)
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	if err := os.Mkdir(filepath.Join(state, "zoosh"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"history", "lessons"} {
		if err := os.Symlink(device, filepath.Join(state, "zoosh", name)); err != nil {
			t.Fatal(err)
		}
	}
	h, err := openHistory()
	if err != nil {
		t.Fatal(err)
	}
	h.Add("ls /")
	if len(h.Lines()) > 0 {
		t.Errorf("%q", h.Lines())
	}
	same()
	keepFinished("master")
	if names := finishedLessons(); names != nil {
		t.Errorf("%q", names)
	}
	same()
	page := "---\ntitle: x\nlanguage: en\ndialect: 3.9\n---\n\n```zk\n[zk: localhost:2181(CONNECTED) 0] ls /\n[]\n```\n"
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(device, link); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{device, link} {
		if _, errOut, code := zoosh(t, "export / "+to+"\nexport -f / "+to+"\n", "-embedded"); code != 0 {
			t.Error(errOut)
		}
		same()
		for _, args := range [][]string{{"record", to}, {"record", "-force", to}} {
			if _, errOut, code := zoosh(t, "ls /\n", append(args, "-embedded")...); code != 0 {
				t.Error(errOut)
			}
			same()
		}
		out, _, code := zoosh(t, page, "test", "-update", to)
		if code != 1 || !strings.Contains(out, "is a device: it cannot be rewritten") {
			t.Errorf("%d %s", code, out)
		}
		same()
	}
}

// TestRecordToPipe: a recording in a pipe is a whole page when it ends.
func TestRecordToPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.md")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		text, _ := os.ReadFile(pipe)
		got <- string(text)
	}()
	if _, errOut, code := zoosh(t, "ls /\nserver\n", "record", pipe, "-embedded"); code != 0 {
		t.Fatal(errOut)
	}
	text := <-got
	p, err := transcript.Parse("pipe.md", []byte(text))
	if err != nil || len(p.Blocks) != 1 || !strings.Contains(text, "ls /") {
		t.Errorf("%v\n%s", err, text)
	}
	stdout := filepath.Join(t.TempDir(), "stdout") // as /dev/stdout is
	if err := os.Symlink("/dev/fd/1", stdout); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"-", stdout, "/dev/fd/1"} {
		_, errOut, code := zoosh(t, "ls /\n", "record", name, "-embedded")
		if code == 0 || !strings.Contains(errOut, "is the output") {
			t.Errorf("%s: %d %s", name, code, errOut)
		}
	}
	if _, err := os.Lstat("-"); err == nil {
		os.Remove("-")
		t.Error("a file - was made")
	}
}

// TestRecordingIsPrivate: for the digests of others are in it.
func TestRecordingIsPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	link := filepath.Join(t.TempDir(), "link.md")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{file}, {"-force", file}, {"-force", link}} {
		if _, errOut, code := zoosh(t, "ls /\n", append(append([]string{"record"}, args...), "-embedded")...); code != 0 {
			t.Fatal(errOut)
		}
		if info, err := os.Lstat(file); err != nil || info.Mode() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		os.Chmod(file, 0o644)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// TestExportToItsOutput: /dev/stdout is -, also where the output is a file. What it is a
// link to stands in for it, so that a failing test breaks no machine.
func TestExportToItsOutput(t *testing.T) {
	stdout := filepath.Join(t.TempDir(), "stdout")
	if err := os.Symlink("/dev/fd/1", stdout); err != nil {
		t.Fatal(err)
	}
	srv := startServer(t, 10*time.Second)
	file, err := os.OpenFile(filepath.Join(t.TempDir(), "out"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, to := range []string{"-", stdout} {
		file.Truncate(0)
		file.Seek(0, 0)
		cmd := process(t, "-server", srv.Addr())
		cmd.Stdin, cmd.Stdout = strings.NewReader("create /a\nexport -f /a "+to+"\nls /\ndelete /a\n"), file
		if err := cmd.Run(); err != nil {
			t.Log(err)
		}
		text, err := os.ReadFile(file.Name())
		if err != nil || !strings.HasPrefix(string(text), `{"zoosh":"export"`) || !strings.HasSuffix(string(text), "[a, zookeeper]\n") {
			t.Errorf("%s: %v\n%s", to, err, text)
		}
	}
}

// stuck is a server through which no request goes that speaks of a path with that word in
// it, so that a command stands still in the middle.
func stuck(t *testing.T, addr, word string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", addr)
			if err != nil {
				client.Close()
				continue
			}
			t.Cleanup(func() { client.Close(); to.Close() })
			go io.Copy(client, to)
			go func() {
				block := make([]byte, 64<<10)
				for {
					n, err := client.Read(block)
					if err != nil || strings.Contains(string(block[:n]), word) {
						return
					}
					to.Write(block[:n])
				}
			}()
		}
	}()
	return l.Addr().String()
}

// TestKilledExport: what kill -9 leaves beside an export goes with the next one, unless
// another is at work on it.
func TestKilledExport(t *testing.T) {
	srv := startServer(t, 10*time.Second)
	dir := t.TempDir()
	name := filepath.Join(dir, "a.json")
	left := func() []string {
		names, _ := filepath.Glob(filepath.Join(dir, ".a.json-*"))
		return names
	}
	export := func(path string) {
		t.Helper()
		if _, errOut, code := zoosh(t, "create /a x\nexport -f "+path+" "+name+"\n", "-server", srv.Addr()); code != 0 {
			t.Fatal(errOut)
		}
	}
	slow := stuck(t, srv.Addr(), "/stuck")
	begin := func() *exec.Cmd {
		t.Helper()
		n := len(left())
		cmd := process(t, "-server", slow, "export", "-f", "/stuck", name)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		for until := time.Now().Add(expectTimeout); len(left()) == n; time.Sleep(time.Millisecond) {
			if time.Now().After(until) {
				t.Fatal("no export has begun")
			}
		}
		return cmd
	}
	killed, atWork := begin(), begin()
	killed.Process.Kill()
	killed.Wait()
	if n := len(left()); n != 2 {
		t.Fatalf("%d files are left by two exports", n)
	}
	export("/a")
	if n := len(left()); n != 1 {
		t.Errorf("%d files are left, one of which is being written", n)
	}
	atWork.Process.Kill()
	atWork.Wait()
	export("/a")
	if n := len(left()); n != 0 {
		t.Errorf("%d files are left", n)
	}
	if text, _ := os.ReadFile(name); !strings.Contains(string(text), `"data":"x"`) {
		t.Errorf("the export has %q", text)
	}
}
