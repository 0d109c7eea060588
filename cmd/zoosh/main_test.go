package main

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/server/servertest"
	"zoosh/internal/zktest"
)

// beZoosh makes the test binary zoosh itself, for tests that need processes.
const beZoosh = "ZOOSH_TEST_RUNS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(beZoosh) != "" {
		main()
	}
	os.Setenv("XDG_CONFIG_HOME", "/nonexistent") // whoever runs the tests may have profiles
	os.Exit(m.Run())
}

// zoosh runs the command line in this process.
func zoosh(t *testing.T, in string, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(args, stdio{in: strings.NewReader(in), out: &o, err: &e, terminal: func(any) bool { return false }})
	return o.String(), e.String(), code
}

// zooshSoon is zoosh for what may wait, but not for long: the test fails if it does not
// end.
func zooshSoon(t *testing.T, in string, args ...string) (out, errOut string, code int) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		out, errOut, code = zoosh(t, in, args...)
	}()
	select {
	case <-ended:
	case <-time.After(expectTimeout):
		t.Fatalf("zoosh %q does not end", args)
	}
	return out, errOut, code
}

// longTimeout is a session timeout, as -timeout takes it, that no test lives to see: what
// ends without it did not wait for it.
const longTimeout = "3600000"

// process is the command for zoosh as a process of its own.
func process(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), beZoosh+"=1", "HOME="+t.TempDir())
	return cmd
}

func startServer(t testing.TB, tick time.Duration) *server.Server {
	t.Helper()
	return servertest.Start(t, server.Config{TickTime: tick})
}

func TestStreams(t *testing.T) {
	out, errOut, code := zoosh(t, "create /a b\nget /a\n", "-embedded", "-dialect", "3.9")
	if out != "b\n" || errOut != "Created /a\n" || code != 0 {
		t.Errorf("out %q, err %q, code %d", out, errOut, code)
	}
}

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		args     []string
		code     int
	}{
		{"nothing to do", "", nil, 0},
		{"success after a failure", "get /nope\nls /\n", nil, 0},
		{"failure at the end", "ls /\nget /nope\n", nil, 1},
		{"unknown command", "foo\n", nil, 127},
		{"unknown command, one-shot", "", []string{"foo"}, 127},
		{"unknown command in 3.4", "foo\n", []string{"-dialect", "3.4"}, 127},
		{"failure, one-shot", "", []string{"get", "/nope"}, 1},
		{"quit keeps the code", "get /nope\nquit\nls /\n", nil, 1},
		{"no line end at the end", "get /nope", nil, 1},
		{"a line that ends as on Windows", "ls /\r\n", nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, errOut, code := zoosh(t, tt.in, append([]string{"-embedded"}, tt.args...)...)
			if code != tt.code {
				t.Errorf("code %d, want %d; it said %q", code, tt.code, errOut)
			}
		})
	}
}

func TestWrongCalls(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-nosuch"}, 2, "-nosuch"},
		{[]string{"-timeout", "soon"}, 2, "milliseconds"},
		{[]string{"-timeout", "0"}, 2, "milliseconds"},
		{[]string{"-timeout", "1h5"}, 2, "milliseconds"},
		{[]string{"-dialect", "3.2"}, 2, "3.4, 3.8, 3.9"},
		{[]string{"-embedded", "-server", "x"}, 2, "exclude"},
		{[]string{"-enforce-quota", "ls", "/"}, 2, "-embedded"},
		{[]string{"-server", "host:port", "ls", "/"}, 1, "port"},
		{[]string{"serve", "extra"}, 2, "extra"},
		{[]string{"serve", "-listen", "256.0.0.1:1"}, 1, "256.0.0.1"},
		{[]string{"test"}, 2, "transcript"},
	} {
		out, errOut, code := zoosh(t, "", tt.args...)
		if code != tt.code || !strings.Contains(errOut, tt.want) || strings.Count(errOut, "\n") != 1 || out != "" {
			t.Errorf("%q: code %d, out %q, err %q; want code %d and one line with %q", tt.args, code, out, errOut, tt.code, tt.want)
		}
	}
	for _, args := range [][]string{{"-help"}, {"serve", "-help"}, {"test", "-help"}, {"-version"}} {
		out, errOut, code := zoosh(t, "", args...)
		if code != 0 || out == "" || errOut != "" {
			t.Errorf("%q: code %d, out %q, err %q; want help on standard output", args, code, out, errOut)
		}
	}
}

