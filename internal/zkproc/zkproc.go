// Package zkproc runs a ZooKeeper server as a process of its own, zoosh's or
// Debian's, so that it can be measured, killed and started again on its data.
package zkproc

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Jar is where Debian installs ZooKeeper. Its manifest names the jars it needs.
const Jar = "/usr/share/java/zookeeper.jar"

// ClasspathVar is the environment variable that names another ZooKeeper than Debian's
// to test against: the Java classpath of its server and its zkCli, without what SLF4J
// would log with.
const ClasspathVar = "ZOOSH_ZOOKEEPER"

// Classpath is the Java classpath of the ZooKeeper to test against.
func Classpath() string {
	if path := os.Getenv(ClasspathVar); path != "" {
		return path
	}
	return Jar
}

// A Program is a server that can be started.
type Program struct {
	// Name is what it is called in tables and messages.
	Name string
	// command makes the command that serves dir on addr. dir is the process's own.
	command func(dir, addr string, tick time.Duration) (*exec.Cmd, error)
}

// Zoosh is `zoosh serve`, of the binary at that path. Without onDisk it keeps
// nothing. Further flags of it may be given.
func Zoosh(binary string, onDisk bool, flags ...string) Program {
	return Program{Name: "zoosh", command: func(dir, addr string, tick time.Duration) (*exec.Cmd, error) {
		args := append([]string{"serve", "-listen", addr, "-tick", tick.String()}, flags...)
		if onDisk {
			args = append(args, "-data-dir", DataDir(dir))
		}
		return exec.Command(binary, args...), nil
	}}
}

// What the JVM of Debian's server is started with.
var (
	// DebianJVM is what zkServer.sh of Debian's package gives it: the JVM's own
	// defaults for collector and heap, and JMX.
	DebianJVM = []string{
		"-XX:+HeapDumpOnOutOfMemoryError", "-XX:OnOutOfMemoryError=kill -9 %p",
		"-Dcom.sun.management.jmxremote", "-Dcom.sun.management.jmxremote.local.only=true",
	}
	// QuickJVM starts sooner and is slower afterwards: for tests that start it often.
	QuickJVM = []string{"-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"}
)

// Debian is the server of Debian's package zookeeper.
func Debian(jvm []string) Program {
	return Program{Name: "ZooKeeper", command: func(dir, addr string, tick time.Duration) (*exec.Cmd, error) {
		config, err := writeConfig(dir, addr, tick)
		if err != nil {
			return nil, err
		}
		args := append([]string{"-Dzookeeper.extendedTypesEnabled=true"}, jvm...)
		args = append(args, "-cp", dir+":"+Classpath(), "org.apache.zookeeper.server.quorum.QuorumPeerMain", config)
		return exec.Command("java", args...), nil
	}}
}

// HasDebian tells whether Debian's ZooKeeper is installed here.
func HasDebian() bool {
	if _, err := os.Stat(Jar); err != nil && os.Getenv(ClasspathVar) == "" {
		return false
	}
	_, err := exec.LookPath("java")
	return err == nil
}

func writeConfig(dir, addr string, tick time.Duration) (path string, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	config := fmt.Sprintf("tickTime=%d\ndataDir=%s\nclientPort=%s\nclientPortAddress=%s\n"+
		"maxClientCnxns=0\nadmin.enableServer=false\n4lw.commands.whitelist=*\n",
		tick.Milliseconds(), DataDir(dir), port, host)
	path = filepath.Join(dir, "zoo.cfg")
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		return "", err
	}
	return path, ConfigureLog(dir)
}

// ConfigureLog has Debian's server, with dir in its classpath, log warnings and errors
// on standard output.
func ConfigureLog(dir string) error {
	const config = "log4j.rootLogger=WARN, C\nlog4j.appender.C=org.apache.log4j.ConsoleAppender\n" +
		"log4j.appender.C.layout=org.apache.log4j.PatternLayout\nlog4j.appender.C.layout.ConversionPattern=%p %m%n\n"
	return os.WriteFile(filepath.Join(dir, "log4j.properties"), []byte(config), 0o644)
}

// DataDir is where the server that is started in dir keeps its data.
func DataDir(dir string) string { return filepath.Join(dir, "data") }

// A Process is a server that runs.
type Process struct {
	program Program
	addr    string
	cmd     *exec.Cmd
	ended   chan struct{} // closed when the process has ended
	log     Log
	took    time.Duration
}

// startWait is how long a server may take until it answers; a JVM on a busy machine
// takes its time.
const startWait = 60 * time.Second

// Start starts the program in dir, on a free port of the loopback interface, and
// waits until it answers.
func (p Program) Start(dir string, tick time.Duration) (*Process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	return p.StartAt(addr, dir, tick)
}

// StartAt is Start with a given address.
func (p Program) StartAt(addr, dir string, tick time.Duration) (*Process, error) {
	cmd, err := p.command(dir, addr, tick)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	s := &Process{program: p, addr: addr, cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	go func() {
		cmd.Wait()
		close(s.ended)
	}()
	if err := s.awaitAnswer(began); err != nil {
		s.Kill()
		return nil, fmt.Errorf("%s: %w:\n%s", p.Name, err, s.log.String())
	}
	return s, nil
}

// awaitAnswer asks until the server says that it serves.
func (s *Process) awaitAnswer(began time.Time) error {
	for {
		answer, _ := FourLetter(s.addr, "srvr")
		s.took = time.Since(began)
		if strings.Contains(answer, "Mode:") {
			return nil
		}
		if s.took > startWait {
			return fmt.Errorf("it does not answer within %v", startWait)
		}
		select {
		case <-s.ended:
			return fmt.Errorf("it ended by itself")
		case <-time.After(max(s.took/100, 500*time.Microsecond)): // often enough for the time to be right
		}
	}
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// Addr is the server's host:port.
func (s *Process) Addr() string { return s.addr }

// Took is the time from its start to its first answer.
func (s *Process) Took() time.Duration { return s.took }

// Log is what it has written so far.
func (s *Process) Log() string { return s.log.String() }

// Kill ends the process with SIGKILL, if it still runs, and waits for its end.
func (s *Process) Kill() {
	s.cmd.Process.Kill()
	<-s.ended
}

// Ended is closed when the process has ended.
func (s *Process) Ended() <-chan struct{} { return s.ended }

// Memory is how much memory of the process is resident, and how much was at most,
// in bytes.
func (s *Process) Memory() (now, peak int64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	if now, err = kilobytes(status, "VmRSS:"); err != nil {
		return 0, 0, err
	}
	peak, err = kilobytes(status, "VmHWM:")
	return now, peak, err
}

// kilobytes is a line of /proc/PID/status, in bytes.
func kilobytes(status []byte, name string) (int64, error) {
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == name {
			n, err := strconv.ParseInt(fields[1], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("no %s in the process's status", name)
}

// FourLetter asks the server at addr a four-letter word.
func FourLetter(addr, word string) (string, error) {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := io.WriteString(conn, word); err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(conn, 1<<20))
	return string(b), err
}

// Log keeps the first megabyte of what a process writes.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.b.Len() < 1<<20 {
		l.b.Write(p)
	}
	return len(p), nil
}

// String is what was kept.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
