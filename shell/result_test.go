package shell

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/control"
	"zoosh/internal/walk"
	"zoosh/internal/wire"
)

// noResults are commands that only read and have no result, and what they do.
var noResults = map[string]string{
	"sync": "acts", "addauth": "acts", "addWatch": "acts", "connect": "acts", "close": "acts", "crash": "acts",
	"redo": "runs another command", "quit": "acts", "exit": "acts",
	"printwatches": "is about how is printed", "output": "is about how is printed", "dialect": "is about how is printed",
	"help": "is for a reader", "session": "is the front end's", "record": "is the front end's",
	"4lw": "hands on text as it comes", "export": "has a form of its own",
}

// TestTableOfResults: what reads has results, and so JSON; what has none is known.
func TestTableOfResults(t *testing.T) {
	for i := range table {
		c := &table[i]
		_, listed := noResults[c.Name]
		switch {
		case c.Effect == Reads && !c.hasJSON() && !listed:
			t.Errorf("%s reads, and has no result", c.Name)
		case listed && c.hasJSON():
			t.Errorf("%s has a result", c.Name)
		}
	}
	for name := range noResults {
		if byName[name] == nil {
			t.Errorf("there is no command %s", name)
		}
	}
}

// sampleResults has one of each kind of result, or more, with its text in 3.4 and 3.9 and
// JSON. What goes to standard error stands behind a bar. A stat is only told to be there: <stat>.
var sampleResults = []struct {
	result               Result
	text34, text, object string
}{
	{&childList{path: "/", children: []string{"b", "a"}, stat: &wire.Stat{}}, "[b, a]\n", "[a, b]\n", `{"path":"/","children":["a","b"]}`},
	{&childList{path: "/", stat: &wire.Stat{}, withStat: true}, "[]\n|<stat>", "[]\n<stat>", `{"path":"/","children":[],"stat":<stat>}`},
	{znodePath("/a"), "/a\n", "/a\n", `{"path":"/a"}`},
	{&znodeData{path: "/a", data: []byte("x"), stat: &wire.Stat{}}, "x\n|<stat>", "x\n", `{"path":"/a","data":"x","stat":<stat>}`},
	{&znodeData{path: "/a", stat: &wire.Stat{}, withStat: true}, "null\n|<stat>", "null\n<stat>", `{"path":"/a","data":null,"stat":<stat>}`},
	{&znodeData{path: "/a", data: []byte{255}, stat: &wire.Stat{}, form: dataForm{base64: true}}, "/w==\n|<stat>", "/w==\n", `{"path":"/a","data":null,"base64":"/w==","stat":<stat>}`},
	{&znodeStat{"/a", &wire.Stat{}}, "|<stat>", "<stat>", `{"path":"/a","stat":<stat>}`},
	{&belowCount{"/a", 3}, "3\n", "3\n", `{"path":"/a","below":3}`},
	{ephemerals{"/b", "/a"}, "[/b, /a]\n", "[/b, /a]\n", `{"path":"/a"}` + "\n" + `{"path":"/b"}`},
	{&znodeACL{"/a", wire.OpenACL(), &wire.Stat{}, false}, "'world,'anyone\n: cdrwa\n", "'world,'anyone\n: cdrwa\n", `{"path":"/a","acl":[{"scheme":"world","id":"anyone","perms":"cdrwa"}],"stat":<stat>}`},
	{&configuration{data: []byte("version=0"), stat: &wire.Stat{}, committed: true}, "Committed new configuration:\nversion=0\n", "Committed new configuration:\nversion=0\n", `{"path":"/zookeeper/config","data":"version=0","stat":<stat>}`},
	{&cliVersion{"3", "now"}, "ZooKeeper CLI version: 3, built on now\n", "ZooKeeper CLI version: 3, built on now\n", `{"version":"3","builtOn":"now"}`},
	{identities{{Scheme: "ip", User: "::1"}}, "Auth scheme: User\nip: ::1\n", "Auth scheme: User\nip: ::1\n", `{"scheme":"ip","user":"::1"}`},
	{&historyLine{7, "ls /"}, "7 - ls /\n", "7 - ls /\n", `{"number":7,"line":"ls /"}`},
	{&watchesRemoved{"/a", "any"}, "", "", `{"path":"/a","removed":"any"}`},
	{&quotaReport{"/a", wire.Quota{"count": 1, "bytes": 2}, wire.Quota{"count": 3, "bytes": 4}},
		"Output quota for /a count=1,bytes=2\nOutput stat for /a count=3,bytes=4\n", "Output quota for /a count=1,bytes=2\nOutput stat for /a count=3,bytes=4\n",
		`{"path":"/a","limits":{"bytes":2,"count":1},"stats":{"bytes":4,"count":3}}`},
	{&existence{"/a", true}, "true\n", "true\n", `{"path":"/a","exists":true}`},
	{&treeLine{&walk.Node{Path: "/a", Stat: &wire.Stat{EphemeralOwner: 1}, Depth: 1}, "└── ", -1}, "└── a*\n", "└── a*\n", `{"path":"/a","stat":<stat>}`},
	{&treeCount{"/a", 3}, "3\n", "3\n", `{"path":"/a","znodes":3}`},
	{&foundZnode{&walk.Node{Path: "/a"}, false}, "/a\n", "/a\n", `{"path":"/a","stat":null}`},
	{&match{"/a", 2, "x"}, "/a:2:x\n", "/a:2:x\n", `{"path":"/a","line":2,"text":"x"}`},
	{&match{Path: "/a"}, "/a: binary data matches\n", "/a: binary data matches\n", `{"path":"/a","line":0,"text":""}`},
	{&matchCount{"/a", 2}, "/a:2\n", "/a:2\n", `{"path":"/a","lines":2}`},
	{&treeUsage{"/a", 2, 1, 7, 0}, "         2            7  /a\n", "         2            7  /a\n", `{"path":"/a","znodes":2,"ephemerals":1,"bytes":7}`},
	{&sessionLine{Session: "0x1", TimeoutMS: 4000, Ephemerals: []string{"/e"}, Own: true},
		"0x1                  -                        -                              4s  -  (this one)\n  /e\n",
		"0x1                  -                        -                              4s  -  (this one)\n  /e\n",
		`{"session":"0x1","timeoutMs":4000,"ephemerals":["/e"],"own":true}`},
	{&ownerLine{Path: "/a", sessionLine: sessionLine{Session: "0x1", Server: "h:1"}}, "/a: session 0x1, client - on h:1 since -\n", "/a: session 0x1, client - on h:1 since -\n", `{"path":"/a","session":"0x1","server":"h:1"}`},
	{&ownerLine{Path: "/a", sessionLine: sessionLine{Session: "0x1"}, unknown: true}, "/a: session 0x1\n", "/a: session 0x1\n", `{"path":"/a","session":"0x1"}`},
	{&memberFigures{server: "h:1", figures: []figure{{"a", "1"}, {"abc", "x"}}}, "h:1\n  a    1\n  abc  x\n", "h:1\n  a    1\n  abc  x\n", `{"a":1,"abc":"x","server":"h:1"}`},
	{&memberFigures{server: "h:1", fault: "asleep"}, "h:1\n  asleep\n", "h:1\n  asleep\n", `{"error":"asleep","server":"h:1"}`},
	{&transaction{&Txn{Zxid: 7, TxnOp: TxnOp{Op: wire.OpDelete, Path: "/a"}}, nil}, "0x7    1970-01-01T00:00:00.000Z -                  delete /a\n",
		"0x7    1970-01-01T00:00:00.000Z -                  delete /a\n", `{"zxid":"0x7","time":"1970-01-01T00:00:00.000Z","cxid":0,"op":"delete","path":"/a"}`},
	{&change{Change: "children", Path: "/a", Added: []string{"b"}, at: time.UnixMilli(0).UTC()}, "00:00:00.000 children /a +b\n", "00:00:00.000 children /a +b\n",
		`{"time":"1970-01-01T00:00:00.000Z","change":"children","path":"/a","added":["b"]}`},
	{&change{Change: "created", Path: "/a", after: &seen{data: []byte("x"), stat: &wire.Stat{Version: 2}}, at: time.UnixMilli(0).UTC()},
		"00:00:00.000 created  /a  \"x\"\n", "00:00:00.000 created  /a  \"x\"\n",
		`{"time":"1970-01-01T00:00:00.000Z","change":"created","path":"/a","after":{"data":"x"},"dataVersion":2}`},
	{&difference{Change: "added", Path: "/a", KindAfter: "ephemeral"}, "+ /a  (ephemeral)\n", "+ /a  (ephemeral)\n", `{"path":"/a","change":"added","kindAfter":"ephemeral"}`},
	{&serverStatus{control.Status{Addr: "h:1"}, []serverSession{{control.Session{ID: 1, Client: "c:2", Timeout: time.Second}, "", "", false}}},
		"server    h:1\nmode      standalone, in memory\nstate     running\nzxid      0x0\nznodes    0\nclock     the system's\nsessions  1\n  0x1  timeout 1s  client c:2\n",
		"server    h:1\nmode      standalone, in memory\nstate     running\nzxid      0x0\nznodes    0\nclock     the system's\nsessions  1\n  0x1  timeout 1s  client c:2\n",
		`{"server":"h:1","state":"running","mode":"standalone, in memory","zxid":"0x0","znodes":0,"clockAheadMs":0,"sessions":[{"session":"0x1","timeoutMs":1000,"client":"c:2","ephemerals":0}]}`},
	{&fatZnode{"/a", 7}, "                      7  /a\n", "                      7  /a\n", `{"path":"/a","dataLength":7}`},
}

