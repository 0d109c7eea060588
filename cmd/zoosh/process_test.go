package main

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/zktest"
)

// A client is a process that reads commands: zoosh, zkCli or the C client.
type client struct {
	t    *testing.T
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser

	mu    sync.Mutex
	more  sync.Cond // a line has come, or the process has ended
	lines []string
	seen  int // lines that an earlier expect has passed
	ended bool

	waited chan struct{} // closed when cmd.Wait has returned
}

// startClient starts the process and gathers the lines of both its streams.
func startClient(t *testing.T, name string, cmd *exec.Cmd) *client {
	t.Helper()
	c := &client{t: t, name: name, cmd: cmd, waited: make(chan struct{})}
	c.more.L = &c.mu
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.in = in
	gathered := make(chan struct{})
	go func() {
		defer close(gathered)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			c.add(lines.Text(), false)
		}
		c.add("", true)
	}()
	go func() {
		defer close(c.waited)
		cmd.Wait()
		w.Close()
	}()
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		<-c.waited
		<-gathered
	})
	return c
}

func (c *client) add(line string, ended bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended = ended; !ended {
		c.lines = append(c.lines, line)
	}
	c.more.Broadcast()
}

func (c *client) send(line string) {
	c.t.Helper()
	if _, err := fmt.Fprintln(c.in, line); err != nil {
		c.t.Fatalf("%s: send %q: %v", c.name, line, err)
	}
}

// expectTimeout is how long a line may take: a JVM on a busy machine starts slowly.
const expectTimeout = 60 * time.Second

// expect waits for a line that holds the text, after those seen already.
func (c *client) expect(text string) {
	c.t.Helper()
	late := time.AfterFunc(expectTimeout, func() { c.add("", true) })
	defer late.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for ; c.seen < len(c.lines); c.seen++ {
			if strings.Contains(c.lines[c.seen], text) {
				c.seen++
				return
			}
		}
		if c.ended {
			c.t.Fatalf("%s: no %q came; all it said was\n%s", c.name, text, strings.Join(c.lines, "\n"))
		}
		c.more.Wait()
	}
}

// listens waits until a zoosh serve does, and tells where.
func (c *client) listens() string {
	c.t.Helper()
	const before = "listens on "
	c.expect(before)
	c.mu.Lock()
	defer c.mu.Unlock()
	_, rest, _ := strings.Cut(c.lines[c.seen-1], before)
	addr, _, _ := strings.Cut(rest, ",")
	return addr
}

// count is how many of all lines so far hold the text.
func (c *client) count(text string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, line := range c.lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// Three shells on a server of their own process: a master that is killed leaves
// its place after its timeout, one that closes leaves it at once.
func TestMasterGoes(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(*client)
	}{
		{"killed", func(c *client) { c.cmd.Process.Kill() }},
		{"closed", func(c *client) { c.send("close") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			serve := startClient(t, "serve", process(t, "serve", "-listen", "127.0.0.1:0", "-tick", "500ms"))
			addr := serve.listens()
			shell := func(name, timeout string) *client {
				return startClient(t, name, process(t, "-server", addr, "-timeout", timeout))
			}
			master, backup, worker := shell("master", "3000"), shell("backup", "10000"), shell("worker", "10000")
			master.send(`create -e /master "master1.example.com:2223"`)
			master.expect("Created /master")
			backup.send(`create -e /master "master2.example.com:2223"`)
			backup.expect("Node already exists: /master")
			backup.send("stat /master true")
			backup.expect("numChildren = 0")
			worker.send("create -e /worker x")
			worker.expect("Created /worker")
			tt.end(master)
			backup.expect("type:NodeDeleted path:/master")
			backup.send(`create -e /master "master2.example.com:2223"`)
			backup.expect("Created /master")
			// The worker's session has lived through it, and the backup was told once.
			worker.send("get /master")
			worker.expect("master2.example.com:2223")
			worker.send("ls /")
			worker.expect("worker")
			if n := backup.count("NodeDeleted"); n != 1 {
				t.Errorf("the backup was told %d times", n)
			}
		})
	}
}

// The server goes away under a running shell and comes back: commands fail with
// a line that says why, then work again, and the watch still fires.
func TestServerComesBack(t *testing.T) {
	zk := zktest.Start(t, zktest.LongSessions) // a start of ZooKeeper can take longer than the 4 s of others
	sh := startClient(t, "shell", process(t, "-server", zk.Addr(), "-dialect", "3.8", "-timeout", "60000"))
	sh.send("create /live x")
	sh.expect("Created /live")
	sh.send("get -w /live")
	sh.expect("x")
	zk.Kill()
	sh.send("ls /")
	sh.expect("ConnectionLoss for / (" + zk.Addr())
	zk.Restart()
	other := startClient(t, "other", process(t, "-server", zk.Addr(), "-waitforconnection"))
	other.send("set /live y")
	sh.expect("type:NodeDataChanged path:/live")
	sh.send("get /live")
	sh.expect("y")
}

