package attack_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/attack"
	"zoosh/internal/rawzk"
	"zoosh/internal/server"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// serveVar has the test's own program be the server that is attacked.
const serveVar = "ZOOSH_ATTACKED"

// LongVar is how many times over the attacks are played; once if it is not set.
const longVar = "ZOOSH_ATTACKS"

func TestMain(m *testing.M) {
	if args := os.Getenv(serveVar); args != "" {
		if err := serve(strings.Fields(args)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve runs a server until standard input ends, or it does.
func serve(args []string) error {
	cfg := server.Config{Logf: func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}}
	for _, arg := range args {
		switch key, value, _ := strings.Cut(arg, "="); key {
		case "dir":
			cfg.DataDir = value
		case "snap":
			cfg.SnapCount, _ = strconv.Atoi(value)
		}
	}
	s, err := server.Start(cfg)
	if err != nil {
		return err
	}
	fmt.Println(s.Addr())
	go func() {
		bufio.NewReader(os.Stdin).ReadByte()
		s.Close()
	}()
	<-s.Done()
	return s.Close()
}

// attacked is a server in a process of its own.
type attacked struct {
	t    *testing.T
	addr string
	cmd  *exec.Cmd
	done chan struct{}

	mu   sync.Mutex
	said strings.Builder
}

// start starts a server, in a shell that first runs before.
func start(t *testing.T, before string, args ...string) *attacked {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &attacked{t: t, done: make(chan struct{})}
	s.cmd = exec.Command("sh", "-c", before+`exec "$0"`, self)
	s.cmd.Env = append(os.Environ(), serveVar+"=memory "+strings.Join(args, " "))
	in, _ := s.cmd.StdinPipe()
	out, _ := s.cmd.StdoutPipe()
	s.cmd.Stderr = s
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server does not start: %v %s", err, line)
	}
	s.addr = strings.TrimSpace(line)
	go func() {
		s.cmd.Wait()
		close(s.done)
	}()
	t.Cleanup(func() {
		in.Close()
		s.cmd.Process.Kill()
		<-s.done
	})
	return s
}

// Write keeps what the server says.
func (s *attacked) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.said.Len() < 1<<20 {
		s.said.Write(b)
	}
	return len(b), nil
}

// client is a client that means well, with a session.
func (s *attacked) client() *rawzk.Client {
	s.t.Helper()
	k, err := rawzk.Dial(s.addr, 30*time.Second)
	if err != nil {
		s.t.Fatalf("nobody can connect: %v", err)
	}
	s.t.Cleanup(k.Drop)
	return k
}

func (s *attacked) create(k *rawzk.Client, path string, data []byte, flags int32) {
	s.t.Helper()
	r := &wire.CreateRequest{Path: path, Data: data, ACL: wire.OpenACL(), Flags: flags}
	if _, err := k.Do(wire.OpCreate, r, nil); err != nil {
		s.t.Fatalf("create %.100s: %v", path, err)
	}
}

// fill makes so many znodes below a path.
func (s *attacked) fill(k *rawzk.Client, path string, n int) {
	s.t.Helper()
	s.create(k, path, nil, 0)
	for at := 0; at < n; {
		m := &wire.MultiRequest{}
		for ; at < n && len(m.Ops) < 5000; at++ {
			m.Ops = append(m.Ops, wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{
				Path: fmt.Sprintf("%s/n-%07d", path, at), ACL: wire.OpenACL(),
			}})
		}
		if _, err := k.Do(wire.OpMulti, m, nil); err != nil {
			s.t.Fatal(err)
		}
	}
}

// An outcome is what an attack may do at most.
type outcome struct {
	grown int           // resident memory, in bytes
	wait  time.Duration // of a client beside it
}

// during plays an attack, as often as it is asked for, and holds it to its bounds.
func (s *attacked) during(bound outcome, play func(c *attack.Crowd)) {
	s.t.Helper()
	w, err := attack.Watch(s.addr, "/witness")
	if err != nil {
		s.t.Fatal(err)
	}
	before, _, err := attack.Resident(s.cmd.Process.Pid)
	if err != nil {
		s.t.Skip(err)
	}
	began := time.Now()
	for range zktest.FromEnv(s.t, longVar, 1) {
		c := attack.New(s.addr)
		play(c)
		c.Close()
	}
	took := time.Since(began)
	_, most, _ := attack.Resident(s.cmd.Process.Pid)
	longest, requests, err := w.Close()
	s.t.Logf("%v: %d MB before, %d MB at most; a client beside it had %d replies, the longest after %v",
		took.Round(time.Millisecond), before>>20, most>>20, requests, longest.Round(time.Millisecond))
	if err != nil {
		s.t.Errorf("a client beside it: %v", err)
	}
	if most-before > bound.grown {
		s.t.Errorf("it takes %d MB more, and may take %d", (most-before)>>20, bound.grown>>20)
	}
	if longest > bound.wait {
		s.t.Errorf("a client beside it waits for %v, and may wait for %v", longest, bound.wait)
	}
	select {
	case <-s.done:
		s.t.Errorf("the server has ended: %s", s.said.String())
	default:
	}
}

const mb = 1 << 20

// settle waits until an attack has had its effect: the server takes no more memory, and
// its client beside it no longer.
func (s *attacked) settle() {
	since := time.Now()
	for began, had := since, 0; time.Since(since) < time.Second && time.Since(began) < 15*time.Second; time.Sleep(20 * time.Millisecond) {
		_, most, _ := attack.Resident(s.cmd.Process.Pid)
		if most > had+mb {
			had, since = most, time.Now()
		}
	}
}

// A znode of a megabyte, asked for again and again in one request, and not read.
func TestUnreadMultiReads(t *testing.T) {
	s := start(t, "")
	k := s.client()
	s.create(k, "/big", make([]byte, mb-100), 0)
	m := &wire.MultiRequest{}
	for range 60 {
		m.Ops = append(m.Ops, wire.MultiOp{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/big"}})
	}
	s.during(outcome{300 * mb, time.Second}, func(c *attack.Crowd) {
		if err := c.Sessions(60); err != nil {
			t.Fatal(err)
		}
		c.Send(1, wire.OpMultiRead, m)
		s.settle()
	})
}
