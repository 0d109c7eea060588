package server

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

const saslProviderLine = "authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider"

// saslUsers are the users of the tests.
func saslUsers() map[string]string {
	return map[string]string{
		"ann": "annsecret", "bob": `b,"o=b`, "super": "duper", "root": "toor", "jürgen": "grün", "анна": "пароль",
		"nobody": "", "": "nameless", "with blank": "w b", "h/host": "1", "ann@": "2", "ann/host@": "3", "ann@REALM": "4", "a@b@c": "5", "a/b/c@": "6",
	}
}

// jaasFile is saslUsers as a JAAS file.
func jaasFile(t *testing.T) string {
	var b strings.Builder
	b.WriteString("Server {\n  org.apache.zookeeper.server.auth.DigestLoginModule required\n")
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	for user, password := range saslUsers() {
		fmt.Fprintf(&b, "  \"user_%s\"=\"%s\"\n", user, quote.Replace(password))
	}
	b.WriteString("  ;\n};\n")
	file := filepath.Join(t.TempDir(), "jaas.conf")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestSASLLikeZooKeeper: whom Apache's server and this one let in, what they answer on
// the way, and what follows from it, is the same.
func TestSASLLikeZooKeeper(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for Java")
	}
	sasl := func(change func(s *SASL)) *SASL {
		s := &SASL{Users: saslUsers()}
		change(s)
		return s
	}
	usual := sasl(func(s *SASL) { s.Super = []string{"root"} })
	for _, tt := range []struct {
		name  string
		lines []string
		cfg   Config
	}{
		{"usual", []string{saslProviderLine, "superUser=root"}, Config{SASL: usual, SASLProvider: true}},
		{"no provider", []string{"superUser.x=root"}, Config{SASL: usual}},
		{"failed clients", []string{saslProviderLine, "allowSaslFailedClients=true"},
			Config{SASL: sasl(func(s *SASL) { s.AllowFailed = true }), SASLProvider: true}},
		{"required", []string{saslProviderLine, "sessionRequireClientSASLAuth=true", "allowSaslFailedClients=true"},
			Config{SASL: sasl(func(s *SASL) { s.AllowFailed = true }), SASLProvider: true, RequireAuth: []string{"sasl"}}},
		{"either required", []string{saslProviderLine, "enforce.auth.enabled=true", "enforce.auth.schemes=sasl, digest"},
			Config{SASL: sasl(func(*SASL) {}), SASLProvider: true, RequireAuth: []string{"sasl", "digest"}}},
		{"digest required", []string{saslProviderLine, "enforce.auth.enabled=true", "enforce.auth.schemes=digest",
			"kerberos.removeHostFromPrincipal=true", "kerberos.removeRealmFromPrincipal=true"},
			Config{SASL: sasl(func(s *SASL) { s.RemoveHost, s.RemoveRealm = true, true }), SASLProvider: true, RequireAuth: []string{"digest"}}},
		{"address required", []string{"enforce.auth.enabled=true", "enforce.auth.schemes=ip"}, Config{SASL: sasl(func(*SASL) {}), RequireAuth: []string{"ip"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			theirs := zktest.Start(t, append(tt.lines, zktest.LongSessions, "-Djava.security.auth.login.config="+jaasFile(t))...)
			ours := startServer(t, tt.cfg)
			ours.guesses = nil // ZooKeeper slows nobody down
			want, got := saslAnswers(t, theirs.Addr()), saslAnswers(t, ours.Addr())
			for i := range max(len(want), len(got)) {
				if i >= min(len(want), len(got)) || got[i] != want[i] {
					t.Errorf("got  %s\nwant %s", got[min(i, len(got)-1)], want[min(i, len(want)-1)])
				}
			}
		})
	}
}

// saslAnswers are what a server answers.
func saslAnswers(t *testing.T, addr string) (answers []string) {
	answer := func(format string, args ...any) { answers = append(answers, fmt.Sprintf(format, args...)) }
	users := saslUsers()
	names := make([]string, 0, len(users))
	for user := range users {
		names = append(names, user)
	}
	slices.Sort(names)
	for _, user := range names {
		c := dialSASL(t, addr)
		answer("%s: challenge %s", user, c.says(""))
		answer("%s: %s", user, proven(c.says(c.responds(user, users[user]))))
		answer("%s is %s", user, c.asks(wire.OpWhoAmI, &wire.Empty{}))
		c.nc.Close()
	}
	for _, tt := range saslOddities() {
		c := dialSASL(t, addr)
		first := c.says(tt.first)
		second := proven(c.says(tt.second(c)))
		answer("%s: %s; %s; and then %s", tt.name, first, second, c.asks(wire.OpWhoAmI, &wire.Empty{}))
		c.nc.Close()
	}
	return append(append(answers, saslSeries(t, addr)...), saslACLs(t, addr)...)
}

// An oddity is what a client says that does not want to log in, or not so.
type oddity struct {
	name   string
	first  string
	second func(c *saslClient) string
}

func saslOddities() []oddity {
	says := func(token string) func(*saslClient) string { return func(*saslClient) string { return token } }
	ann := func(changes ...string) func(*saslClient) string {
		return func(c *saslClient) string { return c.responds("ann", "annsecret", changes...) }
	}
	all := []oddity{
		{"a first token", "xyz", ann()},
		{"a long first token", strings.Repeat("x", maxResponse+1), ann()},
		{"a first token as long as may be", strings.Repeat("x", maxResponse), ann()},
		{"a wrong password", "", func(c *saslClient) string { return c.responds("ann", "x") }},
		{"no such user", "", func(c *saslClient) string { return c.responds("eve", "x") }},
		{"a password of nothing", "", func(c *saslClient) string { return c.responds("ann", "") }},
		{"without a name", "", func(c *saslClient) string { return c.responds("", "x") }},
		{"nothing", "", says("")}, {"a long token", "", says(strings.Repeat("x", maxResponse+1))},
		{"noise", "", says("\x00\xff=\xfe,,=")}, {"a name", "", says("username")}, {"blanks", "", says(" , ,\t")},
		{"as somebody else", "", ann("authzid", "super")}, {"as nobody", "", ann("authzid", "x y")},
		{"capitals", "", func(c *saslClient) string {
			return strings.Replace(c.responds("ann", "annsecret"), "username", "UserName", 1)
		}},
		{"a Kelvin sign", "", ann("digest-uri", "zoo\u212aeeper/ZK-\u017fasl-md5")},
		{"a long s", "", func(c *saslClient) string {
			return strings.Replace(c.responds("ann", "annsecret"), "username", "u\u017fername", 1)
		}},
	}
	for _, change := range [][]string{
		{"realm", ""}, {"realm", "x"}, {"realm", "ZK-SASL-MD5"}, {"username", ""}, {"username", "\xff"}, {"nonce", ""}, {"nonce", "x"},
		{"cnonce", ""}, {"nc", ""}, {"nc", "00000002"}, {"nc", "x"}, {"nonce-count", "00000001"}, {"nonce-count", "1"}, {"nonce-count", "2"},
		{"nonce-count", "x"}, {"nonce-count", "+1"}, {"nonce-count", "100000001"}, {"nonce-count", "0_1"}, {"qop", ""}, {"qop", "auth-int"},
		{"qop", "auth-conf"}, {"qop", "AUTH"}, {"qop", "x"}, {"maxbuf", ""}, {"maxbuf", "x"}, {"maxbuf", "0x10"}, {"maxbuf", "-1"},
		{"maxbuf", "2147483648"}, {"charset", ""}, {"charset", "UTF-8"}, {"charset", "iso-8859-1"}, {"digest-uri", ""}, {"digest-uri", "zookeeper/host"},
		{"digest-uri", "ZooKeeper/ZK-sasl-MD5"}, {"response", ""}, {"response", "x"}, {"cipher", "rc4"}, {"x", "y"}, {"auth-param", "y"},
	} {
		all = append(all, oddity{strings.Join(change, " is "), "", ann(change...)})
	}
	for _, tail := range []string{",", " ,, \r\n\t", ",x", ",x ", ",x=", ",x= ", ",x=,", `,x="`, `,x="\`, `,x="\"`, `,x="y"z`, `,x="y" z=1`, ",=", ",x y=z",
		",x = y", ",x\r\n=\ty", ",x=y z", `,x=y"z`, ",qop=auth", ",QOP=x", ",cipher=a,cipher=b", ",auth-param=a,auth-param=b", ",nc=1", ",x=y,x=z"} {
		all = append(all, oddity{fmt.Sprintf("%q behind it", tail), "", func(c *saslClient) string { return c.responds("ann", "annsecret") + tail }})
	}
	for _, head := range []string{",", " \r\n", "=", "x", "x ", "x,", "x=y ", "x=y"} {
		all = append(all, oddity{fmt.Sprintf("%q before it", head), "", func(c *saslClient) string { return head + c.responds("ann", "annsecret") }})
	}
	return all
}

// saslSeries are several logins on a connection, a replay, and requests around them.
func saslSeries(t *testing.T, addr string) (answers []string) {
	answer := func(format string, args ...any) { answers = append(answers, fmt.Sprintf(format, args...)) }
	c := dialSASL(t, addr)
	c.says("")
	token := c.responds("ann", "annsecret")
	answer("ann: %s", proven(c.says(token)))
	answer("another login: %s", c.says(""))
	answer("and another: %s", c.says(token))
	answer("then: %s", c.asks(wire.OpWhoAmI, &wire.Empty{}))
	again := dialSASL(t, addr)
	again.says("")
	answer("a replay: %s", again.says(token))
	for _, op := range []wire.Op{wire.OpPing, wire.OpCloseSession, wire.OpSync, wire.OpExists, wire.Op(999)} {
		c := dialSASL(t, addr)
		var body wire.Record = &wire.PathRequest{Path: "/"}
		if op == wire.OpExists {
			body = &wire.PathWatchRequest{Path: "/"}
		}
		if op == wire.OpPing || op == wire.OpCloseSession {
			body = &wire.Empty{}
		}
		if op != wire.OpPing { // the reply has an xid of its own
			answer("%v before anything: %s", op, c.asks(op, body))
		}
		c = dialSASL(t, addr)
		c.says("")
		answer("half logged in: %s", c.asks(wire.OpExists, &wire.PathWatchRequest{Path: "/"}))
	}
	for _, scheme := range []string{"sasl", "digest", "ip"} {
		c := dialSASL(t, addr)
		answer("scheme %s: %s", scheme, c.asks(wire.OpAuth, &wire.AuthPacket{Scheme: scheme, Auth: []byte("ann:x")}))
		answer("then: %s", c.asks(wire.OpExists, &wire.PathWatchRequest{Path: "/"}))
	}
	c = dialSASL(t, addr)
	answer("no token: %s", c.asks(wire.OpSASL, &wire.SASLToken{}))
	c = dialSASL(t, addr)
	answer("no body: %s", c.asks(wire.OpSASL, &wire.Empty{}))
	return answers
}

// saslACLs are what those who have logged in may do.
func saslACLs(t *testing.T, addr string) (answers []string) {
	answer := func(format string, args ...any) { answers = append(answers, fmt.Sprintf(format, args...)) }
	in := map[string]*saslClient{}
	names := []string{"ann", "bob", "super", "root"}
	for _, name := range names {
		in[name] = dialSASL(t, addr)
		in[name].asks(wire.OpAuth, &wire.AuthPacket{Scheme: "digest", Auth: []byte(name + ":x")})
		answer("%s: %s", name, in[name].logsIn(name, saslUsers()[name]))
	}
	for i, list := range []string{"sasl=ann", "auth=", "sasl=bob world=anyone", "sasl=super", "sasl=x@y", "sasl=x@y@z", "sasl=", "sasl=a/b/c", "sasl=a/b/c@d", "sasl=a/b@"} {
		request := creation(fmt.Sprintf("/a%d", i), "", 0)
		request.ACL = acl(list)
		answer("%s: %s", list, in["ann"].asks(wire.OpCreate, request))
		for _, name := range names {
			answer("%s looks at %s: %s", name, list, in[name].asks(wire.OpGetACL, &wire.PathRequest{Path: request.Path}))
			answer("%s sets %s: %s", name, list, in[name].asks(wire.OpSetData, &wire.SetDataRequest{Path: request.Path, Version: -1}))
		}
	}
	return answers
}
