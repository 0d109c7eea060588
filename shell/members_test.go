package shell

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

// notServing is what a member without a quorum answers.
const notServing = "This ZooKeeper instance is not currently serving requests\n"

// fakeMember is a server that answers four-letter words alone: with a text each, and
// closes the connection upon others. Without any it hangs: it accepts, and that is all.
func fakeMember(t testing.TB, answers map[string]string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	if answers == nil {
		return ln.Addr().String()
	}
	return serveWords(ln, func(conn net.Conn, word string) { io.WriteString(conn, answers[word]) })
}

// member is a server that does one thing with each four-letter word.
func member(t testing.TB, answer func(conn net.Conn, word string)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return serveWords(ln, answer)
}

func serveWords(ln net.Listener, answer func(conn net.Conn, word string)) string {
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				word := make([]byte, 4)
				if _, err := io.ReadFull(conn, word); err == nil {
					answer(conn, string(word))
				}
			}()
		}
	}()
	return ln.Addr().String()
}

// among opens a shell on an embedded server that asks other members, too.
func among(t testing.TB, x *tester, members ...string) *tester {
	t.Helper()
	y := openOn(t, x.srv, Config{Target: session.Target{Timeout: longTimeout}, Dialect: D39})
	y.sh.mu.Lock()
	y.sh.servers = append([]string{x.srv.Addr()}, members...)
	y.sh.mu.Unlock()
	return y
}

// TestMemberThatDoesNotServe: its sentence is what it answers, and a failure.
func TestMemberThatDoesNotServe(t *testing.T) {
	addr := fakeMember(t, map[string]string{
		"srvr": notServing, "mntr": notServing, "cons": notServing, "wchs": notServing, "stat": notServing, "ruok": "imok",
	})
	x := open(t, Config{Dialect: D39})
	x.sh.mu.Lock()
	x.sh.servers = []string{addr}
	x.sh.mu.Unlock()
	sentence := strings.TrimSpace(notServing)
	for line, out := range map[string]string{
		"srvr": addr + "\n  " + sentence + "\n", "mntr": addr + "\n  " + sentence + "\n",
		"mntr znode":   addr + "\n  " + sentence + "\n",
		"srvr -o json": `{"error":"` + sentence + `","server":"` + addr + `"}` + "\n",
		"mntr -o json": `{"error":"` + sentence + `","server":"` + addr + `"}` + "\n",
		"4lw cons":     notServing, "4lw wchs": notServing, "4lw stat": notServing, "4lw -a wchs": addr + "\n" + notServing,
	} {
		x.want(line, out, "", 1)
	}
	x.want("4lw ruok", "imok\n", "", 0)
	x.want("sessions", "", addr+": "+sentence+"\n", 1)
	x.do("create -e /eph x")
	out, errOut, code := x.run("who /eph")
	if out != "/eph: session "+hex(x.sh.Session().ID())+"\n" || !strings.Contains(errOut, addr+": "+sentence) || code != 2 {
		t.Errorf("who: %q, %q, %d", out, errOut, code)
	}
	out, errOut, code = x.run("who -o json /eph")
	if out != `{"path":"/eph","session":"`+hex(x.sh.Session().ID())+`","own":true}`+"\n" || !strings.Contains(errOut, sentence) || code != 2 {
		t.Errorf("who -o json: %q, %q, %d", out, errOut, code)
	}
}

// TestSomeMembersDoNotServe: those that do are shown, and the failure is not hidden by
// them; a word for one of them is for one that serves.
func TestSomeMembersDoNotServe(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.srv.Addr()
	down := fakeMember(t, map[string]string{"srvr": notServing, "mntr": notServing, "conf": notServing})
	y := among(t, x, down)
	if out, errOut, code := y.run("srvr"); !strings.Contains(out, "standalone") || !strings.Contains(out, down+"\n  "+strings.TrimSpace(notServing)) || errOut != "" || code != 1 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	y.sh.mu.Lock()
	y.sh.servers = []string{down, x.srv.Addr()}
	y.sh.mu.Unlock()
	if out, errOut, code := y.run("4lw conf"); !strings.HasPrefix(out, "clientPort=") || errOut != "" || code != 0 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
}

