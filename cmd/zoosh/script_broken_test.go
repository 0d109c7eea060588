package main

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zoosh/internal/delayproxy"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
	"zoosh/shell/workspace"
)

// A server that is killed with much under way, and comes back: of each line it is told what
// came of it, and that is true.
func TestServerKilledUnderScript(t *testing.T) {
	srv := zktest.Start(t)
	far, err := delayproxy.Start(srv.Addr(), 20*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	const lines = 3000
	f := feed(t, "-server", far.Addr(), "-dialect", "3.9", "-timeout", "40000")
	go io.WriteString(f.in, scriptOf("create /n-%d x", lines)+"create /last x\n")
	f.await("Created /n-300\n")
	srv.Kill()
	f.await("were under way when the connection was lost: whether they were done is not known\n")
	srv.Restart()
	f.await("Created /last\n")
	out, errOut, code := f.end()
	if code != 0 {
		t.Errorf("code %d, %s", code, out)
	}
	there := map[string]bool{}
	names, _, _ := zoosh(t, "", "-server", srv.Addr(), "-dialect", "3.4", "ls", "/")
	for _, name := range regexp.MustCompile(`n-\d+`).FindAllString(names, -1) {
		there[name] = true
	}
	fates := map[string]int{}
	var doubtful []int
	for i := range lines {
		name, n := fmt.Sprintf("n-%d", i), i+1
		fate := fateOf(errOut, name, n)
		fates[fate]++
		switch {
		case fate == "done" && !there[name], fate == "not done" && there[name], fate == "":
			t.Errorf("line %d: %q, and there it is %v", n, fate, there[name])
		case fate == "doubtful":
			doubtful = append(doubtful, n)
		}
	}
	t.Log(fates)
	first, last := thousands(doubtful[0]), thousands(doubtful[len(doubtful)-1])
	if !strings.Contains(errOut, "zoosh: lines "+first+" to ") || !strings.Contains(errOut, last+" were under way when the connection was lost") {
		t.Errorf("lines %s to %s are not named", first, last)
	}
}

// fateOf is what is told of a line that creates a znode; "" if it is not clear.
func fateOf(errOut, name string, line int) string {
	created := strings.Count(errOut, "Created /"+name+"\n")
	lost := strings.Count(errOut, "KeeperErrorCode = ConnectionLoss for /"+name+" ")
	doubt := strings.Count(errOut, fmt.Sprintf("zoosh: line %d (create /%s x): %s", line, name, lostInDoubt))
	undone := strings.Count(errOut, fmt.Sprintf("zoosh: line %d (create /%s x) was not done, or not all of it: there was no connection\n", line, name))
	switch [4]int{created, lost, doubt, undone} {
	case [4]int{1, 0, 0, 0}:
		return "done"
	case [4]int{0, 1, 1, 0}:
		return "doubtful"
	case [4]int{0, 1, 0, 1}:
		return "not done"
	}
	return ""
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// With -stop-on-error nothing is sent behind a line that fails.
func TestScriptStopsOnError(t *testing.T) {
	srv := startServer(t, 0)
	out, errOut, code := zoosh(t, "create /a x\nget /a\nget /missing\ncreate /never x\n", "-server", srv.Addr(), "-dialect", "3.9", "-stop-on-error")
	want := "Created /a\nNode does not exist: /missing\nzoosh: the script ends at line 3 (get /missing), which failed\n"
	if out != "x\n" || errOut != want || code != 1 {
		t.Errorf("code %d, %q, %q", code, out, errOut)
	}
	if exists(t, srv.Addr(), "/never") {
		t.Error("what stands behind was sent")
	}
	if _, _, code := zoosh(t, "nonsense\ncreate /never x\n", "-server", srv.Addr(), "-stop-on-error"); code != 127 || exists(t, srv.Addr(), "/never") {
		t.Errorf("code %d", code)
	}
}

// A program that waits for each answer gets it, be the line one that is sent ahead or not.
func TestScriptOfAProgramThatWaits(t *testing.T) {
	srv := startServer(t, 0)
	f := feed(t, "-server", srv.Addr(), "-dialect", "3.9")
	for i := range 100 {
		f.line(fmt.Sprintf("create /n%d data%d", i, i), fmt.Sprintf("Created /n%d\n", i))
		f.line(fmt.Sprintf("get -w /n%d", i), fmt.Sprintf("data%d\n", i))
		f.line(fmt.Sprintf("nonsense%d", i), fmt.Sprintf("Command not found nonsense%d\n", i))
		f.line(fmt.Sprintf("set /n%d other", i), fmt.Sprintf("NodeDataChanged path:/n%d", i))
		if i%10 == 0 {
			f.line(fmt.Sprintf("find /n%d", i), fmt.Sprintf("\n/n%d\n", i))
		}
	}
	if _, _, code := f.end(); code != 0 {
		t.Errorf("code %d", code)
	}
}

// An endless script is read a line at a time, and counted.
type endless struct{ lines atomic.Int64 }

// Read implements io.Reader.
func (e *endless) Read(p []byte) (int, error) {
	e.lines.Add(1)
	return copy(p, "create -s /n x\n"), nil
}

// Of a script that runs ahead of a server which does not answer, so much is read and no
// more.
func TestScriptIsReadSoFar(t *testing.T) {
	srv := startServer(t, 0)
	p := zktest.StartProxy(t, srv.Addr())
	p.Decide(func(op int32) zktest.Fate {
		if op == int32(wire.OpCreate) {
			return zktest.Held
		}
		return zktest.Forwarded
	})
	var script endless
	var said lockedBuffer
	end := make(chan int, 1)
	go func() {
		end <- run([]string{"-server", p.Addr(), "-window", "8", "-timeout", "4000"},
			stdio{in: &script, out: &said, err: &said, terminal: func(any) bool { return false }})
	}()
	for late := time.Now().Add(expectTimeout); script.lines.Load() < workspace.LinesAhead; time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%d lines are read", script.lines.Load())
		}
	}
	for range 8 {
		<-p.Caught()
	}
	// One line more is in the hand of who reads, and one may be on its way.
	if n := script.lines.Load(); n > workspace.LinesAhead+2 {
		t.Errorf("%d lines are read", n)
	}
	p.Shut()
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if code := <-end; code != 1 {
		t.Errorf("code %d, %.300s", code, said.String())
	}
}

