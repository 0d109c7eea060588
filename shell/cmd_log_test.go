package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/wire"
)

// aLog is a log in memory. What is added to it readers get that have come to its end.
type aLog struct {
	mu   sync.Mutex
	txns []*Txn
	err  error // what it ends with; nil is a clean end
	note string
}

func (l *aLog) add(txns ...*Txn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.txns = append(l.txns, txns...)
}

// Open implements TxnLog. It begins before the zxid, as a log of files may.
func (l *aLog) Open(int64) (TxnReader, error) { return &aLogReader{log: l}, nil }

type aLogReader struct {
	log  *aLog
	next int
}

func (r *aLogReader) Next() (*Txn, error) {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	switch {
	case r.next < len(r.log.txns):
		r.next++
		return r.log.txns[r.next-1], nil
	case r.log.err != nil:
		return nil, r.log.err
	}
	return nil, io.EOF
}

func (r *aLogReader) Note() string { return r.log.note }

func (r *aLogReader) Close() error { return nil }

const logStart = 1_700_000_000_000 // milliseconds

// sampleLog has one of everything, a second apart.
func sampleLog() *aLog {
	digest := []wire.ACL{{Perms: wire.PermRead, Scheme: "digest", ID: "u:x"}}
	ops := []TxnOp{
		{Op: wire.OpCreateSession, Timeout: 30 * time.Second},
		{Op: wire.OpCreate2, Path: "/app", Bytes: 1, ACL: wire.OpenACL()},
		{Op: wire.OpCreate, Path: "/app/e-0000000007", ACL: wire.OpenACL(), Owned: true},
		{Op: wire.OpSetData, Path: "/app", Bytes: 12, Version: 1},
		{Op: wire.OpCreateContainer, Path: "/box", ACL: digest},
		{Op: wire.OpCreateTTL, Path: "/lease", Bytes: 3, ACL: wire.OpenACL(), TTL: time.Minute},
		{Op: wire.OpSetACL, Path: "/app", ACL: digest, Version: 2},
		{Op: wire.OpError, Err: wire.BadVersion},
		{Op: wire.OpMulti},
		{Op: wire.OpMulti},
		{Op: wire.OpDelete, Path: "/app/x y"},
		{Op: wire.OpDeleteContainer, Path: "/box"},
		{Op: wire.OpCloseSession, Deleted: []string{"/app/e-0000000007", "/evil\n0x1 \x1b[31m"}},
		{Op: wire.OpCloseSession, Untold: true},
		{Op: wire.OpReconfig, Path: "/zookeeper/config", Bytes: 5, Version: -1},
	}
	l := &aLog{}
	for i, op := range ops {
		t := &Txn{Zxid: int64(i + 1), Time: logStart + int64(i)*1000, Session: 0x1000, Cxid: int32(i), TxnOp: op}
		switch i {
		case 8:
			t.Parts = []TxnOp{{Op: wire.OpCreate, Path: "/m", ACL: wire.OpenACL()}, {Op: wire.OpCheck, Path: "/c"}, {Op: wire.OpDelete, Path: "/app/d"}}
		case 9:
			t.Parts = []TxnOp{{Op: wire.OpCreate, Path: "/never", ACL: wire.OpenACL()}, {Op: wire.OpError}, {Op: wire.OpError, Err: wire.NoNode}, {Op: wire.OpError, Err: wire.RuntimeInconsistency}}
		case 11:
			t.Session = 0
		case 13:
			t.Session = 0x2000
		}
		l.txns = append(l.txns, t)
	}
	return l
}

