// Package zktest starts a real Apache ZooKeeper for tests: the one that Debian's
// package zookeeper installs, or another one, see zkproc.ClasspathVar. Tests that ask
// for it are skipped where it is not installed.
//
// It stands on the standard library and zkproc alone, so that every package can use
// it.
package zktest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zoosh/internal/zkproc"
)

// tickTime is the tick of the servers started here. ZooKeeper allows session
// timeouts of 2 to 20 ticks.
const tickTime = 200 * time.Millisecond

// LongSessions is a line of zoo.cfg with which sessions may be longer than 20 ticks,
// as those have to be that are not to expire by themselves while a busy machine does
// something else.
const LongSessions = "maxSessionTimeout=60000"

// startWait is how long a server may take until it answers; a JVM on a busy
// machine takes its time.
const startWait = 60 * time.Second

// Server is a standalone ZooKeeper with a data directory of its own, both of
// which end with the test.
type Server struct {
	t    testing.TB
	dir  string
	port int
	cmd  *exec.Cmd
	done chan struct{} // closed when cmd has ended
	log  *zkproc.Log

	member     string   // of an ensemble: see Member
	properties []string // of the JVM
}

// Start starts a server, waits until it serves, and skips the test if there is
// no ZooKeeper here. Lines in extra are added to its zoo.cfg, but for those that
// begin with -D: they are properties of its JVM.
func Start(t testing.TB, extra ...string) *Server {
	t.Helper()
	RequireZooKeeper(t)
	s := &Server{t: t, dir: t.TempDir(), port: freePort(t)}
	cfg := fmt.Sprintf("tickTime=%d\ndataDir=%s\nclientPort=%d\nclientPortAddress=127.0.0.1\n"+
		"admin.enableServer=false\n4lw.commands.whitelist=*\n",
		tickTime.Milliseconds(), filepath.Join(s.dir, "data"), s.port)
	for _, line := range extra {
		if strings.HasPrefix(line, "-D") {
			s.properties = append(s.properties, line)
			continue
		}
		cfg += line + "\n"
	}
	s.configure(cfg)
	s.Restart()
	t.Cleanup(s.Kill)
	return s
}

// configure writes the server's configuration, and that of its log.
func (s *Server) configure(cfg string) {
	s.t.Helper()
	s.write("zoo.cfg", cfg)
	if err := zkproc.ConfigureLog(s.dir); err != nil {
		s.t.Fatal(err)
	}
}

// requiredVar is the environment variable that, when set, turns every skipped test
// into a failed one: for CI, where ZooKeeper is to be installed.
const requiredVar = "ZOOSH_REQUIRE_ZOOKEEPER"

// missing skips the test, or fails it if ZooKeeper is required.
func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv(requiredVar) != "" {
		t.Fatalf("%s, and %s is set", why, requiredVar)
	}
	t.Skip(why)
}

// RequireZooKeeper skips the test if there is no ZooKeeper here.
func RequireZooKeeper(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(zkproc.Jar); err != nil && os.Getenv(zkproc.ClasspathVar) == "" {
		missing(t, "no ZooKeeper here: Debian's package zookeeper is not installed")
	}
	if _, err := exec.LookPath("java"); err != nil {
		missing(t, "no ZooKeeper here: there is no java")
	}
}

// ZkCli is the command for Apache's zkCli with the given arguments. It writes no
// log.
func ZkCli(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	RequireZooKeeper(t)
	return exec.Command("java", append([]string{"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-cp", zkproc.Classpath() + ":/usr/share/java/slf4j-nop.jar", "org.apache.zookeeper.ZooKeeperMain"}, args...)...)
}

// Tool is the command for one of ZooKeeper's tools, such as
// org.apache.zookeeper.server.SnapshotFormatter.
func Tool(t testing.TB, class string, args ...string) *exec.Cmd {
	t.Helper()
	RequireZooKeeper(t)
	return exec.Command("java", append([]string{"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-cp", zkproc.Classpath() + ":/usr/share/java/slf4j-nop.jar", class}, args...)...)
}