// A session that expires with lines under way ends the script once, and nothing is run in
// another one.
func TestSessionExpiresUnderScript(t *testing.T) {
	srv := embedded(t)
	const lines = 20_000
	f := feed(t, "-server", srv.Addr(), "-dialect", "3.9")
	go io.WriteString(f.in, scriptOf("create -e /n-%d x", lines))
	f.await("Created /n-100\n")
	expireAll(t, srv)
	go io.WriteString(f.in, "create /late x\n") // should all be done
	f.await("zoosh: the script ends at line ")
	_, errOut, code := f.end()
	if code != 1 || strings.Count(errOut, "the script ends") != 1 || !strings.Contains(errOut, "has expired") {
		t.Errorf("code %d, %s", code, errOut[max(0, len(errOut)-500):])
	}
	names, _, _ := zoosh(t, "", "-server", srv.Addr(), "-dialect", "3.4", "ls", "/")
	if strings.Contains(names, "n-") {
		t.Errorf("there is %.300s", names)
	}
	told, said := 0, strings.ReplaceAll(errOut, "(create -e ", "(create ")
	for i := range lines {
		if fateOf(said, fmt.Sprintf("n-%d", i), i+1) == "" {
			break
		}
		told++
	}
	if last := fmt.Sprintf("/n-%d ", told); strings.Contains(errOut, "ConnectionLoss for "+last) || told < 100 {
		t.Errorf("of %d lines it is told what came of them", told)
	}
}