const sampleText = `0x1    2023-11-14T22:13:20.000Z 0x1000             createSession timeout 30s
0x2    2023-11-14T22:13:21.000Z 0x1000             create /app 1 byte
0x3    2023-11-14T22:13:22.000Z 0x1000             create /app/e-0000000007 0 bytes, ephemeral
0x4    2023-11-14T22:13:23.000Z 0x1000             setData /app 12 bytes, version 1
0x5    2023-11-14T22:13:24.000Z 0x1000             create /box 0 bytes, container, ACL digest:u:x:r
0x6    2023-11-14T22:13:25.000Z 0x1000             create /lease 3 bytes, TTL 1m0s
0x7    2023-11-14T22:13:26.000Z 0x1000             setACL /app ACL digest:u:x:r, version 2
0x8    2023-11-14T22:13:27.000Z 0x1000             error BadVersion
0x9    2023-11-14T22:13:28.000Z 0x1000             multi 3 operations
    create /m 0 bytes
    check /c
    delete /app/d
0xa    2023-11-14T22:13:29.000Z 0x1000             multi refused: NoNode
    create /never 0 bytes, not done
    error not done
    error NoNode
    error not done
0xb    2023-11-14T22:13:30.000Z 0x1000             delete "/app/x y"
0xc    2023-11-14T22:13:31.000Z -                  delete /box by the server: a container or a TTL that is over
0xd    2023-11-14T22:13:32.000Z 0x1000             closeSession
    delete /app/e-0000000007
    delete "/evil\n0x1 \x1b[31m"
0xe    2023-11-14T22:13:33.000Z 0x2000             closeSession the log does not name its ephemerals (ZooKeeper before 3.6)
0xf    2023-11-14T22:13:34.000Z 0x1000             reconfig /zookeeper/config 5 bytes, version -1
`

func TestLogText(t *testing.T) {
	x := open(t, Config{Log: sampleLog()})
	x.want("log", sampleText, "", 0)
}

func TestLogJSON(t *testing.T) {
	x := open(t, Config{Log: sampleLog()})
	for _, tt := range []struct{ line, want string }{
		{"log -o json -to 2 -from 1",
			`{"zxid":"0x1","time":"2023-11-14T22:13:20.000Z","session":"0x1000","cxid":0,"op":"createSession","timeoutMs":30000}
{"zxid":"0x2","time":"2023-11-14T22:13:21.000Z","session":"0x1000","cxid":1,"op":"create","path":"/app","kind":"persistent","bytes":1,"acl":[{"scheme":"world","id":"anyone","perms":"cdrwa"}]}
`},
		{"log -o json -path /lease", `{"zxid":"0x6","time":"2023-11-14T22:13:25.000Z","session":"0x1000","cxid":5,"op":"create","path":"/lease","kind":"ttl","ttlMs":60000,"bytes":3,"acl":[{"scheme":"world","id":"anyone","perms":"cdrwa"}]}` + "\n"},
		{"log -o json -op multi -from 10", `{"zxid":"0xa","time":"2023-11-14T22:13:29.000Z","session":"0x1000","cxid":9,"op":"multi","error":"NoNode","parts":[{"op":"create","path":"/never","kind":"persistent","bytes":0,"acl":[{"scheme":"world","id":"anyone","perms":"cdrwa"}]},{"op":"error","error":"ok"},{"op":"error","error":"NoNode"},{"op":"error","error":"RuntimeInconsistency"}]}` + "\n"},
		{"log -o json -path /box -op delete", `{"zxid":"0xc","time":"2023-11-14T22:13:31.000Z","cxid":11,"op":"delete","path":"/box","byServer":true}` + "\n"},
		{"log -o json -path /app/e-0000000007 -op delete", `{"zxid":"0xd","time":"2023-11-14T22:13:32.000Z","session":"0x1000","cxid":12,"op":"closeSession","deleted":["/app/e-0000000007","/evil\n0x1 \u001b[31m"]}` + "\n"},
	} {
		x.want(tt.line, tt.want, "", 0)
	}
}

// TestLogNamesTheSession: what a session had deleted was not the server's doing, whatever
// the request was.
func TestLogNamesTheSession(t *testing.T) {
	l := &aLog{txns: []*Txn{{Zxid: 1, Time: logStart, Session: 0x2000, Cxid: 7, TxnOp: TxnOp{Op: wire.OpDeleteContainer, Path: "/app"}}}}
	x := open(t, Config{Log: l})
	x.want("log", "0x1    2023-11-14T22:13:20.000Z 0x2000             delete /app by the session, as deleteContainer\n", "", 0)
	x.want("log -o json", `{"zxid":"0x1","time":"2023-11-14T22:13:20.000Z","session":"0x2000","cxid":7,"op":"delete","path":"/app"}`+"\n", "", 0)
}