// A shell goes on after whatever is typed, and says what is wrong with it.
func TestBadInput(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"create", "create [-s] [-e]"},
		{"get foo", "Path must start with / character"},
		{"create /a/ x", "Path must not end with / character"},
		{"set /zookeeper", "set path data"},
		{"delete /zookeeper abc", `For input string: "abc"`},
		{"get -z", "Path must start with / character"},
		{"create -t soon /a x", "-t argument must be a long value"},
		{"create /big " + strings.Repeat("x", 2<<20), "a ZooKeeper server takes at most"},
		{`"`, "No command entered"},
		{"create \"/a\x1bb\" x", "invalid character"},
		{"dialect 3.2", "unknown dialect"},
	} {
		for _, dialect := range []string{"3.4", "3.9"} {
			if dialect == "3.9" && strings.Contains(tt.line, "-z") || dialect == "3.9" && strings.Contains(tt.line, "abc") {
				continue // an unknown option, and a version that is passed over
			}
			out, errOut, code := zoosh(t, tt.line+"\ncreate /after x\nls /after\n", "-embedded", "-dialect", dialect)
			if !strings.Contains(errOut, tt.want) || !strings.Contains(errOut, "Created /after") || out != "[]\n" || code != 0 {
				t.Errorf("%.40q in %s: out %q, err %.300q, code %d", tt.line, dialect, out, errOut, code)
			}
		}
	}
	// What no quote closes is taken as it stands, as zkCli does.
	if out, _, _ := zoosh(t, "create /b \"unterminated\nget /b\n", "-embedded", "-dialect", "3.9"); out != "unterminated\n" {
		t.Errorf("an unterminated quote: %q", out)
	}
}

func TestDeadServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	out, errOut, code := zooshSoon(t, "", "-server", addr, "-timeout", longTimeout, "ls", "/")
	if out != "" || code != 1 || !strings.Contains(errOut, addr) || !strings.Contains(errOut, "ConnectionLoss") {
		t.Errorf("out %q, err %q, code %d", out, errOut, code)
	}
	_, errOut, code = zoosh(t, "", "-server", addr, "-timeout", "500", "-waitforconnection", "ls", "/")
	if code != 1 || !strings.Contains(errOut, addr) {
		t.Errorf("waiting for the connection: err %q, code %d", errOut, code)
	}
}

// Data that leaves through a pipe is what is stored, to the byte.
func TestDataIsKept(t *testing.T) {
	srv := startServer(t, 0)
	data := "a\x1b[31m\x00\xff\u202e\n\nend"
	if _, errOut, code := zoosh(t, "", "-server", srv.Addr(), "create", "/bin", data); code != 0 {
		t.Fatal(errOut)
	}
	out, _, _ := zoosh(t, "", "-server", srv.Addr(), "-dialect", "3.9", "get", "/bin")
	if out != data { // it is no text: nothing is put behind it
		t.Errorf("got %q, want %q", out, data)
	}
}

func TestAutoDialect(t *testing.T) {
	if out, errOut, _ := zoosh(t, "dialect\nstat /\n", "-embedded"); out != "dialect is 3.4 (auto)\n" || !strings.HasPrefix(errOut, "cZxid") {
		t.Errorf("embedded: out %q, err %q", out, errOut)
	}
	zk := zktest.Start(t)
	if out, _, _ := zoosh(t, "dialect\n", "-server", zk.Addr()); out != "dialect is 3.8 (auto)\n" {
		t.Errorf("Debian's ZooKeeper: %q", out)
	}
}

var documented = filepath.Join("..", "..", "testdata", "documented-session.md")

func TestDocumentedSession(t *testing.T) {
	if out, errOut, code := zoosh(t, "", "test", documented); code != 0 {
		t.Errorf("on the embedded server:\n%s%s", out, errOut)
	}
	zk := zktest.Start(t)
	if out, errOut, code := zoosh(t, "", "test", "-server", zk.Addr(), documented); code != 0 {
		t.Errorf("on Debian's ZooKeeper:\n%s%s", out, errOut)
	}
}

// -update mends what differs and leaves the rest of the page as it is.
func TestUpdate(t *testing.T) {
	page, err := os.ReadFile(documented)
	if err != nil {
		t.Fatal(err)
	}
	wrong := bytes.Replace(page, []byte("cversion = 1"), []byte("cversion = 7"), 1)
	if bytes.Equal(wrong, page) {
		t.Fatal("the page has no line to change")
	}
	file := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(file, wrong, 0o644); err != nil {
		t.Fatal(err)
	}
	out, _, code := zoosh(t, "", "test", file)
	if code != 1 || !strings.Contains(out, "cversion = 7") || !strings.Contains(out, "cversion = 1") {
		t.Errorf("a wrong line: code %d, out %q", code, out)
	}
	zoosh(t, "", "test", "-update", file)
	if mended, _ := os.ReadFile(file); !bytes.Equal(mended, page) {
		t.Error("-update did not give the page back as it was")
	}
}

// The embedded server of a call can be controlled by it, in a script and by a single
// command; no other.
func TestServerCommand(t *testing.T) {
	script := "create /a b\nsession other\ncreate -e /e x\nsession main\nserver delay other 1\nserver restart\nget /a\nget /e\nserver stop\n"
	out, errOut, code := zoosh(t, script, "-embedded", "-dialect", "3.9")
	if out != "b\nx\n" || code != 0 || !strings.Contains(errOut, "Delayed by 1ms each way: session other\nStarted: ") {
		t.Errorf("out %q, err %q, code %d", out, errOut, code)
	}
	out, _, code = zoosh(t, "", "-embedded", "server")
	if !strings.Contains(out, "state     running\n") || code != 0 {
		t.Errorf("out %q, code %d", out, code)
	}
	srv := startServer(t, 0)
	_, errOut, code = zoosh(t, "", "-server", srv.Addr(), "server", "stop")
	if !strings.HasPrefix(errOut, "server: this is not the embedded server of this zoosh") || code != 1 {
		t.Errorf("err %q, code %d", errOut, code)
	}
}
