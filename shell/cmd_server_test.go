package shell

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/control"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

func startEmbedded(t testing.TB, tick time.Duration) *server.Embedded {
	t.Helper()
	e, err := server.StartEmbedded(server.Config{TickTime: tick})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// openControlled opens a shell that has the server in hand.
func openControlled(t testing.TB, e *server.Embedded, cfg Config) *tester {
	t.Helper()
	cfg.Connect, cfg.Control = e.Addr(), e
	return openOn(t, nil, cfg)
}

// pair opens two shells that know each other, main and other.
func pair(t testing.TB, e *server.Embedded, cfg Config) (x, y *tester) {
	t.Helper()
	all := map[string]*Shell{}
	cfg.Peers = func() map[string]*Shell { return all }
	cfg.Name = "main"
	x = openControlled(t, e, cfg)
	cfg.Name = "other"
	y = openControlled(t, e, cfg)
	all["main"], all["other"] = x.sh, y.sh
	return x, y
}

func TestServerShows(t *testing.T) {
	e := startEmbedded(t, 0)
	x, y := pair(t, e, Config{Dialect: D39})
	y.do("create -e /e x")
	x.do("server delay other 250")
	if _, err := e.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	out, _, code := x.run("server")
	for _, line := range []string{
		`server    127\.0\.0\.1:\d+`, `mode      standalone, in memory`, `state     running`, `zxid      0x3`, `znodes    6`,
		`clock     1h0m0s ahead of the system's`, `sessions  2`,
		`  0x[0-9a-f]+  main  \(this one\)  timeout 30s`,
		`  0x[0-9a-f]+  other  delayed by 250ms  timeout 30s  ephemerals 1`,
	} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(out) {
			t.Errorf("no line %s in\n%s", line, out)
		}
	}
	if code != 0 {
		t.Errorf("code %d", code)
	}

	out, _, _ = x.run("server -o json")
	var got serverLine
	if err := json.Unmarshal([]byte(out), &got); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Server != e.Addr() || got.State != "running" || got.AheadMS != 3600_000 || got.Zxid != "0x3" || len(got.Sessions) != 2 {
		t.Errorf("%s", out)
	}
	if s := got.Sessions[1]; s.Name != "other" || s.Own || s.DelayMS != 250 || s.Ephemerals != 1 || s.Session != hex(y.sh.Session().ID()) {
		t.Errorf("%s", out)
	}
}

// What the acts say, and what they do to the server.
func TestServerActs(t *testing.T) {
	e := startEmbedded(t, 0)
	x, y := pair(t, e, Config{Dialect: D39})
	y.do("create /ttl", "create -t 1000 /ttl/a x")
	id := y.sh.Session().ID()
	faults := func(delay time.Duration, cut bool) func() bool {
		return func() bool {
			return slices.ContainsFunc(e.Status().Sessions, func(s control.Session) bool { return s.ID == id && s.Delay == delay && s.Cut == cut })
		}
	}
	for _, test := range []struct {
		line, says string
		so         func() bool
	}{
		{"server delay other 5", "Delayed by 5ms each way: session other\n", faults(5*time.Millisecond, false)},
		{"server delay " + hex(id) + " 1.5s", "Delayed by 1.5s each way: session " + hex(id) + "\n", faults(1500*time.Millisecond, false)},
		{"server delay other 0", "Not delayed any more: session other\n", faults(0, false)},
		{"server cut other", "Cut off: session other; nothing passes until it is healed\n", faults(0, true)},
		{"server heal other", "Healed: session other\n", faults(0, false)},
		{"server cut session other", "Cut off: session other; nothing passes until it is healed\n", faults(0, true)},
		{"server heal 'session other'", "Healed: session other\n", faults(0, false)},
		{"server delay session other 7", "Delayed by 7ms each way: session other\n", faults(7*time.Millisecond, false)},
		{"server heal session other", "Healed: session other\n", faults(0, false)},
		{"server delay self 1", "Delayed by 1ms each way: this session\n", nil},
		{"server heal all", "Healed: 1 session\n", nil},
		{"server drop other", "Dropped: the connection of session other, which lives on\n", func() bool { return y.sh.Session().ID() == id }},
		{"server expire other", "Expired: session other; its client has heard of it, and has another session\n", func() bool { return y.sh.Session().ID() != id }},
		{"server cut other", "Cut off: session other; nothing passes until it is healed\n", nil},
		{"server expire other", "Expired: session other; its client hears of it when it reaches the server again\n", nil},
		{"server heal other", "Healed: session other\n", nil},
		{"server clock +1h", "The clock is 1h0m0s ahead; deleted as overdue: 1 znode\n", nil},
		{"server clock +1d", "The clock is 25h0m0s ahead\n", nil},
		{"server pause", "Paused: the server answers nothing until server resume\n", func() bool { return e.Condition() == control.Paused }},
		{"server resume", "Resumed\n", func() bool { return e.Condition() == control.Running }},
		{"server stop", "Stopped: the server remembers its znodes and sessions\n", func() bool { return e.Condition() == control.Stopped }},
		{"server start", "Started: each session has its whole timeout from now on\n", func() bool { return e.Condition() == control.Running }},
		{"server restart", "Started: each session has its whole timeout from now on\n", nil},
		{"server restart -forget", "Started with an empty tree: every session is lost\n", func() bool { return e.Status().Zxid < 3 }},
	} {
		x.want(test.line, "", test.says, 0)
		if test.so != nil && !test.so() {
			t.Errorf("%s: %+v", test.line, e.Status())
		}
	}
	x.want("ls /", "[zookeeper]\n", "", 0)
	y.want("ls /", "[zookeeper]\n", "", 0)
}