// TestLogFilters: which transactions are found, by the last digit of their zxid.
func TestLogFilters(t *testing.T) {
	x := open(t, Config{Log: sampleLog()})
	for line, want := range map[string]string{
		"-path /app":                        "247",
		"-path /app -R":                     "23479bd",
		"-path / -R":                        "2345679bcdf",
		"-path /app/*":                      "39bd",
		"-path '/app/[ed]*' -op delete":     "9d",
		"-path /a* -R -op create":           "23",
		"-path /never":                      "",
		"-path /m":                          "9",
		"-path /app/d -op delete":           "9",
		"-path '/app/x y'":                  "b",
		"-op delete":                        "9bcd",
		"-op DELETE,error":                  "89abcd",
		"-op check":                         "9",
		"-op set":                           "4",
		"-op set,Delete -path /app":         "4",
		"-op multi -path /m":                "9",
		"-op multi -path /app":              "",
		"-op multi -path /app -R":           "9",
		"-op closeSession -path /app/e*":    "d",
		"-op closeSession -path /app/x":     "",
		"-op create -path /box":             "5",
		"-session 0x2000":                   "e",
		"-session 2000 -op closesession":    "e",
		"-session 0x1000 -op createSession": "1",
		"-from 0xd":                         "def",
		"-from 14 -to 14":                   "e",
		"-to 2023-11-14T22:13:21.999Z":      "12",
		"-from 2023-11-14T22:13:33Z":        "ef",
		"-from 2023-11-14T22:13:33Z -to 14": "e",
		"-n 2":                              "ef",
		"-n 0":                              "",
		"-n 99":                             "123456789abcdef",
		"-n 1 -path /app":                   "7",
		"-n 2 -path /app":                   "47",
	} {
		out, errOut, code := x.run("log " + line)
		got := ""
		for line := range strings.Lines(out) {
			if zxid, ok := strings.CutPrefix(line, "0x"); ok {
				got += zxid[:1]
			}
		}
		if got != want || code != 0 || (want == "") != (errOut != "") {
			t.Errorf("log %s: %q, %q, code %d; want %q", line, got, errOut, code, want)
		}
	}
}

// Of a long transaction only those parts are listed that were asked for.
func TestLogLong(t *testing.T) {
	multi := &Txn{Zxid: 5, Session: 1, TxnOp: TxnOp{Op: wire.OpMulti}}
	for i := range 30 {
		multi.Parts = append(multi.Parts, TxnOp{Op: wire.OpDelete, Path: fmt.Sprintf("/a/%d", i)})
	}
	over := &Txn{Zxid: 6, Session: 1, TxnOp: TxnOp{Op: wire.OpCloseSession}}
	for i := range 30 {
		over.Deleted = append(over.Deleted, fmt.Sprintf("/a/%d", i))
	}
	for _, test := range []struct {
		txn    *Txn
		filter logFilter
		want   []string
	}{
		{multi, logFilter{path: "/a/7"}, []string{"    delete /a/7", "    and 29 others"}},
		{multi, logFilter{path: "/a/7", ops: []string{"multi"}}, []string{"    delete /a/7", "    and 29 others"}},
		{over, logFilter{path: "/a/7", ops: []string{"closeSession"}}, []string{"    delete /a/7", "    and 29 others"}},
		{multi, logFilter{path: "/a/1*"}, nil},
		{over, logFilter{path: "/a/29"}, []string{"    delete /a/29", "    and 29 others"}},
		{multi, logFilter{ops: []string{"multi"}}, nil},
		{over, logFilter{ops: []string{"closeSession"}}, nil},
		{multi, logFilter{session: 1}, nil},
		{over, logFilter{}, nil},
	} {
		got := txnLines(test.txn, test.filter.wantsOp)[1:]
		switch n := len(got); {
		case test.want != nil && !slices.Equal(got, test.want):
			t.Errorf("%+v: %q", test.filter, got)
		case test.want == nil && test.filter.path == "" && n != 30, test.filter.path == "/a/1*" && (n != 12 || got[11] != "    and 19 others"):
			t.Errorf("%+v: %d lines, %q", test.filter, n, got)
		}
	}
}

