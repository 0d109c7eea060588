package shell

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
)

// TestCons reads what servers of several versions answer.
func TestCons(t *testing.T) {
	all := clientSet{}
	parseCons(" /127.0.0.1:4711[1](queued=0,recved=5,sent=5,sid=0x10000000000abcd,lop=PING,est=1700000000000,to=30000,lcxid=0x1)\n"+
		" /0:0:0:0:0:0:0:1:5[1](queued=0,recved=1,sent=0,sid=0xffffffffffffffff,lop=NA,est=0,to=4000)\r\n"+
		" /127.0.0.1:4712[0](queued=0,recved=1,sent=0)\n\nrubbish (sid=0x1)\n", "s:1", all)
	if len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	if cl := all[0x10000000000abcd]; cl.address != "127.0.0.1:4711" || cl.timeout != 30*time.Second || cl.since.UnixMilli() != 1700000000000 || cl.server != "s:1" {
		t.Errorf("%+v", cl)
	}
	if cl := all[-1]; cl.address != "0:0:0:0:0:0:0:1:5" {
		t.Errorf("%+v", cl)
	}
}

// TestConsForms: each server writes its clients' addresses in its own way.
func TestConsForms(t *testing.T) {
	const fields = "queued=0,recved=1,sent=1,sid=0x7,lop=PING,est=1700000000000,to=30000"
	for line, want := range map[string]string{
		" /[0:0:0:0:0:0:0:1]:50650[1](" + fields + ")":     "[0:0:0:0:0:0:0:1]:50650",
		" /0:0:0:0:0:0:0:1:50650[1](" + fields + ")":       "0:0:0:0:0:0:0:1:50650",
		" /[fe80:0:0:0:1:2:3:4%eth0]:1[1](" + fields + ")": "[fe80:0:0:0:1:2:3:4%eth0]:1",
		" /fe80:0:0:0:1:2:3:4%2:50650[5](" + fields + ")":  "fe80:0:0:0:1:2:3:4%2:50650",
		" app.example.com/10.0.0.7:1[1](" + fields + ")":   "10.0.0.7:1",
		" /10.0.0.7:1[1](" + fields + ")\r":                "10.0.0.7:1",
		"/10.0.0.7:1[0](" + fields + ")":                   "10.0.0.7:1",
		" 127.0.0.1:50650(recved=5,sent=5,sid=0x7,lop=List,est=1700000000000,to=30000,lcxid=0x1,lzxid=0x2,lresp=1,llat=0,minlat=0,avglat=0,maxlat=0)": "127.0.0.1:50650",
		" [::1]:50650(recved=5,sent=5,sid=0x7,lop=List,est=1700000000000,to=30000)":                                                                   "[::1]:50650",
		" [::ffff:10.0.0.7]:5(recved=5,sent=5,sid=0x7,est=1700000000000,to=30000)":                                                                    "[::ffff:10.0.0.7]:5",
		" null[1](" + fields + ")": "",
	} {
		all := clientSet{}
		parseCons(line+"\n\n", "s", all)
		want := clientSet{7: {7, want, "s", 30 * time.Second, time.UnixMilli(1700000000000)}}
		if !reflect.DeepEqual(all, want) {
			t.Errorf("%q: %+v, want %+v", line, all, want)
		}
	}
	for _, line := range []string{
		" /127.0.0.1:4712[0](queued=0,recved=1,sent=0)", " /127.0.0.1:4712[0](sid=0x0)", " /127.0.0.1:1[1](sid=zz)",
		"cons is not executed because it is not in the whitelist.", notServing, "", " ()", " (sid=0x7)", " a b(sid=0x7)",
	} {
		all := clientSet{}
		if parseCons(line, "s", all); len(all) != 0 {
			t.Errorf("%q: %+v", line, all)
		}
	}
}

func FuzzCons(f *testing.F) {
	f.Add(" /127.0.0.1:4711[1](queued=0,sid=0x1,est=1,to=2)\n")
	f.Add(" /[0:0:0:0:0:0:0:1]:50650[1](sid=0x2)\n 127.0.0.1:50650(recved=5,sid=0x3)\n")
	f.Add(" /0:0:0:0:0:0:0:1:50650[1](sid=0xffffffffffffffff,to=-1)\r\n null[0](sid=1)")
	f.Fuzz(func(t *testing.T, text string) {
		all := clientSet{}
		parseCons(text, "s", all)
		if len(all) > strings.Count(text, "(") {
			t.Errorf("%+v", all)
		}
		for id, cl := range all {
			if id == 0 || id != cl.id || cl.server != "s" || strings.ContainsAny(cl.address, " \n/()") || !strings.Contains(text, cl.address) {
				t.Errorf("%+v", cl)
			}
			// What was read reads the same in Java's form.
			again := clientSet{}
			parseCons(fmt.Sprintf(" /%s[1](queued=0,sid=%#x,to=%d)\n", cl.address, uint64(id), cl.timeout.Milliseconds()), "s", again)
			if got := again[id]; got.address != cl.address || got.timeout != cl.timeout {
				t.Errorf("%+v, then %+v", cl, got)
			}
		}
	})
}

// TestIPv6Client: sessions and who know a client that comes over IPv6, which the
// embedded server lists as ZooKeeper does.
func TestIPv6Client(t *testing.T) {
	srv := startServer(t, server.Config{Addr: "[::1]:0"})
	x := openOn(t, srv, Config{Dialect: D39})
	x.do("create -e /eph x")
	const client = `\[0:0:0:0:0:0:0:1\]:\d+`
	out, errOut, code := x.run("who /eph")
	if !regexp.MustCompile(`^/eph: session 0x[0-9a-f]+, client `+client+` on \[::1\]:\d+ since \S+\n$`).MatchString(out) || errOut != "" || code != 0 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	if out, errOut, code = x.run("sessions"); !regexp.MustCompile(client+` .*\(this one\)\n`).MatchString(out) || errOut != "" || code != 0 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	for _, word := range []string{"cons", "stat"} {
		if out, _, _ := x.run("4lw " + word); !regexp.MustCompile(`(?m)^ /` + client + `\[1\]\(queued=0,recved=`).MatchString(out) {
			t.Errorf("%s: %s", word, out)
		}
	}
}

