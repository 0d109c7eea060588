package shell

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"zoosh/internal/control"
	"zoosh/internal/manual"
	"zoosh/internal/walk"
	"zoosh/internal/wire"
)

// TestTableOfResults: every command has results, and so both faces.
func TestTableOfResults(t *testing.T) {
	for i := range table {
		if c := &table[i]; len(c.Results) == 0 {
			t.Errorf("%s has no result: what it finds, or has done, is neither text nor JSON", c.Name)
		}
	}
}

// sampleResults has one of each kind of result, or more, with its text in 3.4 and 3.9 and
// JSON. What goes to standard error stands behind a bar. Of a stat, and of zkCli's list of
// commands, it only says that they are there: <stat>, <zkCli>.
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
	{&countSoFar{treeCount{"/a", 3}, true}, "3\n", "3\n", `{"path":"/a","znodes":3,"givenUp":true}`},
	{&usageSoFar{treeUsage{"/a", 2, 1, 7, 0}, true}, "         2            7  /a\n", "         2            7  /a\n",
		`{"path":"/a","znodes":2,"ephemerals":1,"bytes":7,"givenUp":true}`},
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
	{&done{act{"delete", "/a", "0x7"}}, "", "", `{"command":"delete","path":"/a","zxid":"0x7"}`},
	{&created{act{"create", "/p/s-0", "0x7"}, []string{"/p"}}, "|Created /p\nCreated /p/s-0\n", "|Created /p\nCreated /p/s-0\n",
		`{"command":"create","path":"/p/s-0","zxid":"0x7","parents":["/p"]}`},
	{&dataSet{act{"set", "/a", "0x7"}, &wire.Stat{}, false}, "|<stat>", "", `{"command":"set","path":"/a","zxid":"0x7","dataVersion":0,"stat":<stat>}`},
	{&dataSet{act{"set", "/a", "0x7"}, &wire.Stat{}, true}, "|<stat>", "<stat>", `{"command":"set","path":"/a","zxid":"0x7","dataVersion":0,"stat":<stat>}`},
	{&subtreeDeleted{act{"deleteall", "/a", "0x7"}, 3, false}, "", "", `{"command":"deleteall","path":"/a","zxid":"0x7","znodes":3}`},
	{&subtreeDeleted{act{"deleteall", "/a", ""}, 0, true}, "", "", `{"command":"deleteall","path":"/a","znodes":0,"refused":true}`},
	{&wouldDelete{act{Command: "deleteall", Path: "/a"}, true, 2, []sessionLine{{Session: "0x1", Ephemerals: []string{"/a/e"}}}, []string{"one"}},
		"would delete 2 znodes\n1 ephemeral of session one: /a/e\n", "would delete 2 znodes\n1 ephemeral of session one: /a/e\n",
		`{"command":"deleteall","path":"/a","dryRun":true,"znodes":2,"sessions":[{"session":"0x1","ephemerals":["/a/e"]}]}`},
	{&synced{act{Command: "sync", Path: "/"}, wire.OK}, "Sync returned 0\n", "Sync is OK\n", `{"command":"sync","path":"/"}`},
	{&synced{act{Command: "sync", Path: "/a"}, wire.NoNode}, "Sync returned -101\n", "Sync has failed. rc=-101\n",
		`{"command":"sync","path":"/a","error":"Node does not exist: /a"}`},
	{&aclSet{act{"setAcl", "/a", "0x7"}, wire.OpenACL(), &wire.Stat{}, false}, "|<stat>", "",
		`{"command":"setAcl","path":"/a","zxid":"0x7","acl":[{"scheme":"world","id":"anyone","perms":"cdrwa"}],"aclVersion":0,"stat":<stat>}`},
	{&aclsSet{act{"setAcl", "/a", "0x7"}, wire.OpenACL(), 3}, "", "",
		`{"command":"setAcl","path":"/a","zxid":"0x7","acl":[{"scheme":"world","id":"anyone","perms":"cdrwa"}],"znodes":3}`},
	{&quotaChanged{act{"setquota", "/a", "0x7"}, wire.Quota{"count": 5}}, "", "", `{"command":"setquota","path":"/a","zxid":"0x7","limits":{"count":5}}`},
	{&quotaChanged{act: act{"delquota", "/a", "0x7"}}, "", "", `{"command":"delquota","path":"/a","zxid":"0x7","limits":null}`},
	{&committed{act{Command: "multi", Zxid: "0x7"}, []committedPart{{"create", "/a", nil, "create /a", "created /a"}, {"setData", "/b", new(int32), "set /b", "version 0"}}},
		"1 create /a: created /a\n2 set /b: version 0\n", "1 create /a: created /a\n2 set /b: version 0\n",
		`{"command":"multi","zxid":"0x7","parts":[{"op":"create","path":"/a"},{"op":"setData","path":"/b","dataVersion":0}]}`},
	{&exported{act{Command: "export", Path: "/a"}, "f", 1}, "|Exported 1 znode to f\n", "|Exported 1 znode to f\n", `{"command":"export","path":"/a","file":"f","znodes":1}`},
	{&imported{act{"import", "/a", "0x7"}, "f", false, 2, 1, []string{"/a/e"}}, "|Created 2 znodes and overwrote 1\n", "|Created 2 znodes and overwrote 1\n",
		`{"command":"import","path":"/a","zxid":"0x7","file":"f","created":2,"overwritten":1,"skipped":["/a/e"]}`},
	{&imported{act{Command: "import", Path: "/a"}, "f", true, 2, 1, nil}, "would create 2 znodes and overwrite 1\n", "would create 2 znodes and overwrite 1\n",
		`{"command":"import","path":"/a","file":"f","dryRun":true,"created":2,"overwritten":1}`},
	{&carried{act{"cp", "/a", "0x7"}, "/b", 2, nil}, "|Copied 2 znodes\n", "|Copied 2 znodes\n", `{"command":"cp","path":"/a","zxid":"0x7","to":"/b","znodes":2}`},
	{&carried{act{"mv", "/a", "0x7"}, "/b", 1, nil}, "|Moved 1 znode\n", "|Moved 1 znode\n", `{"command":"mv","path":"/a","zxid":"0x7","to":"/b","znodes":1}`},
	{&identified{act{Command: "addauth"}, "digest"}, "", "", `{"command":"addauth","scheme":"digest"}`},
	{&watchAdded{act{Command: "addWatch", Path: "/a"}, "persistent"}, "", "", `{"command":"addWatch","path":"/a","mode":"persistent"}`},
	{&connected{act{Command: "connect"}, "h:1", "0x1"}, "", "", `{"command":"connect","server":"h:1","session":"0x1"}`},
	{&sessionLeft{act{Command: "close"}, "0x1", ""}, "", "", `{"command":"close","session":"0x1"}`},
	{&sessionLeft{act{Command: "quit"}, "", ""}, "Quitting...\n", "", `{"command":"quit"}`},
	{&sessionLeft{act{Command: "crash"}, "0x1", ""}, "|Connection dropped: the server keeps the session until its timeout\n",
		"|Connection dropped: the server keeps the session until its timeout\n", `{"command":"crash","session":"0x1"}`},
	{&sessionLeft{act{Command: "expire"}, "0x1", "0x2"}, "|Session expired: a new one has taken its place\n",
		"|Session expired: a new one has taken its place\n", `{"command":"expire","session":"0x1","newSession":"0x2"}`},
	{&redone{act{Command: "redo"}, historyLine{3, "ls /"}}, "", "", `{"command":"redo","number":3,"line":"ls /"}`},
	{&watchesPrinted{act{Command: "printwatches"}, true, true}, "printwatches is on\n", "printwatches is on\n", `{"command":"printwatches","on":true}`},
	{&watchesPrinted{act{Command: "printwatches"}, false, false}, "", "", `{"command":"printwatches","on":false}`},
	{&outputForm{act{Command: "output"}, "json", true}, "output is json\n", "output is json\n", `{"command":"output","output":"json"}`},
	{&dialectSpoken{act{Command: "dialect"}, "3.9", true, true}, "dialect is 3.9 (auto)\n", "dialect is 3.9 (auto)\n", `{"command":"dialect","dialect":"3.9","auto":true}`},
	{&openSession{"one", "h:1", "CONNECTED", "0x1", true, 5}, "* one   h:1 CONNECTED 0x1\n", "* one   h:1 CONNECTED 0x1\n",
		`{"name":"one","server":"h:1","state":"CONNECTED","session":"0x1","own":true}`},
	{&sessionSwitched{act{Command: "session"}, "one"}, "", "", `{"command":"session","name":"one"}`},
	{&recordingState{act: act{Command: "record"}, asked: true}, "nothing is being recorded\n", "nothing is being recorded\n", `{"command":"record","recording":false}`},
	{&recordingState{act{Command: "record"}, "f", true, []string{"n"}, false}, "|Recording f, until record stop\nNote: n\n", "|Recording f, until record stop\nNote: n\n",
		`{"command":"record","file":"f","recording":true,"notes":["n"]}`},
	{&recordingState{act: act{Command: "record"}, File: "f"}, "|Recorded f\n", "|Recorded f\n", `{"command":"record","file":"f","recording":false}`},
	{&wordReply{"h:1", "ruok", "imok", false}, "imok\n", "imok\n", `{"server":"h:1","word":"ruok","text":"imok"}`},
	{&wordReply{"h:1", "ruok", "imok", true}, "h:1\nimok\n", "h:1\nimok\n", `{"server":"h:1","word":"ruok","text":"imok"}`},
	{&serverActed{act{Command: "server"}, "cut", "0x1", nil, nil, false, nil, 0, "Cut off"}, "|Cut off\n", "|Cut off\n", `{"command":"server","act":"cut","session":"0x1"}`},
	{&commandList{commands: []*commandHelp{{Name: "a", Usage: "a x", Summary: "does", group: groupZoosh}}, strict: true}, "|<zkCli>", "|<zkCli>",
		`{"name":"a","usage":"a x","summary":"does"}`},
	{&commandList{commands: []*commandHelp{{Name: "a", Usage: "a x", Summary: "does", group: groupZoosh}}},
		"<zkCli>zoosh's own:\n\ta x                            does\n", "<zkCli>zoosh's own:\n\ta x                            does\n",
		`{"name":"a","usage":"a x","summary":"does"}`},
	{&commandHelp{Name: "a", Usage: "a [-x n]", Summary: "does", Options: []optionHelp{{"x", "n", "counts"}}, Example: "a -x 1", options: []Option{{Name: "x", Arg: "n", Desc: "counts"}}},
		"a [-x n]\ndoes\n -x <arg>   counts\n-o json prints JSON, an object a line\nexample:\n  a -x 1\n", "a [-x n]\ndoes\n -x <arg>   counts\n-o json prints JSON, an object a line\nexample:\n  a -x 1\n",
		`{"name":"a","usage":"a [-x n]","summary":"does","options":[{"name":"x","arg":"n","text":"counts"}],"example":"a -x 1"}`},
	{&manualPage{Topic: "t", Text: "# T\n\nText.\n", columns: 80}, "T\n\nText.\n", "T\n\nText.\n", `{"topic":"t","text":"# T\n\nText.\n"}`},
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
			if got, want := faces(t, s.result, face.d, face.asJSON), strings.NewReplacer("<stat>", stat, "<zkCli>", zkHelp(face.d)).Replace(face.want); got != want {
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

// kindsOf are the results of a command that an object may be of: those whose objects are
// written with the same names, all of them.
func kindsOf(c *Command, object string) (kinds []reflect.Type) {
	for _, r := range c.Results {
		kind := reflect.TypeOf(r)
		for _, s := range sampleResults {
			if reflect.TypeOf(s.result) == kind && !slices.Contains(kinds, kind) && sameShape(s.result, object) {
				kinds = append(kinds, kind)
			}
		}
	}
	return kinds
}

// sameShape tells whether an object can be one of a result of that kind.
func sameShape(r Result, object string) bool {
	for o := range r.objects() {
		shape := reflect.TypeOf(o)
		if shape.Kind() == reflect.Pointer {
			shape = shape.Elem()
		}
		d := json.NewDecoder(strings.NewReader(object))
		d.DisallowUnknownFields()
		v := reflect.New(shape)
		if d.Decode(v.Interface()) != nil {
			continue
		}
		if again, err := objectLine(v.Interface()); err == nil && again == object {
			return true
		}
	}
	return false
}

// TestJSONPage: the manual's page on JSON has a row for each command and has the names of
// its objects.
func TestJSONPage(t *testing.T) {
	page, ok := manual.Page("json")
	if !ok {
		t.Fatal("there is no page on JSON")
	}
	words := strings.FieldsFunc(page, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i := range table {
		if name := table[i].Name; !slices.Contains(words, name) && !strings.Contains(page, "`"+name+"`") {
			t.Errorf("the page says nothing of %s", name)
		}
	}
	for _, s := range sampleResults {
		for o := range s.result.objects() {
			line, err := objectLine(o)
			var names map[string]any
			if err = errors.Join(err, json.Unmarshal([]byte(line), &names)); err != nil {
				t.Fatal(err)
			}
			if _, figures := s.result.(*memberFigures); figures {
				continue // the server's own names
			}
			for name := range names {
				if !slices.Contains(words, name) {
					t.Errorf("the page has no name %s, which %T has", name, s.result)
				}
			}
		}
	}
}