func TestLogWrongWords(t *testing.T) {
	x := open(t, Config{Log: sampleLog()})
	usage, _, _ := UsageOf(x.sh.Dialect(), "log")
	for line, want := range map[string]string{
		"log x":                usage,
		"log -n x":             `-n takes a number, not "x"`,
		"log -n -1":            `-n takes a number, not "-1"`,
		"log -op remove":       "-op remove: it is one of create, delete, setData, setACL, check, reconfig, multi, createSession, closeSession, error",
		"log -session me":      "-session me: it is a session's id such as 0x1000a2b3c4d0001",
		"log -R":               "-R goes with -path",
		"log -path app":        "-path app: a path begins with /",
		"log -path /app/":      "-path /app/: a path does not end in /",
		"log -path '/a[' ":     "-path /a[: a bracket is not closed",
		"log -from noon":       `-from: "noon" is no point in a log: it is ` + pointForms,
		"log -to 0xq":          `-to: "0xq" is no zxid`,
		"log -path":            "Missing argument for option: path",
		"log -path /a -path=b": "Unrecognized option: -path=b",
	} {
		x.want(line, "", want+"\n", 1)
	}
}

// TestLogElsewhere: a server does not hand out its log.
func TestLogElsewhere(t *testing.T) {
	x := open(t, Config{})
	if _, err, code := x.run("log"); !strings.Contains(err, x.srv.Addr()+" does not hand them out") || !strings.Contains(err, "zoosh open DIR log") || code != 1 {
		t.Errorf("%q, %d", err, code)
	}
	with := open(t, Config{Log: sampleLog()})
	with.do("log -n 1", "connect "+x.srv.Addr())
	if _, err, code := with.run("log"); !strings.Contains(err, x.srv.Addr()) || code != 1 {
		t.Errorf("on another server: %q, %d", err, code)
	}
	// Without a server there may still be files.
	rec := newRecorder()
	sh := New(Config{Log: sampleLog(), Sink: rec.sink})
	if code := sh.RunWords(t.Context(), []string{"log", "-path", "/app", "-n", "1"}); code != 0 || !strings.HasPrefix(text(rec.take(), Stdout), "0x7 ") {
		t.Errorf("without a server: code %d", code)
	}
}

// TestLogEnds: what is said of the end.
func TestLogEnds(t *testing.T) {
	log := sampleLog()
	x := open(t, Config{Log: log})
	x.want("log -path /nope", "", "no such transaction; the log was read from 0x1 (2023-11-14T22:13:20.000Z) to 0xf (2023-11-14T22:13:34.000Z)\n", 0)
	log.note = "it is torn"
	if out, err, code := x.run("log -n 1"); !strings.HasPrefix(out, "0xf ") || err != "note: it is torn\n" || code != 0 {
		t.Errorf("%q, %q, %d", out, err, code)
	}
	log.note, log.err = "", errors.New("it is damaged")
	if out, err, code := x.run("log -n 1"); !strings.HasPrefix(out, "0xf ") || err != "it is damaged\n" || code != 1 {
		t.Errorf("%q, %q, %d", out, err, code)
	}
	// Damage after what was asked for is no matter.
	for _, to := range []string{"3", "2023-11-14T22:13:22.5Z"} {
		if out, err, code := x.run("log -to " + to); strings.Count(out, "\n") != 3 || err != "" || code != 0 {
			t.Errorf("-to %s: %q, %q, %d", to, out, err, code)
		}
	}
	x = open(t, Config{Log: &aLog{}})
	x.want("log", "", "the log has no transactions\n", 0)
	x = open(t, Config{Log: &aLog{}, Quiet: true})
	x.want("log", "", "", 0)
}

