package shell

import (
	"context"
	"slices"
	"testing"

	"zoosh/internal/server"
)

// notFuzzed are the commands that end or change the session.
var notFuzzed = []string{"quit", "exit", "connect", "close", "expire", "crash"}

// FuzzRun runs lines on shells of the three dialects that share a server.
func FuzzRun(f *testing.F) {
	srv := startServer(f, server.Config{})
	var shells []*tester
	for _, d := range []Dialect{D34, D38, D39} {
		shells = append(shells, openOn(f, srv, Config{Dialect: d}))
	}
	for _, line := range []string{
		"ls /", "ls -s -w -R /", "ls -?", "create -s -e /a 'x y' world:anyone:cdrwa", "create -t 5 /t", "get -s -w -x /a", "get -b /zookeeper",
		"set /a b -v 0 -s", "set -b /a aGk=", "delete /a -v 3", "deleteall /a -b 1", "rmr /a", "ls2 /", "stat /a true", "getAcl -s /",
		"setAcl -R /a world:anyone:r", "addauth digest u:p", "sync /", "history", "redo 0", "printwatches off", "help ls", "dialect", "foo",
		"'", "   ", "ls \"/a", "get --", "create /\x00", "create /\xff x", "get %s", "set /a -v -1", "help %d", "redo 0x1", "setAcl / ,:,::",
		"setquota -n 3 /a", "setquota -b x /", "setquota -n -B 1 /a", "listquota /a", "delquota -N /a", "delquota /a", "addWatch -m PERSISTENT /a",
		"removewatches /a -c -l", "config -c -s", "reconfig -add x -v zz", "version", "whoami", "getEphemerals /", "getAllChildrenNumber /",
	} {
		for i := range shells {
			f.Add(line, i)
		}
	}
	f.Fuzz(func(t *testing.T, line string, which int) {
		words := Split(line)
		if len(words) > 0 && (slices.Contains(notFuzzed, words[0]) || words[0] == "dialect" && len(words) > 1) {
			return
		}
		x := shells[uint(which)%uint(len(shells))]
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if !alive(x.sh.Session()) { // a credential was refused
			if err := x.sh.Open(ctx); err != nil {
				t.Fatal(err)
			}
			if err := x.sh.Session().WaitConnected(ctx); err != nil {
				t.Fatal(err)
			}
		}
		x.rec.take()
		code := x.sh.Run(ctx, line)
		if ctx.Err() != nil {
			t.Fatalf("%q did not end", line)
		}
		var done []Item
		for _, it := range x.rec.take() {
			switch it.Kind {
			case Done:
				done = append(done, it)
			case Stdout, Stderr:
				if len(done) > 0 {
					t.Fatalf("%q: %q came after its end", line, it.Text)
				}
			}
		}
		if len(done) != 1 || done[0].Line != line || done[0].Code != code || code != x.sh.Code() {
			t.Fatalf("%q: code %d, ends %+v", line, code, done)
		}
		if code != exitOK && code != exitFailed && code != exitNotFound {
			t.Fatalf("%q: code %d", line, code)
		}
	})
}
