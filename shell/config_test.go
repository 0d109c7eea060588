package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// TestClientAddresses: the order is that of zkCli, a Java hash table's.
func TestClientAddresses(t *testing.T) {
	for _, test := range []struct{ config, want string }{
		{"", " "},
		{"version=0", "0 "},
		{"server.1=a:1:2;2181\nversion=1f\n", "1f 0.0.0.0:2181"},
		{"# all\nserver.1=a:1:2:participant;b:2181\nserver.2 : c:1:2:observer\nversion=0", "0 ,b:2181"},
		{liveConfig, "100000003 10.0.0.10:2190,0.0.0.0:2182,0.0.0.0:2181,four:2184,"},
	} {
		if got := clientAddresses(test.config); got != test.want {
			t.Errorf("%q: %q, want %q", test.config, got, test.want)
		}
	}
}

func FuzzClientAddresses(f *testing.F) {
	f.Add(liveConfig)
	f.Add("server.=;\n= \n:")
	f.Fuzz(func(t *testing.T, config string) {
		servers := 0
		for key := range properties(config) {
			if strings.HasPrefix(key, "server.") {
				servers++
			}
		}
		if got := clientAddresses(config); strings.Count(got, ",") < servers-1 {
			t.Errorf("%q: %q has fewer than %d addresses", config, got, servers)
		}
	})
}

func TestMembersIn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "zoo.cfg")
	text := "# members\nversion=1f\nserver.1=a:1:2;3\nserver.2 = b:1:2;3\ngroup.1=1:2\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := membersIn(name)
	if err != nil || strings.Contains(got, "version") || !strings.Contains(got, "server.1=a:1:2;3\n") ||
		!strings.Contains(got, "server.2=b:1:2;3\n") || !strings.Contains(got, "group.1=1:2\n") {
		t.Errorf("%q, %v", got, err)
	}
	if err := os.WriteFile(name, []byte("server.1=a:1:2;3\ntickTime=2000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := membersIn(name); err == nil || err.Error() != "Error processing "+name+"Unrecognised parameter: tickTime" {
		t.Error(err)
	}
	if _, err := membersIn("/nope/x"); err == nil ||
		err.Error() != "Error processing /nope/x/nope/x (No such file or directory)" {
		t.Error(err)
	}
}

func TestReconfigErrors(t *testing.T) {
	for code, want := range map[wire.Code]string{
		wire.ReconfigInProgress: "Another reconfiguration is in progress -- concurrent reconfigs not supported (yet)",
		wire.NewConfigNoQuorum: "No quorum of new config is connected and up-to-date with the leader of last commmitted" +
			" config - try invoking reconfiguration after new servers are connected and synced",
		wire.NoAuth:           "Insufficient permission : ",
		wire.BadArguments:     "Arguments are not valid : ",
		wire.ReconfigDisabled: "KeeperErrorCode = Reconfig is disabled",
		wire.Unimplemented:    "KeeperErrorCode = Unimplemented",
	} {
		if got := errorMessage(D39, reconfigError(&wire.Error{Code: code}), nil); got != want {
			t.Errorf("%v: %q, want %q", code, got, want)
		}
	}
}

// TestOptionsOfLaterZkClis: a dialect decides what is printed, not what can be
// done.
func TestOptionsOfLaterZkClis(t *testing.T) {
	for _, d := range dialects {
		x := open(t, Config{Dialect: d})
		x.do("create /a hello", "set -b /a aGk=", "addWatch -m persistent /a", "removewatches -p /a",
			"addWatch /a", "removewatches -r /a", "getEphemerals", "getAllChildrenNumber /", "config", "version", "whoami")
		if out, _, code := x.run("get -b /a"); !strings.HasPrefix(out, "aGk=\n") || code != 0 {
			t.Errorf("%v: %q", d, out)
		}
		x.want("removewatches /a", "", "KeeperErrorCode = No such watcher for /a\n", 1)
		if _, err, code := x.run("addWatch /a x"); !strings.HasPrefix(err, "addWatch [-m mode] path # optional") || code != 1 {
			t.Errorf("%v: %q", d, err)
		}
	}
}