func TestLogFollow(t *testing.T) {
	log := sampleLog()
	x := open(t, Config{Log: log})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan int)
	go func() { done <- x.sh.Run(ctx, "log -f -n 1 -path /app -R") }()
	x.rec.await(t, "the last one", func(it Item) bool { return it.Kind == Stdout && strings.HasPrefix(it.Text, "0xd ") })
	log.add(&Txn{Zxid: 16, TxnOp: TxnOp{Op: wire.OpDelete, Path: "/other"}}, &Txn{Zxid: 17, TxnOp: TxnOp{Op: wire.OpDelete, Path: "/app"}})
	x.rec.await(t, "what came", func(it Item) bool {
		return it.Kind == Stdout && strings.HasPrefix(it.Text, "0x11 ") && strings.HasSuffix(it.Text, " delete /app\n")
	})
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("code %d after Ctrl-C", code)
	}
	if out := text(x.rec.take(), Stdout); strings.Contains(out, "other") {
		t.Errorf("%q", out)
	}
	x.do("log -f -to 0x11") // ends by itself
}

// endless is a log without an end.
type endless struct {
	zxid int64
	read chan struct{}
}

func (e *endless) Open(int64) (TxnReader, error) { return e, nil }
func (e *endless) Next() (*Txn, error) {
	if e.zxid++; e.zxid == 100_000 {
		close(e.read)
	}
	return &Txn{Zxid: e.zxid, TxnOp: TxnOp{Op: wire.OpDelete, Path: "/a"}}, nil
}
func (e *endless) Note() string { return "" }
func (e *endless) Close() error { return nil }

// TestLogCtrlC: it ends a log that is long, also one of which nothing is kept.
func TestLogCtrlC(t *testing.T) {
	for _, line := range []string{"log -path /b", "log -n 5"} {
		log := &endless{read: make(chan struct{})}
		x := open(t, Config{Log: log})
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-log.read; cancel() }()
		if code := x.sh.Run(ctx, line); code != 1 {
			t.Errorf("%s: code %d", line, code)
		}
	}
}

func TestRing(t *testing.T) {
	for _, most := range []int{0, 1, 3, 7, 8, 20} {
		r := newRing(most)
		for i := range 8 {
			r.add(&Txn{Zxid: int64(i)})
		}
		var got []int64
		for _, txn := range r.items() {
			got = append(got, txn.Zxid)
		}
		want := []int64{0, 1, 2, 3, 4, 5, 6, 7}
		if want = want[8-min(most, 8):]; !slices.Equal(got, want) {
			t.Errorf("%d: %v", most, got)
		}
	}
}

func TestLogCompletion(t *testing.T) {
	x := open(t, Config{Log: sampleLog()})
	x.do("create /app ''", "create /app/one ''")
	for line, want := range map[string]string{
		"log -op clo":     "closeSession",
		"log -path /app/": "/app/one",
		"log -se":         "-session",
		"log -n ":         "",
		"log -R ":         "",
	} {
		_, candidates := x.sh.Complete(t.Context(), line, len(line))
		got := ""
		for _, c := range candidates {
			got += c.Text
		}
		if got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestPastSessions(t *testing.T) {
	srv := startServer(t, server.Config{})
	x := openOn(t, srv, Config{})
	x.do("create -e /mine x")
	id := hex(x.sh.Session().ID())
	past := openOn(t, srv, Config{Past: []PastSession{{ID: x.sh.Session().ID(), Timeout: 4 * time.Second}, {ID: 7, Timeout: time.Second}}})
	out, err, code := past.run("sessions -e")
	if want := fmt.Sprintf("session              client                   server                    timeout  since\n%-20s -                        -                              4s  -\n  /mine\n0x7                  -                        -                              1s  -\n", id); out != want || err != noAddress+"\n" || code != 0 {
		t.Errorf("%q, %q, %d\nwant %q", out, err, code, want)
	}
	past.want("who /mine", "/mine: session "+id+", timeout 4s\n", noAddress+"\n", 0)
	past.want("who -o json /mine", `{"path":"/mine","session":"`+id+`","timeoutMs":4000}`+"\n", "", 0)
}