// keeper answers as a ClickHouse Keeper does.
func keeper(mode, cons, mntr string) map[string]string {
	return map[string]string{
		"srvr": "ClickHouse Keeper version: v24.3.1-abc\nLatency min/avg/max: 0/0/1\nZxid: 0x5\nMode: " + mode + "\nNode count: 4\n",
		"cons": cons, "mntr": mntr,
	}
}

// TestNotAskedIsNotNone: who a session's client is is not known as long as there are
// members that were not asked.
func TestNotAskedIsNotNone(t *testing.T) {
	const none = "whether the ensemble has other members is not known"
	for _, tt := range []struct {
		name    string
		members []map[string]string
		says    string // "" if all have been asked
	}{
		{"alone", []map[string]string{keeper("standalone", "", "")}, ""},
		{"a follower", []map[string]string{keeper("follower", " 10.0.0.1:5(sid=0x9)\n", "")}, none},
		{"a leader with two followers", []map[string]string{keeper("leader", " 10.0.0.1:5(sid=0x9)\n", "zk_followers\t2\nzk_synced_followers\t2\n")},
			"the ensemble has 3 members, of which 1 was asked"},
		{"two of three", []map[string]string{
			keeper("leader", " 10.0.0.1:5(sid=0x9)\n", "zk_learners\t2.0\n"), keeper("follower", " 10.0.0.1:6(sid=0xa)\n", "")},
			"the ensemble has 3 members, of which 2 were asked"},
		{"both", []map[string]string{
			keeper("leader", " 10.0.0.1:5(sid=0x9)\n", "zk_followers\t1\n"), keeper("follower", " 10.0.0.1:6(sid=0xa)\n", "")}, ""},
		{"one by two names", []map[string]string{
			keeper("leader", " 10.0.0.1:5(sid=0x9)\n", "zk_followers\t1\n"), keeper("leader", " 10.0.0.1:5(sid=0x9)\n", "zk_followers\t1\n")},
			"the ensemble has 2 members, of which 1 was asked"},
		{"one does not allow cons", []map[string]string{keeper("standalone", " 10.0.0.1:5(sid=0x9)\n", ""),
			{"srvr": "Zookeeper version: 3.4.14\nMode: leader\n", "cons": "cons is not executed because it is not in the whitelist.\n"}}, "does not allow cons"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := open(t, Config{Dialect: D39})
			x.do("create -e /eph x")
			x.sh.mu.Lock()
			x.sh.servers = nil
			for _, answers := range tt.members {
				x.sh.servers = append(x.sh.servers, fakeMember(t, answers))
			}
			if answers := tt.members[0]; answers["cons"] == "" {
				answers["cons"] = " 10.0.0.9:1(recved=1)\n"
			}
			x.sh.mu.Unlock()
			id := hex(x.sh.Session().ID())
			out, errOut, code := x.run("who /eph")
			if tt.says == "" {
				if out != "/eph: session "+id+", which is connected to none of the servers now\n" || errOut != "" || code != 0 {
					t.Errorf("%q, %q, %d", out, errOut, code)
				}
				return
			}
			if out != "/eph: session "+id+"\n" || !strings.HasPrefix(errOut, "its client is not known: ") || !strings.Contains(errOut, tt.says) || code != 2 {
				t.Errorf("who: %q, %q, %d", out, errOut, code)
			}
			out, errOut, code = x.run("sessions")
			if !strings.Contains(out, "0x9 ") || !strings.Contains(errOut, tt.says) || code != 0 {
				t.Errorf("sessions: %q, %q, %d", out, errOut, code)
			}
		})
	}
}

// TestNameOfSeveral: one name of the connect string stands for several members, each of
// which is asked.
func TestNameOfSeveral(t *testing.T) {
	first := startServer(t, server.Config{Addr: "127.0.0.1:0"})
	port := first.Addr()[strings.LastIndexByte(first.Addr(), ':')+1:]
	second, err := server.Start(server.Config{Addr: "127.0.0.2:" + port})
	if err != nil {
		t.Skip("no second address on loopback: ", err)
	}
	defer second.Close()
	y := openOn(t, second, Config{Dialect: D39})
	x := openOn(t, first, Config{Dialect: D39})
	x.sh.mu.Lock()
	x.sh.servers = []string{"zk.example:" + port}
	x.sh.resolve = func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}, nil
	}
	x.sh.mu.Unlock()
	out, errOut, code := x.run("sessions")
	for _, s := range []*tester{x, y} {
		if !strings.Contains(out, hex(s.sh.Session().ID())) || errOut != "" || code != 0 {
			t.Errorf("%q, %q, %d", out, errOut, code)
		}
	}
	if out, _, _ := x.run("srvr"); strings.Count(out, "zk.example:"+port+" (127.0.0.") != 2 {
		t.Errorf("%s", out)
	}
	if err := y.sh.Close(); err != nil {
		t.Fatal(err)
	}
	second.Close()
	x.do("create -e /eph x")
	if out, errOut, code := x.run("sessions"); !strings.Contains(out, hex(x.sh.Session().ID())) || !strings.Contains(errOut, "(127.0.0.2:"+port+") does not answer cons") || code != 0 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
}
