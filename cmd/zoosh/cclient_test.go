//go:build unix

package main

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"testing"
)

// A program on the C client's library: all kinds of requests, and a session, its
// watch and its identity that outlive a server that is killed.
func TestCLibrary(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc here")
	}
	program := filepath.Join(t.TempDir(), "client")
	if out, err := exec.Command(gcc, "-DTHREADED", "-I/usr/include/zookeeper", "-o", program,
		"testdata/client.c", "-lzookeeper_mt").CombinedOutput(); err != nil {
		t.Skipf("the C client's library is not here, Debian's package libzookeeper-mt-dev: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, dir := l.Addr().String(), t.TempDir()
	l.Close()
	serve := func() *serving {
		return startServing(t, "", "-listen", addr, "-data-dir", dir, "-tick", "500ms")
	}
	s := serve()
	c := startClient(t, "client", exec.Command(program, addr))
	c.expect("ready")
	s.cmd.Process.Kill()
	s.expectEnd()
	c.expect("lost")
	serve()
	c.expect("back")
	if _, errOut, code := zoosh(t, "", "-server", addr, "set", "/c/watched", "new"); code != 0 {
		t.Fatal(errOut)
	}
	c.expect("event 3 /c/watched")
	fmt.Fprintln(c.in, "go on")
	c.expect("done")
}
