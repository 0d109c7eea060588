package shell

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

func TestSessionsAndWho(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	y := openOn(t, x.srv, Config{Dialect: D39})
	id := hex(x.sh.Session().ID())
	out, err, code := x.run("sessions -e")
	want := regexp.MustCompile(`(?s)^session +client .*` + id + ` +127\.0\.0\.1:\d+ +127\.0\.0\.1:\d+ +30s  \d{4}-\S+  \(this one\)\n  /app/workers/w1\n  /app/workers/w2\n.*` + hex(y.sh.Session().ID()))
	if !want.MatchString(out) || err != "" || code != 0 {
		t.Errorf("%s%s%d", out, err, code)
	}
	out, _, _ = x.run("sessions -o json")
	var l sessionLine
	if err := json.Unmarshal([]byte(out[:strings.IndexByte(out, '\n')]), &l); err != nil || l.Session != id || !l.Own || l.TimeoutMS != 30000 {
		t.Errorf("%s %v", out, err)
	}
	out, err, code = y.run("who /app/workers/w1")
	if !regexp.MustCompile(`^/app/workers/w1: session `+id+`, client 127\.0\.0\.1:\d+ on 127\.0\.0\.1:\d+ since \S+\n$`).MatchString(out) || err != "" || code != 0 {
		t.Errorf("%s%s%d", out, err, code)
	}
	out, _, _ = y.run("who -o json /app/workers/w1")
	if !strings.HasPrefix(out, `{"path":"/app/workers/w1","session":"`+id+`","client":"127.0.0.1:`) {
		t.Errorf("%s", out)
	}
	y.want("who /app", "", "/app is no ephemeral: it belongs to no session\n", 1)
	y.want("who /nope", "", "Node does not exist: /nope\n", 1)
}

func TestFourLetterWords(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	addr := x.srv.Addr()
	x.want("4lw ruok", "imok\n", "", 0)
	x.want("4lw -a ruok", addr+"\nimok\n", "", 0)
	if out, _, code := x.run("4lw conf"); !strings.HasPrefix(out, "clientPort=") || code != 0 {
		t.Errorf("4lw conf: %s", out)
	}
	strict := openOn(t, startServer(t, server.Config{FourLetterWords: []string{"srvr"}}), Config{Dialect: D39})
	strict.want("4lw conf", "", strict.srv.Addr()+" does not allow conf (its 4lw.commands.whitelist)\n", 1)
	x.want("4lw hello", "", "hello has not four letters\n", 1)
	if out, _, _ := x.run("srvr"); !regexp.MustCompile(`(?m)^  Mode +standalone$`).MatchString(out) || !strings.HasPrefix(out, addr+"\n  Zookeeper version ") {
		t.Errorf("%s", out)
	}
	x.want("mntr znode", addr+"\n  zk_znode_count  11\n", "", 0)
	x.want("mntr -o json znode", `{"server":"`+addr+`","zk_znode_count":11}`+"\n", "", 0)
}

// A single command may come before its session does, which it waits for then: it is
// one of those to be listed.
func TestSessionsBeforeTheSession(t *testing.T) {
	e := startEmbedded(t, 0)
	if err := e.Pause(); err != nil {
		t.Fatal(err)
	}
	rec := newRecorder()
	// Without a Control the shell does not know that nobody will answer for a while.
	sh := New(Config{Target: session.Target{Connect: e.Addr()}, Dialect: D39, Sink: rec.sink})
	if err := sh.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer sh.Close()
	time.AfterFunc(50*time.Millisecond, func() { e.Resume() })
	if code := sh.RunWords(t.Context(), []string{"sessions"}); code != 0 {
		t.Errorf("code %d", code)
	}
	out := ""
	for _, it := range rec.snapshot() {
		if it.Kind == Stdout {
			out += it.Text
		}
	}
	if !strings.Contains(out, "(this one)") {
		t.Errorf("%s", out)
	}
}

// FuzzFigures: an answer to srvr or mntr, of whatever server, is laid out in a size that
// its own bounds, and in JSON it says whose it is.
func FuzzFigures(f *testing.F) {
	f.Add("Zookeeper version: 3.8.0-5a02a05, built on 2022-02-25 08:49 UTC\nLatency min/avg/max: 0/0.5/9\nZxid: 0x1f\nMode: leader\nNode count: 5\n", ":")
	f.Add("ClickHouse Keeper version: v24.3.1-HASH\r\nMode: standalone\r\n", ":")
	f.Add("zk_version\t3.8.0\nzk_avg_latency\t0.5\nzk_followers\t1e400\nzk_x\tNaN\nzk_y\t-0\n\tz\n", "\t")
	f.Add("server: another\nMode:\n:\n", ":")
	f.Add(strings.Repeat("x", 300)+":1\na:1\na:2\n", ":")
	f.Fuzz(func(t *testing.T, text, separator string) {
		if separator != ":" && separator != "\t" {
			return
		}
		all := readFigures(text, separator)
		width, size := figureWidth(all), 0
		for _, fig := range all {
			line := fig.laidOut(width)
			size += len(line)
			if strings.ContainsAny(line, "\n") || !strings.Contains(line, fig.name) || !strings.HasSuffix(line, fig.value) {
				t.Fatalf("%+v is laid out as %q", fig, line)
			}
		}
		if lines := strings.Count(text, "\n") + 1; len(all) > lines || size > len(text)+lines*(maxFigureName+4) {
			t.Fatalf("%d bytes in %d lines became %d in %d", len(text), lines, size, len(all))
		}
		data, err := json.Marshal(figuresJSON("h:1", all))
		var object map[string]any
		if err != nil || json.Unmarshal(data, &object) != nil || object["server"] != "h:1" {
			t.Fatalf("%q is %s, %v", text, data, err)
		}
	})
}
