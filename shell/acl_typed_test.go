package shell

import (
	"context"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// What is malformed in an ACL: the entry, and what a message about it has to name.
var malformedACLs = []struct{ acl, names string }{
	{"world:anyone:rq", "q"},
	{"world:anyone:CDRWA", "C"},
	{"world:anyone:cdrwa,", ""}, // zkCli overlooks what follows the last comma
	{"world:anyone:", "no permission"},
	{"world:anyone", "scheme:id:perms"},
	{"worldanyone", "scheme:id:perms"},
	{"world:anyone:cdrwa,ip", "scheme:id:perms"},
	{"world:anyone:cdrwa,,ip:127.0.0.1:r", "scheme:id:perms"},
	{":anyone:cdrwa", "scheme"},
	{"world:everyone:cdrwa", "everyone"},
	{"world:anyone:cdrwa:", "anyone:cdrwa"},
	{"ip:300.0.0.1:cdrwa", "300.0.0.1"},
	{"ip:10.0.0:cdrwa", "10.0.0"},
	{"ip:10.0.0.0/33:cdrwa", "10.0.0.0/33"},
	{"ip:localhost:cdrwa", "localhost"},
	{"ip::cdrwa", "ip"},
	{"digest:bob:cdrwa", "user:digest"},
	{"digest:bob:secret:cdrwa", "SHA-1"},
	{"digest:bob:x:cdrwa", "getAcl"},
	{"digest:bob:a:b:cdrwa", "user:digest"},
	{"world:anyone:r,digest:bob:8bHKFG0e6gY4zKNwSRdKQFhDc0I:cdrwa", "SHA-1"}, // a = is missing
}

// A person's malformed ACL is refused, whatever command has it, and nothing is done.
func TestMalformedACLIsRefusedWhenTyped(t *testing.T) {
	for _, d := range []Dialect{D34, D38, D39} {
		x := open(t, Config{Dialect: d, Typed: true})
		x.do("create /a 1")
		x.do("create /a/b 1")
		for _, test := range malformedACLs {
			for _, line := range []string{"setAcl /a " + test.acl, "setAcl -R /a " + test.acl, "create /new x " + test.acl,
				"multi create /new x " + test.acl + " ; create /c d"} {
				if test.names == "" {
					continue
				}
				_, errText, code := x.run(line)
				if code != 1 || !strings.Contains(errText, test.names) || strings.Count(errText, "\n") != 1 {
					t.Errorf("%v: %s: code %d, %q; it should name %q", d, line, code, errText, test.names)
				}
			}
		}
		for _, path := range []string{"/a", "/a/b"} {
			x.want("getAcl "+path, "'world,'anyone\n: cdrwa\n", "", 0)
		}
		x.want("ls /", "[a, zookeeper]\n", "", 0)
	}
}

// What is well-formed is set as before, whoever has typed it.
func TestWellFormedACLIsSet(t *testing.T) {
	const digest = "digest:bob:8bHKFG0e6gY4zKNwSRdKQFhDc0I="
	for _, typed := range []bool{false, true} {
		x := open(t, Config{Dialect: D39, Typed: typed})
		x.do("create /a 1")
		x.do("addauth digest bob:secret")
		for _, acl := range []string{"world:anyone:cdrwa", "world:anyone:cdrwa,", "auth::cdrwa", "auth:any:cdrwa", digest + ":cdrwa,world:anyone:cdrwa",
			"ip:127.0.0.1:cdrwa,world:anyone:a", "ip:10.0.0.0/8:rw,world:anyone:cdrwa", "ip:::1:r,world:anyone:cdrwa",
			"digest:bob:" + strings.Repeat("A", 43) + "=:r,world:anyone:cdrwa", // of a server with SHA-256
			"world:anyone:aadd", "world:anyone:r"} {
			x.want("setAcl /a "+acl, "", "", 0)
		}
	}
}

// In a script a malformed ACL has zkCli's outcome, and an error that says what was set.
func TestMalformedACLInAScriptSaysWhatWasSet(t *testing.T) {
	var warned []string
	x := open(t, Config{Dialect: D39, Strict: true, Warn: func(text string) { warned = append(warned, text) }})
	x.do("create /a 1")
	for _, test := range []struct{ line, err, warning string }{
		{"setAcl /a world:anyone:rqa", "Unknown perm type: q\n", "setAcl: /a has the ACL world:anyone:ra now: q is no permission"},
		{"setAcl /a nonsense,world:anyone:ra", "nonsense does not have the form scheme:id:perm\n", "setAcl: /a has the ACL world:anyone:ra now: nonsense"},
		{"setAcl -R /a world:anyone:raq", "Unknown perm type: q\n", "setAcl: /a and all below it have the ACL world:anyone:ra now: q is"},
		{"setAcl /a world:anyone:ra,digest:bob:secret:cdrwa", "", "now: what follows digest:bob: is no digest"},
		{"create /b x world:anyone:zz", "Unknown perm type: z\nUnknown perm type: z\nCreated /b\n", "create: /b has the ACL world:anyone: now: z is no permission"},
		{"create -s /s x world:anyone:cz", "Unknown perm type: z\nCreated /s0000000002\n", "create: /s0000000002 has the ACL world:anyone:c now"},
		{"addauth digest bob", "", "addauth: "},
		{"setAcl /a world:anyone:ra", "", ""},
	} {
		warned = nil
		_, errText, code := x.run(test.line)
		got := strings.Join(warned, "|")
		if errText != test.err || code != 0 || !strings.Contains(got, test.warning) || (test.warning == "") != (got == "") || len(warned) > 1 {
			t.Errorf("%s: code %d, err %q, warned %q; want %q, %q", test.line, code, errText, got, test.err, test.warning)
		}
	}
	warned = nil
	if _, _, code := x.run("setAcl /a nonsense"); code != 1 || warned != nil {
		t.Errorf("nothing was set, but %q is said (code %d)", warned, code)
	}
}

// A page stays to zkCli's letter; see TestACLs.

func TestAddauthWithoutAPasswordIsRefusedWhenTyped(t *testing.T) {
	x := open(t, Config{Dialect: D39, Typed: true})
	for _, test := range []struct{ line, names string }{
		{"addauth digest", "user:password"}, {"addauth digest bob", "user:password"}, {"addauth digest :secret", "user:password"},
		{"addauth digest bob:", "user:password"}, {"addauth world anyone", "world"}, {"addauth auth x", "auth"},
	} {
		if _, errText, code := x.run(test.line); code != 1 || !strings.Contains(errText, test.names) || strings.Contains(errText, "secret") {
			t.Errorf("%s: code %d, %q", test.line, code, errText)
		}
		if st := x.sh.Session().State().String(); st != "CONNECTED" {
			t.Fatalf("%s: the session is %s", test.line, st)
		}
	}
	x.want("addauth digest bob:secret", "", "", 0)
	x.want("addauth digest bob:a:b", "", "", 0)
	x.want("addauth digst bob:secret", "", "The server knows no scheme digst (digest?)\nKeeperErrorCode = AuthFailed\n", 1)
}

// A refusal by the server says what it may be of.
func TestRefusedACLIsExplained(t *testing.T) {
	x := open(t, Config{Dialect: D39, Typed: true})
	x.do("create /a 1")
	for acl, names := range map[string]string{
		"wrld:anyone:cdrwa": "world", "auth::cdrwa": "addauth", "x509:CN=me:cdrwa": "x509", "foo:bar:cdrwa": "foo",
	} {
		for _, line := range []string{"setAcl /a " + acl, "create /b x " + acl, "multi create /b x " + acl} {
			_, errText, code := x.run(line)
			if code != 1 || !strings.Contains(errText, names) || !strings.Contains(errText, "cl is not valid") {
				t.Errorf("%s: code %d, %q", line, code, errText)
			}
		}
	}
}

// asked is a Config.Ask that keeps the questions and gives one answer.
type asked struct {
	questions []string
	answer    bool
}

func (a *asked) ask(_ context.Context, question string) (bool, error) {
	a.questions = append(a.questions, question)
	return a.answer, nil
}

func TestACLWithoutAdminAsks(t *testing.T) {
	const digest = "digest:bob:8bHKFG0e6gY4zKNwSRdKQFhDc0I="
	for _, test := range []struct {
		line string
		asks bool
	}{
		{"setAcl /a world:anyone:r", true},
		{"setAcl -R /a world:anyone:cdrw", true},
		{"setAcl /a " + digest + ":cdrw,ip:127.0.0.1:r", true},
		{"setAcl /a auth::cdrw", true},
		{"create /new x world:anyone:r", true},
		{"create -s /new x world:anyone:r", true},
		{"create -e /new x world:anyone:r", false}, // it goes with the session
		{"multi create /new x world:anyone:r ; create /new2 x world:anyone:r", true},
		{"multi create /new x world:anyone:ra", false},
		{"setAcl /a world:anyone:a", false},
		{"setAcl /a " + digest + ":a,world:anyone:r", false},
		{"setAcl /a auth::cdrwa", false},
		{"setAcl -y /a world:anyone:r", false},
		{"setAcl -R -y /a world:anyone:r", false},
		{"create -y /new x world:anyone:r", false},
		{"multi create -y /new x world:anyone:r", false},
		{"create /new x", false},
	} {
		for _, yes := range []bool{false, true} {
			a := asked{answer: yes}
			x := open(t, Config{Dialect: D39, Typed: true, Ask: a.ask})
			x.do("addauth digest bob:secret")
			x.do("create /a 1")
			before, _, _ := x.run("getAcl -s /a")
			_, errText, code := x.run(test.line)
			if got := len(a.questions); got != map[bool]int{true: 1}[test.asks] {
				t.Errorf("%s: %d questions: %q", test.line, got, a.questions)
			}
			if refused := test.asks && !yes; refused != (code == 1) {
				t.Errorf("%s, answered %v: code %d, %q", test.line, yes, code, errText)
			}
			after, _, _ := x.run("getAcl -s /a")
			if test.asks && !yes && after != before {
				t.Errorf("%s: answered with no, and done all the same: %s", test.line, after)
			}
			if _, _, code := x.run("exists /new"); test.asks && !yes && code != 1 {
				t.Errorf("%s: answered with no, and created all the same", test.line)
			}
		}
	}
}

// The question says what would be set, where, and who could still change it.
func TestQuestionBeforeAnACLWithoutAdmin(t *testing.T) {
	var a asked
	x := open(t, Config{Dialect: D39, Typed: true, Ask: a.ask})
	x.do("create /a 1")
	x.want("setAcl /a world:anyone:r", "", "Nothing was done\n", 1)
	if len(a.questions) != 1 || !strings.Contains(a.questions[0], "/a") || !strings.Contains(a.questions[0], "world:anyone:r") || !strings.Contains(a.questions[0], x.srv.Addr()) {
		t.Errorf("%q", a.questions)
	}
}

func FuzzACLFaults(f *testing.F) {
	for _, test := range malformedACLs {
		f.Add(test.acl)
	}
	f.Fuzz(func(t *testing.T, text string) {
		faults := aclFaults(text)
		var said []string
		c := &Call{sh: New(Config{Sink: func(it Item) { said = append(said, it.Text) }})}
		acl := c.parseACL(text)
		if len(faults) == 0 && (len(said) > 0 || text != "" && strings.Trim(text, ",") != "" && len(acl) == 0) {
			t.Errorf("%q: nothing is wrong, but zkCli says %q and reads %v", text, said, acl)
		}
		if len(faults) == 0 {
			for _, a := range acl {
				if a.Perms == 0 || a.Perms&^wire.PermAll != 0 {
					t.Errorf("%q: %v", text, a)
				}
			}
		}
	})
}