func TestServerRefuses(t *testing.T) {
	e := startEmbedded(t, 0)
	x, _ := pair(t, e, Config{Dialect: D39})
	for line, why := range map[string]string{
		"server nosuch":          `server has no "nosuch": it has expire, drop, delay, cut, heal, pause, resume, stop, start, restart, clock`,
		"server exprie self":     `server has no "exprie" (expire?): it has expire, drop, delay, cut, heal, pause, resume, stop, start, restart, clock`,
		"server cut":             "server cut SESSION",
		"server cut self other":  "server cut SESSION",
		"server pause now":       "server pause",
		"server stop -forget":    "server stop",
		"server start -f":        "server start [-forget]",
		"server cut nobody":      "server cut: there is no session nobody: it is self, the name of a session here, or an id that server lists",
		"server cut 0x":          "server cut: there is no session 0x: it is self, the name of a session here, or an id that server lists",
		"server cut 0x1":         "server cut: 2 sessions have ids that begin with 0x1",
		"server heal self":       "server heal: nothing is wrong with the line of session " + hex(x.sh.Session().ID()),
		"server delay self fast": "server delay: a delay is milliseconds, or a time such as 1.5s, up to an hour",
		"server delay self -1":   "server delay: a delay is milliseconds, or a time such as 1.5s, up to an hour",
		"server delay self 2h":   "server delay: a delay is milliseconds, or a time such as 1.5s, up to an hour",
		"server clock 1h":        "server clock: the clock goes forward alone, by 100 years at most: server clock +1h (or +90s, +2d)",
		"server clock -1h":       "server clock: the clock goes forward alone, by 100 years at most: server clock +1h (or +90s, +2d)",
		"server clock":           "server clock +TIME",
		"server clock +":         "server clock: the clock goes forward alone, by 100 years at most: server clock +1h (or +90s, +2d)",
		"server clock +soon":     "server clock: the clock goes forward alone, by 100 years at most: server clock +1h (or +90s, +2d)",
		"server clock +1e99h":    "server clock: the clock goes forward alone, by 100 years at most: server clock +1h (or +90s, +2d)",
		"server delay self":      "server delay SESSION TIME",
		"server heal all now":    "server heal SESSION|all",
		"server expire":          "server expire SESSION",
		"server clock +0s":       "server clock: the clock goes forward alone, by 100 years at most: server clock +1h (or +90s, +2d)",
		"server clock +99999d":   "server clock: the clock goes forward, and not by more than 100 years in all",
		"server resume":          "server resume: the server is running",
		"server start":           "server start: the server is running",
	} {
		x.want(line, "", why+"\n", 1)
	}
}

// What a server cannot do in its condition it refuses, and nothing is lost by that.
func TestServerRefusesInItsCondition(t *testing.T) {
	const (
		paused  = "the server is paused: it has to be resumed first"
		stopped = "the server is stopped: it has to be started first"
	)
	e := startEmbedded(t, 0)
	x, y := pair(t, e, Config{Dialect: D39})
	y.do("create -e /kept x")
	for _, step := range []struct {
		does    string
		refuses map[string]string
	}{
		{"server pause", map[string]string{
			"pause": "the server is paused already", "start": paused, "start -forget": paused,
			"expire other": paused, "drop other": paused,
		}},
		{"server resume", map[string]string{"resume": "the server is running", "start": "the server is running"}},
		{"server stop", map[string]string{
			"stop": "the server is stopped already", "pause": stopped, "resume": stopped, "expire other": stopped, "drop other": stopped,
			"cut other": stopped, "delay other 5": stopped, "heal other": stopped, "heal all": stopped,
		}},
		{"server start", map[string]string{"start": "the server is running"}},
	} {
		x.do(step.does)
		for act, why := range step.refuses {
			x.want("server "+act, "", "server "+strings.Fields(act)[0]+": "+why+"\n", 1)
		}
	}
	x.want("get /kept", "x\n", "", 0)

	id := hex(y.sh.Session().ID())
	x.do("server expire " + id)
	x.want("server expire "+id, "", "server expire: there is no session "+id+": it is self, the name of a session here, or an id that server lists\n", 1)
}

