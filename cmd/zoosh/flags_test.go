package main

import (
	"net"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/zktest"
)

// TestServerFlag: a list of servers, one of them down, a chroot, and IPv6 addresses
// with and without brackets.
func TestServerFlag(t *testing.T) {
	srv, err := server.Start(server.Config{Addr: "[::1]:0"})
	if err != nil {
		t.Skip("there is no IPv6 here")
	}
	t.Cleanup(func() { srv.Close() })
	_, port, err := net.SplitHostPort(srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	down, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down.Close()
	for _, tt := range []struct{ server, want string }{
		{"[::1]:" + port, "[zookeeper]\n"},
		{"::1:" + port, "[zookeeper]\n"},
		{"0:0:0:0:0:0:0:1:" + port, "[zookeeper]\n"},
		{"[::1]:" + port + "/zookeeper", "[config, quota]\n"},
		{down.Addr().String() + " , [::1]:" + port + "/zookeeper/", ""}, // as zkCli has it, a path does not end in /
		{down.Addr().String() + ",[::1]:" + port + "/zookeeper", "[config, quota]\n"},
	} {
		out, errOut, code := zoosh(t, "", "-server", tt.server, "ls", "/")
		if out != tt.want || (code == 0) != (tt.want != "") {
			t.Errorf("-server %q: out %q, err %q, code %d", tt.server, out, errOut, code)
		}
	}
}

// TestConnectionFlags: what -timeout asks for is what the server grants, -r and
// -waitforconnection go with it, and waiting in vain ends.
func TestConnectionFlags(t *testing.T) {
	srv := zktest.Start(t)
	out, errOut, code := zoosh(t, "session\nls /\n", "-server", srv.Addr(), "-timeout", "1234", "-r", "-waitforconnection")
	if code != 0 || !strings.Contains(out, "CONNECTED") || !strings.Contains(out, "[zookeeper]") {
		t.Errorf("out %q, err %q, code %d", out, errOut, code)
	}
	sh := startClient(t, "zoosh", process(t, "-server", srv.Addr(), "-timeout", "1234", "-waitforconnection"))
	sh.send("ls /")
	sh.expect("[zookeeper]")
	conns, err := zktest.FourLetter(srv.Addr(), "cons")
	if err != nil || !strings.Contains(conns, "to=1234,") {
		t.Errorf("the server has %q %v", conns, err)
	}
	for _, flags := range [][]string{{"-timeout", "500"}, {"-timeout", "500", "-waitforconnection"}} {
		_, errOut, code := zoosh(t, "", slices.Concat([]string{"-server", "127.0.0.1:1"}, flags, []string{"ls", "/"})...)
		if code != 1 || !strings.Contains(errOut, "connection refused") {
			t.Errorf("%q without a server: err %q, code %d", flags, errOut, code)
		}
	}
}
