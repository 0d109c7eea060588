package session

import (
	"slices"
	"strings"
	"testing"
)

// The example of RFC 2831, section 4, in which a mail client talks to its server.
func TestDigestMD5Example(t *testing.T) {
	d, err := newDigestMD5([]byte(`realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8`))
	ok(t, err)
	d.cnonce, d.uri = "OA6MHXh6VqTrRk", "imap/elwood.innosoft.com"
	got := strings.Split(string(d.response("chris", "secret")), ",")
	want := strings.Split(`charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,`+
		`cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth`, ",")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("response\n got %q\nwant %q", got, want)
	}
	if !d.confirmed([]byte("rspauth=ea40f60335c427b5527b84dbabcdfffd")) {
		t.Error("the server's proof is not believed")
	}
	for _, token := range []string{"", "rspauth=", "rspauth=ea40f60335c427b5527b84dbabcdfffe", "x=1", `"`} {
		if d.confirmed([]byte(token)) {
			t.Errorf("%q is believed", token)
		}
	}
}

func TestDigestMD5Challenge(t *testing.T) {
	for _, tt := range []struct{ challenge, realm, nonce, wrong string }{
		{`nonce="n"`, "", "n", ""},
		{`realm="a",realm="b",nonce=n`, "a", "n", ""},
		{` REALM = "a \"b\" \\" , nonce="n,=" , ,`, `a "b" \`, "n,=", ""},
		{`nonce="n",qop="auth-int,auth"`, "", "n", ""},
		{`nonce="n",qop="auth-conf"`, "", "", "auth-conf"},
		{`nonce="n",algorithm=md5`, "", "", "md5"},
		{`realm="a"`, "", "", "no nonce"},
		{`realm="a`, "", "", "does not close"},
		{`nonce`, "", "", "without a value"},
		{`nonce="n"realm="a"`, "", "", "no comma"},
		{`nonce="` + strings.Repeat("n", maxChallenge) + `"`, "", "", "bytes"},
	} {
		d, err := newDigestMD5([]byte(tt.challenge))
		switch {
		case tt.wrong != "":
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%.40s: error %v, want %q", tt.challenge, err, tt.wrong)
			}
		case err != nil:
			t.Errorf("%s: %v", tt.challenge, err)
		case d.realm != tt.realm || d.nonce != tt.nonce:
			t.Errorf("%s: realm %q, nonce %q", tt.challenge, d.realm, d.nonce)
		}
	}
}

// What a user or a realm has in it cannot end its quotes, and two exchanges never
// have a nonce in common.
func TestDigestMD5Response(t *testing.T) {
	d, err := newDigestMD5([]byte(`realm="r",nonce="n"`))
	ok(t, err)
	user := `a",b="c\`
	fields, err := parseDirectives(string(d.response(user, "x")))
	ok(t, err)
	if !slices.Contains(fields, directive{"username", user}) {
		t.Errorf("%q", fields)
	}
	if again, _ := newDigestMD5([]byte(`nonce="n"`)); again.cnonce == d.cnonce {
		t.Error("the client's nonce comes again")
	}
}