// On a disk nothing is forgotten, and a server that would have to goes on.
func TestServerOnDiskForgetsNothing(t *testing.T) {
	dir := t.TempDir()
	e, err := server.StartEmbedded(server.Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	x := openControlled(t, e, Config{Dialect: D39})
	x.do("create /kept x")
	refused := ": the server keeps its data in " + dir + ", where it forgets nothing\n"
	x.want("server restart -forget", "", "server restart"+refused, 1)
	x.do("get /kept", "server restart", "server stop")
	x.want("server start -forget", "", "server start"+refused, 1)
	x.do("server start")
	x.want("get /kept", "x\n", "", 0)
}

// A single command may come before its session does, which it waits for then.
func TestServerBeforeTheSession(t *testing.T) {
	e := startEmbedded(t, 0)
	for range 5 {
		rec := newRecorder()
		sh := New(Config{Target: session.Target{Connect: e.Addr()}, Control: e, Dialect: D39, JSON: true, Sink: rec.sink})
		if err := sh.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if code := sh.RunWords(t.Context(), []string{"server"}); code != 0 {
			t.Errorf("code %d", code)
		}
		if code := sh.RunWords(t.Context(), []string{"server", "drop", "self"}); code != 0 {
			t.Errorf("code %d", code)
		}
		out := ""
		for _, it := range rec.snapshot() {
			if it.Kind == Stdout {
				out += it.Text
			}
		}
		status, dropped, _ := strings.Cut(out, "\n")
		var got serverLine
		if err := json.Unmarshal([]byte(status), &got); err != nil || len(got.Sessions) != 1 || !got.Sessions[0].Own {
			t.Errorf("%v: %s", err, status)
		} else if want := `{"command":"server","act":"drop","session":"` + got.Sessions[0].Session + `"}` + "\n"; dropped != want {
			t.Errorf("%q, want %q", dropped, want)
		}
		if err := sh.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The end of a session that the server has ended need not be confirmed.
func TestCloseExpired(t *testing.T) {
	x := openControlled(t, startEmbedded(t, 0), Config{Dialect: D39})
	x.do("server cut self", "server expire self", "server heal self")
	if err := x.sh.Close(); err != nil {
		t.Error(err)
	}
}

// An id may be shortened as long as it is the only one.
func TestServerIDs(t *testing.T) {
	e := startEmbedded(t, 0)
	x := openControlled(t, e, Config{Dialect: D39})
	id := hex(x.sh.Session().ID())
	for _, short := range []string{id, id[:5], strings.ToUpper(id)} {
		x.want("server delay "+short+" 0", "", "Not delayed any more: session "+id+"\n", 0)
	}
}

// On any other server than the one in hand, it refuses.
func TestServerElsewhere(t *testing.T) {
	const refused = "server: this is not the embedded server of this zoosh, and no other lets itself be controlled (zoosh -embedded has one)\n"
	e, other := startEmbedded(t, 0), startServer(t, server.Config{})
	x := openControlled(t, e, Config{Dialect: D39})
	for _, at := range []string{other.Addr(), e.Addr() + "," + other.Addr()} {
		x.do("connect " + at)
		x.want("server", "", refused, 1)
		x.want("server pause", "", refused, 1)
	}
	_, port, _ := strings.Cut(e.Addr(), ":")
	for _, at := range []string{"localhost:" + port, e.Addr() + "/chroot"} {
		x.do("connect "+at, "server")
	}
	x = openOn(t, other, Config{Dialect: D39})
	x.want("server", "", refused, 1)
}

func TestServerReadOnly(t *testing.T) {
	x := openControlled(t, startEmbedded(t, 0), Config{Target: session.Target{NoWrites: true}, Dialect: D39})
	x.do("server", "server -o json")
	for _, a := range serverActs {
		x.want("server "+a.name, "", "server writes, and this zoosh only reads (-readonly)\n", 1)
	}
}

// A client that is cut off finds out by itself, and that its session is over once
// the line is healed.
func TestServerCut(t *testing.T) {
	e := startEmbedded(t, 0) // no session of less than 4 seconds, lest a busy machine end one
	x, y := pair(t, e, Config{Target: session.Target{Timeout: 4 * time.Second}, Dialect: D39})
	y.do("create -e /e x")
	x.do("stat -w /e", "server cut other")
	state := func(want wire.KeeperState) func(Item) bool {
		return func(it Item) bool { return it.Kind == State && it.Event.State == want }
	}
	y.rec.await(t, "Disconnected", state(wire.StateDisconnected))
	x.rec.await(t, "the end of /e", func(it Item) bool { return it.Kind == Watch && it.Event.Path == "/e" })
	if slices.ContainsFunc(y.rec.snapshot(), state(wire.StateExpired)) {
		t.Error("it was told that it has expired")
	}
	if out, _, _ := x.run("server"); !strings.Contains(out, "  other  cut off  over\n") {
		t.Errorf("%s", out)
	}
	x.do("server heal other")
	y.rec.await(t, "Expired", state(wire.StateExpired))
	y.want("ls /", "[zookeeper]\n", "", 0)
}

// The session whose end nobody can confirm, by command, is no error in the end.
func TestCloseUnreachable(t *testing.T) {
	cut := openControlled(t, startEmbedded(t, 0), Config{Dialect: D39})
	cut.do("server cut self")
	if err := cut.sh.Close(); err != nil {
		t.Error(err)
	}
	e := startEmbedded(t, 0)
	x := openControlled(t, e, Config{Dialect: D39})
	x.do("server stop")
	if err := x.sh.Close(); err != nil {
		t.Error(err)
	}
	if x.sh.Condition() != control.Stopped {
		t.Errorf("it is %v", x.sh.Condition())
	}
}

func TestServerHelp(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	out, _, _ := x.run("help server")
	for _, a := range serverActs {
		if !strings.Contains(out, "\n "+strings.TrimSpace(a.name+" "+a.args)+" ") || !strings.Contains(out, a.text) {
			t.Errorf("help does not tell of %s:\n%s", a.name, out)
		}
	}
	for line := range strings.Lines(out) {
		if len(line) > 79 {
			t.Errorf("long line %q", line)
		}
	}
}

func TestServerCompletes(t *testing.T) {
	x, y := pair(t, startEmbedded(t, 0), Config{Dialect: D39})
	own, others := hex(x.sh.Session().ID()), hex(y.sh.Session().ID())
	for line, want := range map[string][]string{
		"server st":              {"stop", "start"},
		"server cut ":            {"self", "main", "other", own, others},
		"server heal a":          {"all"},
		"server cut a":           nil,
		"server delay o":         {"other"},
		"server cut session o":   {"other"},
		"server nosuch session ": nil,
		"server delay self ":     nil,
		"server restart -":       {"-forget"},
		"server expire " + own:   {own},
		"server pause ":          nil,
		"server nosuch ":         nil,
	} {
		_, candidates := x.sh.Complete(t.Context(), line, len(line))
		var got []string
		for _, c := range candidates {
			got = append(got, c.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// The sessions that can be named are told by more than their ids, those of others too.
func TestServerTellsWhose(t *testing.T) {
	e := startEmbedded(t, 0)
	x, y := pair(t, e, Config{Dialect: D39})
	foreign := openOn(t, nil, Config{Target: session.Target{Connect: e.Addr()}})
	aide := openOn(t, nil, Config{Target: session.Target{Connect: e.Addr()}})
	x.sh.cfg.Aides = func() map[int64]string { return map[int64]string{aide.sh.Session().ID(): "the tree"} }
	id := func(x *tester) string { return hex(x.sh.Session().ID()) }
	x.do("server delay other 5")
	if out, _, _ := x.run("server"); !regexp.MustCompile(`(?m)^  `+id(foreign)+`  timeout 30s  client 127\.0\.0\.1:\d+$`).MatchString(out) || strings.Count(out, "client ") != 1 {
		t.Errorf("%s", out)
	}
	_, candidates := x.sh.Complete(t.Context(), "server cut ", len("server cut "))
	got := map[string]string{}
	for _, c := range candidates {
		got[c.Text] = c.Help
	}
	for text, help := range map[string]string{
		"self": "this session", "other": "session " + id(y), id(y): "session other, delayed by 5ms", id(aide): "the tree",
	} {
		if got[text] != help {
			t.Errorf("%s: %q, want %q", text, got[text], help)
		}
	}
	if !strings.HasPrefix(got[id(foreign)], "client 127.0.0.1:") {
		t.Errorf("a foreign one: %q", got[id(foreign)])
	}
}
