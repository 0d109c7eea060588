package attack_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"slices"
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

// longVar is how many times over the attacks are played; once if it is not set.
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
	cfg := server.Config{
		// That attackers are let go in the end is to be of no help to others.
		FirstFrameTimeout: attack.Endless, MaxSessionTimeout: attack.Endless,
		Logf: func(format string, args ...any) {
			fmt.Fprintf(os.Stderr, format+"\n", args...)
		},
	}
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
	if testing.Short() {
		t.Skip("takes seconds, and none with the race detector, which takes memory of its own")
	}
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
	k, err := rawzk.Dial(s.addr, attack.Endless)
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
	wait  time.Duration // of a client beside it, on a machine with time for it
}

// starved is how many times as long as a client of a server that nobody attacks a client
// of one that is attacked may wait beyond its bound: both share the machine.
const starved = 10

// during plays an attack, as often as it is asked for, and holds it to its bounds.
func (s *attacked) during(bound outcome, play func(c *attack.Crowd)) {
	s.t.Helper()
	w, spared := s.witness(), start(s.t, "").witness()
	before, _, err := zktest.Resident(s.cmd.Process.Pid)
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
	_, most, _ := zktest.Resident(s.cmd.Process.Pid)
	longest, requests, err := w.Close()
	elsewhere, _, _ := spared.Close()
	s.t.Logf("%v: %d MB before, %d MB at most; a client beside it had %d replies, the longest after %v, and elsewhere after %v",
		took.Round(time.Millisecond), before>>20, most>>20, requests, longest.Round(time.Millisecond), elsewhere.Round(time.Millisecond))
	if err != nil {
		s.t.Errorf("a client beside it: %v", err)
	}
	if most-before > bound.grown {
		s.t.Errorf("it takes %d MB more, and may take %d", (most-before)>>20, bound.grown>>20)
	}
	if may := bound.wait + starved*elsewhere; longest > may {
		s.t.Errorf("a client beside it waits for %v, and may wait for %v", longest, may)
	}
	select {
	case <-s.done:
		s.t.Errorf("the server has ended: %s", s.said.String())
	default:
	}
}

// witness begins a witness of the server's.
func (s *attacked) witness() *attack.Witness {
	s.t.Helper()
	w, err := attack.Watch(s.addr, "/witness")
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

const mb = 1 << 20

// settle waits until an attack has had its effect: the server takes no more memory, and
// its client beside it no longer.
func (s *attacked) settle() {
	since := time.Now()
	for began, had := since, 0; time.Since(since) < time.Second && time.Since(began) < 15*time.Second; time.Sleep(20 * time.Millisecond) {
		_, most, _ := zktest.Resident(s.cmd.Process.Pid)
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
	s.during(outcome{300 * mb, 4 * time.Second}, func(c *attack.Crowd) {
		if err := c.Sessions(60); err != nil {
			t.Fatal(err)
		}
		c.Send(1, wire.OpMultiRead, m)
		s.settle()
	})
}

// Sockets that say nothing, more than there are descriptors, and then a new file of the
// transaction log, and another: the server goes on, and lets others in.
func TestSilentSockets(t *testing.T) {
	for _, addresses := range []int{1, 50} {
		t.Run(fmt.Sprintf("from %d addresses", addresses), func(t *testing.T) {
			s := start(t, "ulimit -n 128; ", "dir="+t.TempDir(), "snap=50")
			k := s.client()
			s.create(k, "/a", nil, 0)
			s.during(outcome{100 * mb, 4 * time.Second}, func(c *attack.Crowd) {
				c.Silent(300, addresses)
				for range 500 { // with some new logs and snapshots
					if _, err := k.Do(wire.OpSetData, &wire.SetDataRequest{Path: "/a", Version: -1}, nil); err != nil {
						t.Fatal(err)
					}
				}
				for range 3 {
					c.Silent(100, addresses)
					s.client().Drop()
				}
				if got, err := zktest.FourLetter(s.addr, "ruok"); err != nil || got != "imok" {
					t.Errorf("ruok: %q, %v", got, err)
				}
			})
		})
	}
}

// Sockets that have said half of what they want, and stop there.
func TestHalfSaid(t *testing.T) {
	s := start(t, "ulimit -n 256; ", "dir="+t.TempDir())
	connect := wire.AppendFrame(nil, &wire.ConnectRequest{Timeout: 30000, Passwd: make([]byte, wire.MaxFrame-100)})
	s.during(outcome{250 * mb, 4 * time.Second}, func(c *attack.Crowd) {
		c.Silent(400, 10)
		c.Write(1, connect[:len(connect)-1])
		s.settle()
	})
}

// Requests of nearly a megabyte that want for their last byte.
func TestHalfARequest(t *testing.T) {
	s := start(t, "")
	m := &wire.SetWatches{Data: make([]string, 200_000), Exist: []string{}, Child: []string{}}
	frame := wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpSetWatches}, m)
	s.during(outcome{150 * mb, 4 * time.Second}, func(c *attack.Crowd) {
		c.Silent(200, 10)
		c.Write(1, append(attack.Connect(), frame[:len(frame)-1]...))
		// Somebody else has as much to say.
		k := s.client()
		k.SetDeadline(time.Now().Add(attack.Patience))
		s.create(k, fmt.Sprintf("/%d", time.Now().UnixNano()), make([]byte, mb-1000), 0)
		s.settle()
	})
}