// TestMembersAreAskedAtOnce: each of these answers when all have been asked.
func TestMembersAreAskedAtOnce(t *testing.T) {
	answers := map[string]string{"srvr": "Zookeeper version: 3.9.5\nMode: follower\n", "mntr": "zk_version\t3.9.5\n", "cons": "\n", "ruok": "imok"}
	for _, line := range []string{"srvr", "mntr", "sessions", "4lw -a ruok"} {
		x := open(t, Config{Dialect: D39})
		var asked sync.WaitGroup
		members := make([]string, 3)
		asked.Add(len(members))
		for i := range members {
			var once sync.Once
			members[i] = member(t, func(conn net.Conn, word string) {
				once.Do(asked.Done)
				asked.Wait()
				io.WriteString(conn, answers[word])
			})
		}
		y := among(t, x, members...)
		if out, errOut, _ := y.run(line); strings.Contains(errOut, "does not answer") {
			t.Errorf("%s: %q, %q", line, out, errOut)
		}
	}
}

// TestMemberThatHangs: none keeps the others waiting for long; internal/session has how
// long.
func TestMemberThatHangs(t *testing.T) {
	t.Parallel()
	x := openOn(t, startServer(t, server.Config{MaxSessionTimeout: longTimeout}), Config{Dialect: D39})
	hung, other := fakeMember(t, nil), fakeMember(t, nil)
	y := among(t, x, hung, other)
	y.do("create -e /eph x")
	y.sh.mu.Lock()
	y.sh.servers = []string{hung, x.srv.Addr(), other}
	y.sh.mu.Unlock()
	for _, line := range []string{"srvr", "mntr", "sessions", "who /eph", "4lw ruok", "4lw -a ruok"} {
		out, errOut, _ := y.runSoon(line)
		if out == "" || strings.Contains(out+errOut, "deadline") {
			t.Errorf("%s: %q, %q", line, out, errOut)
		}
		if all := !strings.HasPrefix(line, "4lw r") && !strings.HasPrefix(line, "who"); all && strings.Count(errOut, "accepts connections but does not answer") != 2 {
			t.Errorf("%s says %q", line, errOut)
		}
	}
	alone := openOn(t, x.srv, Config{Dialect: D39})
	alone.sh.mu.Lock()
	alone.sh.servers = []string{hung}
	alone.sh.mu.Unlock()
	word := hung + " accepts connections but does not answer %s: nothing has come for 3s\n"
	alone.want("srvr", "", fmt.Sprintf(word, "srvr"), 1)
	alone.want("4lw ruok", "", fmt.Sprintf(word, "ruok"), 1)
	alone.want("sessions", "", fmt.Sprintf(word, "cons"), 1)
}

// TestSessionOnAMemberThatHangs: who would wait for a session that does not come.
func TestSessionOnAMemberThatHangs(t *testing.T) {
	t.Parallel()
	hung := fakeMember(t, nil)
	for _, line := range []string{"sessions", "sessions -e", "who /eph", "srvr", "mntr", "4lw conf"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			rec := newRecorder()
			sh := New(Config{Target: session.Target{Connect: hung, Timeout: longTimeout}, Sink: rec.sink})
			if err := sh.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { sh.Close() })
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			code := sh.RunWords(ctx, strings.Fields(line))
			errOut := text(rec.snapshot(), Stderr)
			if ctx.Err() != nil || code == 0 || !strings.Contains(errOut, hung+" accepts connections but does not answer") {
				t.Errorf("%q, %d, %v", errOut, code, ctx.Err())
			}
		})
	}
}