// jline is where Debian's package libjline2-java installs what zkCli shows a prompt
// with; jlineVar names it elsewhere, with the jars that it needs.
const (
	jline    = "/usr/share/java/jline2.jar"
	jlineVar = "ZOOSH_JLINE"
)

// ZkCliWithPrompt is the command for Apache's zkCli as it is on a terminal. Without
// its package the test is skipped, also where ZooKeeper is required.
func ZkCliWithPrompt(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := ZkCli(t, args...)
	jars := os.Getenv(jlineVar)
	if jars == "" {
		if _, err := os.Stat(jline); err != nil {
			t.Skip("zkCli has no prompt here: Debian's package libjline2-java is not installed")
		}
		jars = jline + ":/usr/share/java/jansi1.jar:/usr/share/java/jansi-native.jar:/usr/share/java/hawtjni-runtime.jar"
	}
	for i := range cmd.Args {
		if cmd.Args[i] == "-cp" {
			cmd.Args[i+1] += ":" + jars
		}
	}
	return cmd
}

// cClient is where Debian's package zookeeper-bin installs the C client's shell.
const cClient = "/usr/lib/zookeeper/bin/cli_mt"

// CClient is the command for the C client's shell on the server at addr. It
// writes a line as soon as it has one.
func CClient(t testing.TB, addr string) *exec.Cmd {
	t.Helper()
	if _, err := os.Stat(cClient); err != nil {
		missing(t, "no C client here: Debian's package zookeeper-bin is not installed")
	}
	return exec.Command("stdbuf", "-oL", cClient, addr)
}

func (s *Server) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Addr is the server's host:port, the same after every restart.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// DataDir is the server's data directory.
func (s *Server) DataDir() string { return filepath.Join(s.dir, "data") }

// Kill ends the server's process without warning, if it runs, and waits for its
// end.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill()
	<-s.done
	s.cmd = nil
}

// Wipe removes the data of a killed server.
func (s *Server) Wipe() {
	s.t.Helper()
	if err := os.RemoveAll(s.DataDir()); err != nil {
		s.t.Fatal(err)
	}
}

// Restart starts a killed server again, with the port and the data it had, and
// waits until it serves.
func (s *Server) Restart() {
	s.t.Helper()
	s.launch()
	s.await()
}

// launch starts the server's process.
func (s *Server) launch() {
	s.t.Helper()
	s.log = &zkproc.Log{}
	args := append([]string{"-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Dzookeeper.extendedTypesEnabled=true"}, s.properties...)
	s.cmd = exec.Command("java", append(args, "-cp", s.dir+":"+zkproc.Classpath()+netty,
		"org.apache.zookeeper.server.quorum.QuorumPeerMain", filepath.Join(s.dir, "zoo.cfg"))...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan struct{})
	s.done = done
	go func(cmd *exec.Cmd) {
		cmd.Wait()
		close(done)
	}(s.cmd)
}

// await waits until a server that was launched serves.
func (s *Server) await() {
	s.t.Helper()
	for end := time.Now().Add(startWait); ; {
		if s.mode() != "" {
			return
		}
		select {
		case <-s.done:
			s.t.Fatalf("ZooKeeper ended by itself:\n%s", s.log)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(end) {
			s.t.Fatalf("ZooKeeper does not answer within %v:\n%s", startWait, s.log)
		}
	}
}

// Since tells whether the server is of this version or a later one. Debian's is 3.8.0.
func (s *Server) Since(version ...int) bool {
	s.t.Helper()
	answer, err := FourLetter(s.Addr(), "srvr")
	if err != nil {
		s.t.Fatal(err)
	}
	var has [3]int
	if _, err := fmt.Sscanf(answer, "Zookeeper version: %d.%d.%d", &has[0], &has[1], &has[2]); err != nil {
		s.t.Fatalf("what version is %q: %v", answer, err)
	}
	return slices.Compare(has[:], version) >= 0
}

// FourLetter asks the server at addr a four-letter word.
func FourLetter(addr, word string) (string, error) { return zkproc.FourLetter(addr, word) }

// FromEnv is the number in an environment variable, or another if that is not set.
func FromEnv(t testing.TB, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