// Watches on paths of nearly a megabyte that are not there.
func TestWatchesOnLongPaths(t *testing.T) {
	s := start(t, "")
	s.during(outcome{350 * mb, 4 * time.Second}, func(c *attack.Crowd) {
		if err := c.Sessions(20); err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			path := fmt.Sprintf("/%0*d", 990_000, i)
			c.Send(1, wire.OpExists, &wire.PathWatchRequest{Path: path, Watch: true})
		}
		s.settle()
	})
}

// manyWatches arms so many watches on absent paths, each of so many bytes, on a session
// of a client that stays.
func (s *attacked) manyWatches(n, length int) *rawzk.Client {
	s.t.Helper()
	k := s.client()
	for at := 0; at < n; {
		r := &wire.SetWatches{Data: []string{}, Child: []string{}}
		for size := 0; at < n && size < 900_000; at, size = at+1, size+length+4 {
			r.Exist = append(r.Exist, fmt.Sprintf("/w%0*d", length-2, at))
		}
		if _, err := k.Do(wire.OpSetWatches, r, nil); err != nil {
			s.t.Fatal(err)
		}
	}
	return k
}

// Words that tell of many watches, and answers that nobody reads.
func TestWordsUnread(t *testing.T) {
	for _, word := range []string{"wchp", "wchc", "dump", "cons"} {
		t.Run(word, func(t *testing.T) {
			s := start(t, "")
			s.manyWatches(120_000, 250)
			s.during(outcome{200 * mb, 4 * time.Second}, func(c *attack.Crowd) {
				if err := c.Words(40, word); err != nil {
					t.Fatal(err)
				}
				s.settle()
			})
		})
	}
}

// A client with very many watches goes: others do not wait until all are forgotten.
func TestManyWatchesEnd(t *testing.T) {
	s := start(t, "")
	k := s.manyWatches(800_000, 12)
	s.during(outcome{350 * mb, 4 * time.Second}, func(c *attack.Crowd) {
		k.Drop()
		s.settle()
		k = s.manyWatches(1000, 12)
	})
}

// Many who watch, and do not read what they are told.
func TestUnreadNotifications(t *testing.T) {
	s := start(t, "")
	k := s.client()
	s.during(outcome{300 * mb, 4 * time.Second}, func(c *attack.Crowd) {
		if err := c.Sessions(60); err != nil {
			t.Fatal(err)
		}
		c.Send(1, wire.OpAddWatch, &wire.AddWatchRequest{Path: "/", Mode: wire.WatchPersistentRecursive})
		var paths []string
		for i := range 30 {
			paths = append(paths, fmt.Sprintf("/%d-%0*d", time.Now().UnixNano(), 900_000, i))
			s.create(k, paths[i], nil, wire.FlagEphemeral)
		}
		s.settle()
		c.Close()
		for _, path := range paths { // the next round is to begin as this one did
			if _, err := k.Do(wire.OpDelete, &wire.PathVersionRequest{Path: path, Version: wire.AnyVersion}, nil); err != nil {
				t.Fatalf("delete %.100s: %v", path, err)
			}
		}
	})
}

