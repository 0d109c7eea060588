//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/zktest"
)

// TestEnsemble is zoosh on three servers of Debian's with a quorum. The parts follow
// each other on the one ensemble, since it takes seconds to start; each leaves it
// whole.
func TestEnsemble(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for elections")
	}
	e := zktest.StartEnsemble(t, 3)
	if out, errOut, code := zoosh(t, "create /app\ncreate /app/live x\n", "-server", e.Connect()); code != 0 || out != "" {
		t.Fatalf("%q, %q, %d", out, errOut, code)
	}
	for _, part := range []struct {
		name string
		run  func(*testing.T, *zktest.Ensemble)
	}{
		{"read", readEnsemble}, {"four-letter words", askEnsemble}, {"reconfig", reconfigure},
		{"a member hangs", memberHangs}, {"the leader dies", leaderDies}, {"looked into", lookInto}, {"quorum lost", quorumLost}, {"cut off", cutOff},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.run(t, e) }) {
			return // the ensemble may be half of one
		}
	}
}

// readEnsemble: a list of servers with a chroot, and the dialect that fits them.
func readEnsemble(t *testing.T, e *zktest.Ensemble) {
	const script = "ls /\nget /live\nset /live y\nsync /\ndialect\nconfig -c\n"
	out, errOut, code := zoosh(t, script, "-server", e.Connect()+"/app")
	var clients []string
	for _, s := range e.Servers {
		clients = append(clients, s.Addr())
	}
	head, tail, _ := strings.Cut(out, "dialect is 3.8 (auto)\n")
	_, addresses, _ := strings.Cut(strings.TrimSuffix(tail, "\n"), " ")
	got := strings.Split(addresses, ",")
	slices.Sort(got)
	slices.Sort(clients)
	if head != "[live]\nx\nSync is OK\n" || errOut != "" || code != 0 || !slices.Equal(got, clients) {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	// Another server knows of it, once it has caught up.
	for _, s := range e.Servers {
		if out, _, _ := zoosh(t, "sync /app\nget /app/live\n", "-server", s.Addr()); out != "Sync is OK\ny\n" {
			t.Errorf("%s: %q", s.Addr(), out)
		}
	}
}

// askEnsemble: what the servers say of themselves is laid out as what they are.
func askEnsemble(t *testing.T, e *zktest.Ensemble) {
	leader := e.Leader()
	for _, s := range e.Servers {
		mode := "follower"
		if s == leader {
			mode = "leader"
		}
		out, errOut, code := zoosh(t, "srvr\nmntr server_state\nmntr learners\n", "-server", s.Addr())
		if !regexp.MustCompile(`(?m)^  Mode +`+mode+`$`).MatchString(out) || !regexp.MustCompile(`(?m)^  zk_server_state +`+mode+`$`).MatchString(out) ||
			errOut != "" || code != 0 || strings.Contains(out, "zk_learners") != (s == leader) {
			t.Errorf("%s is the %s: %q, %q, %d", s.Addr(), mode, out, errOut, code)
		}
	}
	out, errOut, code := zoosh(t, "srvr\n", "-server", e.Connect())
	if strings.Count(out, "follower") != 2 || strings.Count(out, "leader") != 1 || errOut != "" || code != 0 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
}

// reconfigure takes a server out and in again with zoosh and with zkCli, which say
// the same of it.
func reconfigure(t *testing.T, e *zktest.Ensemble) {
	leader := e.Leader()
	victim := e.Others(leader)[0]
	id, _, _ := strings.Cut(strings.TrimPrefix(victim.Member(), "server."), "=")
	var all []string
	for _, s := range e.Servers {
		all = append(all, s.Member())
	}
	file, other := filepath.Join(t.TempDir(), "members.cfg"), filepath.Join(t.TempDir(), "zoo.cfg")
	for name, text := range map[string]string{file: strings.Join(all, "\n") + "\nversion=5\n", other: all[0] + "\ntickTime=1\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lines := []string{
		"config", "reconfig -remove " + id, "addauth digest " + zktest.Super, "whoami",
		"reconfig", "reconfig -remove 77", "reconfig -remove x", "reconfig -add nonsense", "reconfig -v 1 -remove " + id, "reconfig -v z -remove " + id,
		"reconfig -remove " + id, "config", "config -c", "reconfig -s -add " + victim.Member(), "config -s",
		"reconfig -remove " + id, "reconfig -members " + strings.Join(all, ","), "reconfig -file " + file, "reconfig -file /nope", "reconfig -file " + other,
		"reconfig -members a -add b", "get /zookeeper/config",
	}
	var ours, theirs []string
	for range 3 { // on a busy machine a server may be late, and then a difference has to come again to count
		whole := "addauth digest " + zktest.Super + "\nreconfig -members " + strings.Join(all, ",") + "\n"
		if _, errOut, code := zoosh(t, whole, "-server", leader.Addr(), "-timeout", "30000"); code != 0 {
			t.Fatal(errOut)
		}
		ours = outputsOf(t, startClient(t, "zoosh", process(t, "-server", leader.Addr(), "-timeout", "30000")), lines)
		theirs = outputsOf(t, startClient(t, "zkCli", zktest.ZkCli(t, "-server", leader.Addr(), "-timeout", "30000")), lines)
		if slices.Equal(ours, theirs) {
			break
		}
	}
	for i, line := range lines {
		if ours[i] != theirs[i] {
			t.Errorf("%s\nzoosh\n%szkCli\n%s", line, ours[i], theirs[i])
		}
	}
	if got := ours[10]; !strings.HasPrefix(got, "Committed new configuration:\n") || strings.Contains(got, victim.Member()) || strings.Count(got, "server.") != 2 {
		t.Errorf("reconfig -remove: %s", got)
	}
	if got := ours[len(lines)-1]; !strings.Contains(got, victim.Member()) || strings.Count(got, "server.") != 3 {
		t.Errorf("at the end the configuration is %s", got)
	}
	victim.AwaitMode("follower")
}

// volatile is what differs from run to run in outputs.
var volatile = regexp.MustCompile(`version=[0-9a-f]+|0x[0-9a-f]+|[0-9a-f]+ (127[0-9.:,]+)|(time = ).*|((?:Version|version) = )\d+|^[0-9a-f]{9} `)

// outputsOf runs lines and returns what came out of each, on both streams.
func outputsOf(t *testing.T, c *client, lines []string) (outputs []string) {
	t.Helper()
	c.send("sync /")
	c.expect("Sync is OK")
	for _, line := range lines {
		c.mu.Lock()
		from := c.seen
		c.mu.Unlock()
		c.send(line)
		c.send("sync /")
		c.expect("Sync is OK")
		c.mu.Lock()
		text := strings.Join(c.lines[from:c.seen-1], "\n") + "\n"
		c.mu.Unlock()
		outputs = append(outputs, volatile.ReplaceAllString(text, "N $1$2$3"))
	}
	return outputs
}

// leaderDies under a session that is connected to it. The session goes on with
// another server, with its ephemeral and its watch, and the prompt says so.
func leaderDies(t *testing.T, e *zktest.Ensemble) {
	leader := e.Leader()
	p := shellOn(t, e, leader)
	p.send("get -w /live\r")
	p.shows("(CONNECTED) 3] ")
	leader.Kill()
	p.until("the loss of the connection at the prompt", func(string) bool { return strings.Contains(p.written(), "(CONNECTING) 3] ") })
	e.Leader()
	p.until("the prompt to be connected again", func(screen string) bool {
		lines := strings.Split(strings.TrimSpace(screen), "\n")
		return strings.HasSuffix(strings.TrimSpace(lines[len(lines)-1]), "(CONNECTED) 3]")
	})
	for i, value := range []string{"z", "zz"} {
		if _, errOut, code := zoosh(t, "set /app/live "+value+"\n", "-server", e.Connect(), "-waitforconnection"); code != 0 {
			t.Fatalf("set %d: %q", i, errOut)
		}
	}
	p.shows("type:NodeDataChanged path:/live")
	p.send("sync /\r")
	p.shows("Sync is OK")
	p.send("who /mine\r")
	p.shows("(CONNECTED) 5] ")
	if n := strings.Count(p.screen(), " on "+leader.Addr()+" since "); n != 1 || strings.Count(p.screen(), " since ") != 2 {
		t.Errorf("the session has not moved:\n%s", p.screen())
	}
	if n := strings.Count(p.screen(), "type:NodeDataChanged"); n != 1 {
		t.Errorf("the watch fired %d times:\n%s", n, p.screen())
	}
	p.send("delete /mine\rquit\r")
	<-p.exited
	leader.Restart()
	leader.AwaitMode("follower")
}

// shellOn is a prompt in the chroot /app whose session is connected to that server,
// and has the ephemeral /mine. The order in which the servers are tried is random.
func shellOn(t *testing.T, e *zktest.Ensemble, s *zktest.Server) *ptyRun {
	t.Helper()
	for range 50 {
		p := onPTY(t, 100, 60, "-plain", "-server", e.Connect()+"/app", "-timeout", "30000")
		p.shows("(CONNECTED) 0] ")
		p.send("create -e /mine\r")
		p.shows("Created /mine")
		p.send("who /mine\r")
		p.shows(" since ")
		if strings.Contains(p.screen(), " on "+s.Addr()+" since ") {
			return p
		}
		p.send("quit\r")
		<-p.exited
	}
	t.Fatal("no session comes to " + s.Addr())
	return nil
}

// cutOff: a server without its quorum is read, if -r says so, and written to by
// nobody.
func cutOff(t *testing.T, e *zktest.Ensemble) {
	leader := e.Leader()
	followers := e.Others(leader)
	left := followers[0]
	leader.Kill()
	followers[1].Kill()
	left.AwaitMode("read-only")
	_, errOut, code := zoosh(t, "", "-server", left.Addr(), "-r", "-timeout", "30000", "ls", "/")
	if code != 1 || !strings.Contains(errOut, "cut off from its quorum") {
		t.Errorf("no session is made: %q, %d", errOut, code)
	}
	left.Kill()
	for _, s := range e.Servers { // which is for all or none
		s.Add(zktest.LocalSessions)
	}
	left.Restart()
	args := []string{"-server", e.Connect() + "/app", "-r", "-timeout", "30000"}
	p := onPTY(t, 100, 40, append(args, "-plain")...)
	p.shows("(CONNECTEDREADONLY) 0] ")
	p.send("get /live\r")
	p.shows("\nzz")
	p.send("create /new\r")
	p.shows("Not a read-only call: /new")
	p.send("ls /\r")
	p.shows("[live]")

	const script = "ls /\nset /live no\ndelete /live\nget /live\n"
	const refused = "Not a read-only call: /live\n"
	out, errOut, code := zoosh(t, script, append(args, "-waitforconnection")...)
	if out != "[live]\nzz\n" || errOut != refused+refused || code != 0 {
		t.Errorf("-r: %q, %q, %d", out, errOut, code)
	}
	if out, errOut, code := zoosh(t, "", "-server", e.Connect(), "-timeout", "2000", "ls", "/"); out != "" || code != 1 || !strings.Contains(errOut, "ConnectionLoss") {
		t.Errorf("without -r: %q, %q, %d", out, errOut, code)
	}
	leader.Restart()
	p.until("the prompt to be of a whole ensemble", func(screen string) bool {
		lines := strings.Split(strings.TrimSpace(screen), "\n")
		return strings.HasSuffix(strings.TrimSpace(lines[len(lines)-1]), "(CONNECTED) 3]")
	})
	p.send("create /new\r")
	p.shows("Created /new")
	p.send("delete /new\rquit\r")
	<-p.exited
	followers[1].Restart()
}

// lookInto: the files of each member, which has seen several epochs, can be looked
// into and served.
func lookInto(t *testing.T, e *zktest.Ensemble) {
	if _, errOut, code := zoosh(t, "create /app/last x\n", "-server", e.Connect()); code != 0 {
		t.Fatal(errOut)
	}
	for _, s := range e.Servers {
		live, errOut, code := zoosh(t, "sync /\nls -R /app\nget -s /app/last\n", "-server", s.Addr())
		if code != 0 {
			t.Fatalf("%s: %s", s.Addr(), errOut)
		}
		want := strings.TrimPrefix(live, "Sync is OK\n")
		past, errOut, _ := zoosh(t, "ls -R /app\nget -s /app/last\n", "open", "-dialect", "3.8", s.DataDir())
		if past != want {
			t.Errorf("opened:\n%s%s\nwant\n%s", past, errOut, want)
		}
		log, errOut, _ := zoosh(t, "", "open", s.DataDir(), "log", "-path", "/app/last")
		if strings.Count(log, "create /app/last") != 1 {
			t.Errorf("log: %s%s", log, errOut)
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(s.DataDir())); err != nil {
			t.Fatal(err)
		}
		served, errOut, _ := zoosh(t, "ls -R /app\nget -s /app/last\n", "-embedded", "-dialect", "3.8", "-data-dir", dir)
		if served != want {
			t.Errorf("served:\n%s%s\nwant\n%s", served, errOut, want)
		}
	}
	zoosh(t, "", "-server", e.Connect(), "delete", "/app/last")
}
