package zktest

import (
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Super is the credential, for scheme digest, that may do everything in an ensemble,
// reconfig included.
const Super = "super:secret"

// Ensemble is several servers with a quorum, each a process, that end with the test.
// A server that is cut off from the quorum is read-only, with LocalSessions for those
// who come only then, too.
type Ensemble struct {
	Servers []*Server
	t       testing.TB
}

// StartEnsemble starts n servers, waits until all of them serve, and skips the test if
// there is no ZooKeeper here. Its members can be changed.
func StartEnsemble(t testing.TB, n int) *Ensemble {
	t.Helper()
	RequireZooKeeper(t)
	e := &Ensemble{t: t}
	var members strings.Builder
	for i := range n {
		s := &Server{t: t, dir: t.TempDir(), port: freePort(t)}
		s.member = fmt.Sprintf("server.%d=127.0.0.1:%d:%d:participant;127.0.0.1:%d", i+1, freePort(t), freePort(t), s.port)
		fmt.Fprintln(&members, s.member)
		digest := sha1.Sum([]byte(Super))
		s.properties = []string{"-Dreadonlymode.enabled=true",
			"-Dzookeeper.DigestAuthenticationProvider.superDigest=super:" + base64.StdEncoding.EncodeToString(digest[:])}
		e.Servers = append(e.Servers, s)
	}
	for i, s := range e.Servers {
		if err := os.Mkdir(s.DataDir(), 0o755); err != nil {
			t.Fatal(err)
		}
		s.write(filepath.Join("data", "myid"), fmt.Sprint(i+1))
		s.write("zoo.cfg.dynamic", members.String())
		s.configure(fmt.Sprintf("tickTime=%d\nmaxSessionTimeout=60000\ninitLimit=100\nsyncLimit=100\ndataDir=%s\ndynamicConfigFile=%s\n"+
			"standaloneEnabled=false\nreconfigEnabled=true\nadmin.enableServer=false\n4lw.commands.whitelist=*\n",
			tickTime.Milliseconds(), s.DataDir(), filepath.Join(s.dir, "zoo.cfg.dynamic")))
		s.launch()
		t.Cleanup(s.Kill)
	}
	for _, s := range e.Servers {
		s.await()
	}
	e.Leader()
	return e
}

// LocalSessions is the line of a configuration without which a server makes no session
// when it is read-only.
const LocalSessions = "localSessionsEnabled=true"

// Add adds a line to the configuration of a killed server.
func (s *Server) Add(line string) {
	s.t.Helper()
	f, err := os.OpenFile(filepath.Join(s.dir, "zoo.cfg"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = f.WriteString("\n" + line + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		s.t.Fatal(err)
	}
}

// Connect is the connect string of all servers.
func (e *Ensemble) Connect() string {
	var all []string
	for _, s := range e.Servers {
		all = append(all, s.Addr())
	}
	return strings.Join(all, ",")
}

// Leader waits until there is one, and is it.
func (e *Ensemble) Leader() *Server {
	e.t.Helper()
	for end := time.Now().Add(startWait); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, s := range e.Servers {
			if s.mode() == "leader" {
				return s
			}
		}
	}
	e.t.Fatalf("no leader within %v", startWait)
	return nil
}

// Others are the servers that run, but for one of them.
func (e *Ensemble) Others(but *Server) (others []*Server) {
	for _, s := range e.Servers {
		if s != but && s.cmd != nil {
			others = append(others, s)
		}
	}
	return others
}

// AwaitMode waits until a server says that this is its mode.
func (s *Server) AwaitMode(mode string) {
	s.t.Helper()
	for end := time.Now().Add(startWait); s.mode() != mode; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%s is no %s within %v, but %q:\n%s", s.Addr(), mode, startWait, s.mode(), s.log)
		}
	}
}

// mode is what a server says that it is: standalone, leader, follower or read-only;
// "" if it does not serve.
func (s *Server) mode() string {
	answer, _ := FourLetter(s.Addr(), "srvr")
	_, mode, _ := strings.Cut(answer, "\nMode: ")
	mode, _, _ = strings.Cut(mode, "\n")
	return mode
}

// Member is the line of a server of an ensemble in its configuration.
func (s *Server) Member() string { return s.member }

// Signal sends a signal to a server's process, such as SIGSTOP, which has it hang: it
// takes connections and does not answer.
func (s *Server) Signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// With and Without give a killed server a system property, and take it away.
func (s *Server) With(property string) { s.properties = append(s.properties, property) }

// Without is the opposite of With.
func (s *Server) Without(property string) {
	s.properties = slices.DeleteFunc(s.properties, func(p string) bool { return p == property })
}

// RestartAll starts all killed servers at once, as those have to be that are to become a
// quorum, and waits until they serve.
func (e *Ensemble) RestartAll() {
	e.t.Helper()
	for _, s := range e.Servers {
		if s.cmd == nil {
			s.launch()
		}
	}
	for _, s := range e.Servers {
		s.await()
	}
	e.Leader()
}