// One request that makes and deletes what counts the use of a quota, again and again.
func TestQuotaRecounts(t *testing.T) {
	s := start(t, "")
	k := s.client()
	s.fill(k, "/a", 100_000)
	for _, path := range []string{"/zookeeper/quota/a", "/zookeeper/quota/a/zookeeper_limits"} {
		s.create(k, path, []byte("count=1,bytes=1"), 0)
	}
	path := "/zookeeper/quota/a/zookeeper_stats"
	m := &wire.MultiRequest{}
	for range 500 {
		m.Ops = append(m.Ops,
			wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{Path: path, ACL: wire.OpenACL()}},
			wire.MultiOp{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: path, Version: -1}})
	}
	s.during(outcome{200 * mb, 4 * time.Second}, func(c *attack.Crowd) {
		if err := c.Sessions(1); err != nil {
			t.Fatal(err)
		}
		c.Send(20, wire.OpMulti, m)
		s.settle()
	})
}

// Small requests for what is large, of many clients at once, and unread.
func TestSmallRequests(t *testing.T) {
	s := start(t, "")
	k := s.client()
	s.fill(k, "/many", 200_000)
	s.deepPath(k, 3000)
	s.longACL(k)
	for name, r := range map[string]struct {
		op   wire.Op
		body wire.Record
	}{
		"getAllChildrenNumber": {wire.OpGetAllChildrenNumber, &wire.PathRequest{Path: "/many"}},
		"getChildren":          {wire.OpGetChildren, &wire.PathWatchRequest{Path: "/many"}},
		"multiRead of children": {wire.OpMultiRead, &wire.MultiRequest{Ops: slices.Repeat(
			[]wire.MultiOp{{Op: wire.OpGetChildren, Request: &wire.PathWatchRequest{Path: "/many"}}}, 20)}},
		"multiRead of a long ACL": {wire.OpMultiRead, &wire.MultiRequest{Ops: slices.Repeat(
			[]wire.MultiOp{{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/acl"}}}, 10_000)}},
		"getACL":       {wire.OpGetACL, &wire.PathRequest{Path: "/acl"}},
		"deep setData": {wire.OpSetData, &wire.SetDataRequest{Path: strings.Repeat("/d", 3000), Version: -1}},
		"checks": {wire.OpMulti, &wire.MultiRequest{Ops: slices.Repeat(
			[]wire.MultiOp{{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/acl", Version: -1}}}, 20_000)}},
		"setWatches": {wire.OpSetWatches, &wire.SetWatches{Data: slices.Repeat([]string{"/x"}, 150_000), Exist: []string{}, Child: []string{}}},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.during(outcome{400 * mb, 4 * time.Second}, func(c *attack.Crowd) {
				if err := c.Sessions(60); err != nil {
					t.Fatal(err)
				}
				c.Send(5, r.op, r.body)
				s.settle()
			})
		})
	}
}

// deepPath makes a path of so many levels, the first of them with a quota and watched.
func (s *attacked) deepPath(k *rawzk.Client, levels int) {
	s.t.Helper()
	for i := 1; i <= levels; i++ {
		s.create(k, strings.Repeat("/d", i), nil, 0)
	}
	if _, err := k.Do(wire.OpAddWatch, &wire.AddWatchRequest{Path: "/d", Mode: wire.WatchPersistentRecursive}, nil); err != nil {
		s.t.Fatal(err)
	}
}

// longACL makes /acl, with as many entries as one request can name.
func (s *attacked) longACL(k *rawzk.Client) {
	s.t.Helper()
	r := &wire.CreateRequest{Path: "/acl"}
	for i := range 20_000 {
		r.ACL = append(r.ACL, wire.ACL{Perms: wire.PermAll, Scheme: "digest", ID: fmt.Sprintf("u%d:%d", i, i)})
	}
	r.ACL = append(r.ACL, wire.OpenACL()...)
	if _, err := k.Do(wire.OpCreate, r, nil); err != nil {
		s.t.Fatal(err)
	}
}