// faces shows a result in a form, as sampleResults has it.
func faces(t *testing.T, r Result, d Dialect, asJSON bool) string {
	t.Helper()
	var out, errOut strings.Builder
	sh := New(Config{Sink: func(it Item) {
		if it.Kind == Stdout {
			out.WriteString(it.Text)
		} else {
			errOut.WriteString(it.Text)
		}
	}})
	c := &Call{ctx: t.Context(), sh: sh, dialect: d, asJSON: asJSON}
	if err := c.yield(r); err != nil {
		t.Error(err)
	}
	if errOut.Len() > 0 {
		return out.String() + "|" + errOut.String()
	}
	return out.String()
}

// TestResultsHaveBothFaces: each kind of result is shown from the same value as text and
// as JSON.
func TestResultsHaveBothFaces(t *testing.T) {
	var sampled []reflect.Type
	for _, s := range sampleResults {
		sampled = append(sampled, reflect.TypeOf(s.result))
		for _, face := range []struct {
			d      Dialect
			asJSON bool
			want   string
		}{{D34, false, s.text34}, {D39, false, s.text}, {D34, true, s.object + "\n"}, {D39, true, s.object + "\n"}} {
			stat := formatStat(&wire.Stat{})
			if face.asJSON {
				text, _ := objectLine(statJSON(&wire.Stat{}))
				if l, ok := s.result.(*treeLine); ok {
					text, _ = objectLine(statJSON(l.znode.Stat))
				}
				stat = strings.TrimSpace(text)
			}
			if got, want := faces(t, s.result, face.d, face.asJSON), strings.ReplaceAll(face.want, "<stat>", stat); got != want {
				t.Errorf("%T in %v, JSON %v: %q, want %q", s.result, face.d, face.asJSON, got, want)
			}
		}
	}
	for i := range table {
		for _, r := range table[i].Results {
			if !slices.Contains(sampled, reflect.TypeOf(r)) {
				t.Errorf("%s: there is no sample of %T", table[i].Name, r)
			}
		}
	}
}

// fits tells whether an object is one of the kinds that a command says it yields.
func fits(c *Command, object []byte) bool {
	for _, r := range c.Results {
		for _, s := range sampleResults {
			if reflect.TypeOf(s.result) != reflect.TypeOf(r) {
				continue
			}
			for o := range s.result.objects() {
				d := json.NewDecoder(bytes.NewReader(object))
				d.DisallowUnknownFields()
				if d.Decode(reflect.New(reflect.TypeOf(o)).Interface()) == nil {
					return true
				}
			}
		}
	}
	return false
}

// kinds fails unless all objects that a command has printed are of those kinds.
func kinds(t *testing.T, c *Command, text string) {
	t.Helper()
	if c == nil || len(c.Results) == 0 {
		return
	}
	for line := range strings.Lines(text) {
		if !fits(c, []byte(line)) {
			t.Errorf("%s yields what it does not name: %s", c.Name, line)
		}
	}
}