// TestHungMemberLeavesTheDialect: the others tell what it does not.
func TestHungMemberLeavesTheDialect(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	dark := fakeMember(t, map[string]string{"srvr": notServing})
	bare := fakeMember(t, map[string]string{"srvr": notServing, "envi": "Environment:\nzookeeper.version=3.4.14-abc, built on 2019\nhost.name=x\n"})
	for _, tt := range []struct {
		servers []string
		want    Dialect
	}{
		{[]string{fakeMember(t, nil), x.srv.Addr()}, DialectOf(server.Version)},
		{[]string{dark, x.srv.Addr()}, DialectOf(server.Version)},
		{[]string{bare}, D34},
		{[]string{dark}, Auto},
		{[]string{fakeMember(t, map[string]string{})}, Auto},
	} {
		if got := detect(x.sh.cfg.Security, tt.servers); got != tt.want {
			t.Errorf("%v: %v", tt.servers, got)
		}
	}
}

// TestClosedWithoutAnAnswer: that says nothing is said, with what it usually means.
func TestClosedWithoutAnAnswer(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	for _, tt := range []struct {
		name    string
		answers map[string]string
		says    []string
	}{
		{"nothing at all", map[string]string{}, []string{"maxClientCnxns", "TLS", "not allowed"}},
		{"a word it does not allow", map[string]string{"srvr": "ClickHouse Keeper version: v24.3.1-abc\nMode: leader\n"}, []string{"does not know or does not allow"}},
		{"a TLS port", map[string]string{"dump": "\x15\x03\x03\x00\x02\x02\x46"}, []string{"it speaks TLS, this client does not"}},
	} {
		addr := fakeMember(t, tt.answers)
		x.sh.mu.Lock()
		x.sh.servers = []string{addr}
		x.sh.mu.Unlock()
		out, errOut, code := x.run("4lw dump")
		if out != "" || code != 1 || !strings.Contains(errOut, addr) {
			t.Errorf("%s: %q, %q, %d", tt.name, out, errOut, code)
		}
		for _, says := range tt.says {
			if !strings.Contains(errOut, says) {
				t.Errorf("%s: %q says nothing of %q", tt.name, errOut, says)
			}
		}
	}
	// This one may be empty.
	y := open(t, Config{Dialect: D39})
	y.want("4lw hash", "", "", 0)
	y.want("4lw nono", "", y.srv.Addr()+" closed the connection without an answer to nono: it answers srvr, so this is a word that it does not know or does not allow\n", 1)
}

// TestWhoCannotLook: without a server whose it is is not known.
func TestWhoCannotLook(t *testing.T) {
	rec := newRecorder()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	sh := New(Config{Target: session.Target{Connect: addr}, Dialect: D39, Sink: rec.sink})
	if err := sh.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer sh.Close()
	if code := sh.RunWords(t.Context(), []string{"who", "/a"}); code != 2 || !strings.Contains(text(rec.snapshot(), Stderr), "refused") {
		t.Errorf("%d, %q", code, text(rec.snapshot(), Stderr))
	}
}

// TestAnswerOfSomethingElse: what has no figure of a ZooKeeper is no answer, and keeps
// nobody from seeing the others.
func TestAnswerOfSomethingElse(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	for _, text := range []string{"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\nzk_", "x", "\x1b[31m\x00"} {
		other := fakeMember(t, map[string]string{"srvr": text, "mntr": text})
		y := among(t, x, other)
		for _, word := range []string{"srvr", "mntr", "srvr -o json", "mntr -o json", "mntr zk_version"} {
			out, err, code := y.run(word)
			name, _, _ := strings.Cut(word, " ")
			if code != 1 || !strings.Contains(out, "ersion") || strings.Contains(out, other) ||
				err != other+" does not answer "+name+" as a ZooKeeper does: "+shorten([]byte(strings.TrimSpace(text)))+"\n" {
				t.Errorf("%s of %q: %q, %q, %d", word, text, out, err, code)
			}
		}
	}
}