// The embedded server serves clients that are not ours: the documented session,
// each role a process of Debian's zkCli.
func TestZkCliOnEmbedded(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for Java")
	}
	srv := startServer(t, 0)
	role := func(name string) *client {
		c := startClient(t, name, zktest.ZkCli(t, "-server", srv.Addr()))
		c.expect("type:None")
		return c
	}
	master, backup := role("master"), role("backup")
	for _, step := range []struct {
		at        *client
		send, say string
	}{
		{master, "ls /", "[zookeeper]"},
		{master, `create -e /master "master1.example.com:2223"`, "Created /master"},
		{master, "get -s /master", "numChildren = 0"},
		{backup, `create -e /master "master2.example.com:2223"`, "Node already exists: /master"},
		{backup, "stat /master true", "ephemeralOwner = 0x1"},
		{master, "quit", ""},
		{backup, "", "type:NodeDeleted path:/master"},
		{backup, `create -e /master "master2.example.com:2223"`, "Created /master"},
		{backup, `create /workers ""`, "Created /workers"},
		{backup, `create /tasks ""`, "Created /tasks"},
		{backup, `create /assign ""`, "Created /assign"},
		{backup, "ls /workers true", "[]"},
		{backup, "ls /tasks true", "[]"},
	} {
		step.at.step(step.send, step.say)
	}
	worker, customer := role("worker"), role("client")
	for _, step := range []struct {
		at        *client
		send, say string
	}{
		{worker, `create -e /workers/worker2.example.com "worker1.example.com:2224"`, "Created /workers/worker2.example.com"},
		{backup, "", "type:NodeChildrenChanged path:/workers"},
		{worker, `create /assign/worker1.example.com ""`, "Created /assign/worker1.example.com"},
		{worker, "ls /assign/worker1.example.com true", "[]"},
		{customer, `create -s /tasks/task- "cmd"`, "Created /tasks/task-0000000000"},
		{customer, "ls /tasks/task-0000000000 true", "[]"},
		{backup, "", "type:NodeChildrenChanged path:/tasks"},
		{backup, "ls /tasks", "[task-0000000000]"},
		{backup, "ls /workers", "[worker2.example.com]"},
		{backup, `create /assign/worker1.example.com/task-00000000 ""`, "Created /assign/worker1.example.com/task-00000000"},
		{worker, "", "type:NodeChildrenChanged path:/assign/worker1.example.com"},
		{worker, "ls /assign/worker1.example.com", "[task-00000000]"},
		{worker, `create /tasks/task-0000000000/status "done"`, "Created /tasks/task-0000000000/status"},
		{customer, "", "type:NodeChildrenChanged path:/tasks/task-0000000000"},
		{customer, "get -s /tasks/task-0000000000", "cversion = 1"},
		{customer, "get /tasks/task-0000000000/status", "done"},
	} {
		step.at.step(step.send, step.say)
	}
}

// step sends a line, unless it is empty, and waits for what it is to say.
func (c *client) step(send, say string) {
	c.t.Helper()
	if send != "" {
		c.send(send)
	}
	if say != "" {
		c.expect(say)
	}
}

// The same with the C client, as far as its commands go: ls and wexists arm a
// watch there, and create takes no data.
func TestCClientOnEmbedded(t *testing.T) {
	srv := startServer(t, 0)
	role := func(name string) *client {
		c := startClient(t, name, zktest.CClient(t, srv.Addr()))
		c.expect("Got a new session id")
		return c
	}
	master, backup, worker := role("master"), role("backup"), role("worker")
	for _, step := range []struct {
		at        *client
		send, say string
	}{
		{master, "create +e /master", "[/master]: rc = 0"},
		{master, "set /master master1.example.com:2223", "rc = 0"},
		{master, "get /master", "master1.example.com:2223"},
		{backup, "create +e /master", "[/master]: rc = -110"},
		{backup, "wexists /master", ""}, // it says nothing; the get behind it is answered later
		{backup, "get /master", "master1.example.com:2223"},
		{master, "quit", "Quitting"},
		{backup, "", "Watcher DELETED_EVENT state = CONNECTED_STATE for path /master"},
		{backup, "create +e /master", "[/master]: rc = 0"},
		{backup, "create /workers", "[/workers]: rc = 0"},
		{backup, "ls /workers", "/workers: rc = 0"},
		{worker, "create +e /workers/worker2.example.com", "rc = 0"},
		{backup, "", "Watcher CHILD_EVENT state = CONNECTED_STATE for path /workers"},
		{worker, "create +s /workers/task-", "name = /workers/task-0000000001"},
		{worker, "quit", "Quitting"},
	} {
		step.at.step(step.send, step.say)
	}
}
