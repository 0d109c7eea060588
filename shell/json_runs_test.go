package shell

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

// jsonOf runs a line that prints one object.
func (x *tester) jsonOf(line string) map[string]any {
	x.t.Helper()
	out, errOut, code := x.run(line)
	var object map[string]any
	if err := json.Unmarshal([]byte(out), &object); err != nil || code != 0 || errOut != "" || strings.Count(out, "\n") != 1 {
		x.t.Fatalf("%s: %q, %q, %d: %v", line, out, errOut, code, err)
	}
	return object
}

// TestJSONToTheLetter: of what is the same in every run, each byte.
func TestJSONToTheLetter(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create /app x", "create /app/a x", "create -e /app/e", "create -e /app/d", "setquota -n 5 /app", "setquota -N 7 /app", "get -w /app/a", "stat -w /app/a", "ls -w /app")
	for _, test := range []struct{ line, out, err string }{
		{"listquota /app", `{"path":"/app","limits":{"byteHardLimit":-1,"bytes":-1,"count":5,"countHardLimit":7},"stats":{"bytes":2,"count":4}}` + "\n", ""},
		{"listquota /app/a", "", "quota for /app/a does not exist.\n"},
		{"getEphemerals", `{"path":"/app/d"}` + "\n" + `{"path":"/app/e"}` + "\n", ""},
		{"getEphemerals /nope", "", ""},
		{"getAllChildrenNumber /app", `{"path":"/app","below":3}` + "\n", ""},
		{"whoami", `{"scheme":"ip","user":"127.0.0.1"}` + "\n", ""},
		{"version", `{"version":"3.9-zoosh","builtOn":"` + builtOn() + `"}` + "\n", ""},
		{"removewatches -d /app/a", `{"path":"/app/a","removed":"data"}` + "\n", ""},
		{"removewatches /app", `{"path":"/app","removed":"any"}` + "\n", ""},
	} {
		x.want(test.line+" -o json", test.out, test.err, 0)
	}
	x.want("removewatches -o json /app", "", "KeeperErrorCode = No such watcher for /app\n", 1)
	x.want("version -o json x", "", "version \n", 1)
	x.want("reconfig -o json", "", Lookup(D39, "reconfig").rawUsage(D39)+"\n", 1)
}

// TestJSONOfWatches: each kind is named.
func TestJSONOfWatches(t *testing.T) {
	x := open(t, Config{Dialect: D39, JSON: true})
	x.do("create /app x", "get -w /app", "ls -w /app", "addWatch -m PERSISTENT /app", "addWatch /app")
	for option, name := range map[string]string{"c": "children", "d": "data", "p": "persistent", "r": "persistentRecursive"} {
		x.want("removewatches -"+option+" /app", `{"path":"/app","removed":"`+name+`"}`+"\n", "", 0)
	}
}

// TestJSONOfConfig: it is the ensemble's, in a chroot as well, and arms its watch.
func TestJSONOfConfig(t *testing.T) {
	srv := startServer(t, server.Config{})
	openOn(t, srv, Config{Dialect: D39}).do("create /app x")
	for _, chroot := range []string{"", "/app"} {
		x := openOn(t, srv, Config{Target: session.Target{Connect: srv.Addr() + chroot}, Dialect: D39})
		text, _, _ := x.run("config")
		got := x.jsonOf("config -w -o json")
		if want := []string{"data", "path", "stat"}; !reflect.DeepEqual(slices.Sorted(maps.Keys(got)), want) {
			t.Errorf("names %v", got)
		}
		if got["path"] != "/zookeeper/config" || got["data"] != strings.TrimSuffix(text, "\n") {
			t.Errorf("%q: %v, not %q", chroot, got, text)
		}
		if watches := x.sh.Session().Watches(); len(watches) != 1 {
			t.Errorf("%q: watches %v", chroot, watches)
		}
	}
}

// TestJSONOfTimes: what a stat has can be read again.
func TestJSONOfTimes(t *testing.T) {
	x := open(t, Config{Dialect: D38, JSON: true})
	x.do("create /app x")
	for _, line := range []string{"config", "stat /app", "getAcl /app"} {
		stat, _ := x.jsonOf(line)["stat"].(map[string]any)
		text, _ := stat["mtime"].(string)
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			t.Errorf("%s: %v: %v", line, stat, err)
		}
	}
}
