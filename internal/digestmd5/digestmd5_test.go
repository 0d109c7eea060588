package digestmd5

import (
	"slices"
	"strings"
	"testing"
)

// The example of RFC 2831, section 4.
func TestLogin(t *testing.T) {
	l := &Login{User: "chris", Realm: "elwood.innosoft.com", Password: "secret",
		Nonce: "OA6MG9tEQGm2hh", ClientNonce: "OA6MHXh6VqTrRk", URI: "imap/elwood.innosoft.com"}
	if got := l.Response(); got != "d388dad90d4bbd760a152321f2143af7" {
		t.Errorf("response %s", got)
	}
	if got := l.Answer(); got != "ea40f60335c427b5527b84dbabcdfffd" {
		t.Errorf("answer %s", got)
	}
	plain := l.Response()
	l.AuthzID = new(string)
	if l.Response() == plain {
		t.Error("whom the client asks to be is no part of the digest")
	}
}

// RFC 2831, 2.1.2.1: what fits is hashed as ISO 8859-1.
func TestLatin1(t *testing.T) {
	for text, want := range map[string]string{"": "", "a": "a", "ü": "\xfc", "ü☃": "ü☃", "\xff": "\xff"} {
		if got := Latin1(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNonce(t *testing.T) {
	if a, b := Nonce(30), Nonce(30); a == b || len(a) != 40 {
		t.Errorf("%q, then %q", a, b)
	}
}

// TestEach has what the grammars make of the same text.
func TestEach(t *testing.T) {
	for _, tt := range []struct{ text, strict, java string }{
		{``, ``, ``},
		{`a=b`, `a:b;`, `a:b;`},
		{`a="b",c="d\"e\\f"`, `a:b;c:d"e\f;`, `a:b;c:d"e\f;`},
		{"a = b, c=\t\"d\" , ,e=,", "a:b;c:d;e:;", "a:b;c:d;e:;"},
		{"a = b c=\t\"d\" , ,e=,", "no comma between two directives", "a:b;c:d;e:;"},
		{"A=b,e=", "A:b;e:;", "a directive without a value"},
		{`a`, "a directive without a value", "a:;"},
		{`a `, "a directive without a value", "a directive without ="},
		{`a,`, "a directive without a value", "a directive without ="},
		{`=a`, "a directive without a value", "a directive without a name"},
		{`a b=c`, "a b:c;", "a directive without ="},
		{`"a"=c`, "a directive without a value", `"a":c;`},
		{`a="`, "a quote that does not close", "a quote that does not close"},
		{`a="b`, "a quote that does not close", "a quote that does not close"},
		{`a="b\`, "a quote that does not close", "a quote that does not close"},
		{`a="b"c`, "no comma between two directives", "no comma behind a quote"},
		{`a=b"c`, `a:b"c;`, `a:b"c;`},
	} {
		for g, want := range map[Grammar]string{Strict: tt.strict, Java: tt.java} {
			fields, err := all(tt.text, g)
			got := strings.Join(fields, "")
			if err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("%q, grammar %d: %q, want %q", tt.text, g, got, want)
			}
		}
	}
}

func all(s string, g Grammar) (fields []string, err error) {
	err = Each(s, g, func(name, value string) error {
		fields = append(fields, name+":"+value+";")
		return nil
	})
	return fields, err
}

// FuzzDirectives: what either grammar reads, it reads again from quotes.
func FuzzDirectives(f *testing.F) {
	f.Add(`realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8`)
	f.Add(`a="\`)
	f.Add(` ,a="\"" b = c,,=`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, g := range []Grammar{Strict, Java} {
			var fields, again []string
			err := Each(s, g, func(name, value string) error {
				if strings.ContainsAny(name, "=,") || g == Strict && strings.Contains(name, `"`) {
					t.Fatalf("name %q of %q", name, s)
				}
				fields = append(fields, name+":"+value+";")
				again = append(again, name+"="+Quote(value))
				return nil
			})
			if err != nil {
				continue
			}
			if got, err := all(strings.Join(again, ","), g); err != nil || !slices.Equal(got, fields) {
				t.Fatalf("grammar %d, %q: %q, then %q %v", g, s, fields, got, err)
			}
		}
	})
}
