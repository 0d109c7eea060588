package shell

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

// downAddr is an address that nobody listens on.
func downAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	return ln.Addr().String()
}

// A connect that cannot even be tried leaves the session alone, typed or not.
func TestConnectThatCannotBeTried(t *testing.T) {
	for _, typed := range []bool{false, true} {
		x := open(t, Config{Dialect: D39, Typed: typed, Profile: func(_ context.Context, name string) (session.Target, error) {
			if name == "broken" {
				return session.Target{Connect: "localhost:2181", Auth: []session.Credential{{Scheme: "digest", Auth: make([]byte, 2<<20)}}}, nil
			}
			return session.Target{}, errors.New("there is no profile " + name)
		}})
		x.do("create -e /mine x")
		id := x.sh.Session().ID()
		for to, names := range map[string]string{
			"@nope": "there is no profile nope", "@": "there is no profile ", "@broken": "credential",
			"localhost:port": "port", "localhost:0": "port", "localhost:99999": "port", "[::1": "'['", "a:b:c": "neither",
			"localhost:2181/x/": "chroot", ",": "no server", "no-such-host.invalid:2181": "no-such-host.invalid",
			"no-such-host.invalid:2181,nor-this.invalid": "invalid",
		} {
			_, errText, code := x.run("connect " + to)
			if code != 1 || !strings.Contains(errText, names) || !strings.HasPrefix(errText, "connect "+to+": ") || !strings.HasSuffix(errText, "; the session on "+x.srv.Addr()+" stays\n") {
				t.Errorf("connect %s: code %d, %q", to, code, errText)
			}
			if got := x.sh.Session().ID(); got != id || x.sh.ConnectString() != x.srv.Addr() {
				t.Fatalf("connect %s: session %x on %s", to, got, x.sh.ConnectString())
			}
		}
		x.want("ls /", "[mine, zookeeper]\n", "", 0)
		// One of several names is enough.
		x.do("connect no-such-host.invalid:2181," + x.srv.Addr())
		x.want("ls /", "[zookeeper]\n", "", 0)
	}
}

// A connect to what does not answer closes the session, as zkCli does, and says so to
// a person.
func TestConnectToWhatDoesNotAnswer(t *testing.T) {
	for name, addr := range map[string]string{"refused": downAddr(t), "no answer": silent(t, false)} {
		x := open(t, Config{Target: session.Target{Timeout: longTimeout}, Dialect: D39, Typed: true})
		old := x.sh.Session()
		_, errText, code := x.runSoon("connect " + addr)
		if code != 0 || !strings.Contains(errText, addr+" does not answer, and the session on "+x.srv.Addr()+" is closed: ") {
			t.Errorf("%s: code %d, %q", name, code, errText)
		}
		if old.State() != session.Closed || x.sh.ConnectString() != addr {
			t.Errorf("%s: %v, on %s", name, old.State(), x.sh.ConnectString())
		}
		x.do("connect " + x.srv.Addr())
		x.want("ls /", "[zookeeper]\n", "", 0)
	}
	x := open(t, Config{Dialect: D39}) // a script
	x.want("connect "+downAddr(t), "", "", 0)
}

// A profile's name stands wherever a connect string does, with all that the profile
// says; what follows it is as before.
func TestConnectToAProfile(t *testing.T) {
	other := startServer(t, server.Config{})
	y := openOn(t, other, Config{Dialect: D39})
	y.do("create /app x")
	y.do("addauth digest ann:secret")
	y.do("create /app/closed y auth::cdrwa")
	reach := session.Target{Connect: other.Addr() + "/app", NoWrites: true, ProfileName: "ro", Colour: "red", Timeout: 5 * time.Second,
		Auth: []session.Credential{{Scheme: "digest", Auth: []byte("ann:secret")}}, Remarks: []string{"a note"}}
	x := open(t, Config{Dialect: D39, Typed: true, Profile: func(context.Context, string) (session.Target, error) { return reach, nil }})
	x.do("create /closed z")
	x.want("diff -noacl @ro/closed /closed", "~ /  \"y\" → \"z\"\n", "a note\n", 1)
	if _, errText, code := x.run("connect @ro"); code != 0 || errText != "a note\n" {
		t.Errorf("code %d, %q", code, errText)
	}
	x.want("get /closed", "y\n", "", 0)
	if _, errText, code := x.run("set /closed z"); code != 1 || errText != "set writes, and the profile ro only reads\n" {
		t.Errorf("code %d, %q", code, errText)
	}
	if got := x.sh.ConnectString(); got != reach.Connect || !x.sh.ReadsOnly() || x.sh.Session().NegotiatedTimeout() != 5*time.Second {
		t.Errorf("on %s, timeout %v", got, x.sh.Session().NegotiatedTimeout())
	}
	x.do("close", "connect") // the same again
	x.want("get /closed", "y\n", "", 0)
	x.do("watch -t 10ms /closed") // as who the profile says
	x.do("connect " + other.Addr())
	x.want("get /app/closed", "", "Insufficient permission : /app/closed\n", 1)
	x.do("set /app z", "connect "+x.srv.Addr(), "set /closed zz")
}

func TestConnectWithoutProfiles(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.want("connect @ro", "", "connect @ro: there are no profiles here; the session on "+x.srv.Addr()+" stays\n", 1)
}
