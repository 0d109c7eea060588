package server

import (
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// A place is where a server's ports are.
type place struct{ plain, secure string }

// TestX509LikeZooKeeper: whom Apache's server and this one let in, whom they take them
// for, and what they may do, is the same.
func TestX509LikeZooKeeper(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for Java")
	}
	ca := zktest.NewCA(t, "Test CA")
	as := ca.Issue("server", false, "127.0.0.1")
	clients := map[string]*tls.Config{
		"plain": nil, "nobody": believing(), "me": believing(ca.Issue("me", false)), "root": believing(ca.Issue("root", false)),
		"odd": believing(ca.Issue(` a,b+"c"\d=<e>;#Ü `, false)), "late": believing(ca.Issue("late", true)),
		"stranger": believing(zktest.NewCA(t, "Strange CA").Issue("me", false)),
	}
	for name, auth := range map[string]tls.ClientAuthType{
		"need": tls.RequireAndVerifyClientCert, "want": tls.VerifyClientCertIfGiven, "none": tls.NoClientCert,
	} {
		t.Run(name, func(t *testing.T) {
			var theirs place
			srv, secure := zktest.StartTLS(t, as, ca, zktest.LongSessions, "ssl.clientAuth="+name, "X509AuthenticationProvider.superUser=CN=root")
			theirs.plain, theirs.secure = srv.Addr(), secure
			cfg := securely(ca, auth)
			cfg.Addr, cfg.SuperX509 = "127.0.0.1:0", "CN=root"
			s := startServer(t, cfg)
			want, got := x509Answers(t, theirs, clients), x509Answers(t, place{s.Addr(), s.SecureAddr()}, clients)
			for i := range max(len(want), len(got)) {
				if i >= min(len(want), len(got)) || got[i] != want[i] {
					t.Errorf("%q\nZooKeeper: %q", got[min(i, len(got)):], want[min(i, len(want)):])
					break
				}
			}
		})
	}
}

// x509Answers are what a server answers the clients.
func x509Answers(t *testing.T, at place, clients map[string]*tls.Config) (answers []string) {
	answer := func(format string, args ...any) { answers = append(answers, fmt.Sprintf(format, args...)) }
	in := make(map[string]*client)
	names := []string{"plain", "nobody", "me", "root", "odd", "late", "stranger"}
	for _, name := range names {
		addr := at.secure
		if clients[name] == nil {
			addr = at.plain
		}
		c, err := tryConnectTLS(t, addr, clients[name])
		if answer("%s is in: %v", name, err == nil); err == nil {
			in[name] = c
			answer("%s is %s", name, c.whoAmI())
		}
	}
	some := in["me"]
	if some == nil {
		some = in["plain"]
	}
	for i, list := range []string{"x509=CN=me", "auth", "world=anyone x509=CN=me", "ip=127.0.0.1", "x509=cn=me", "x509=CN=me,O=x"} {
		request := creation(fmt.Sprintf("/a%d", i), "", 0)
		request.ACL = acl(list)
		answer("%s: %v", list, codeOf(some.try(wire.OpCreate, request, &wire.PathResponse{})))
		for _, name := range names {
			c := in[name]
			if c == nil {
				continue
			}
			var got wire.GetACLResponse
			err := c.try(wire.OpGetACL, &wire.PathRequest{Path: request.Path}, &got)
			answer("%s looks at %s: %v %v", name, list, codeOf(err), got.ACL)
			err = c.try(wire.OpSetData, &wire.SetDataRequest{Path: request.Path, Version: -1}, &wire.Stat{})
			answer("%s sets %s: %v", name, list, codeOf(err))
		}
	}
	for i, id := range oddNames() {
		request := creation(fmt.Sprintf("/n%d", i), "", 0)
		request.ACL = []wire.ACL{{Perms: wire.PermAll, Scheme: "x509", ID: id}}
		answer("%q: %v", id, codeOf(in["plain"].try(wire.OpCreate, request, &wire.PathResponse{})))
	}
	for _, name := range names {
		if c := in[name]; c != nil {
			err := c.tryXid(wire.XidAuth, wire.OpAuth, &wire.AuthPacket{Scheme: "x509", Auth: []byte("CN=x")}, &wire.Empty{})
			answer("%s adds it: %v", name, codeOf(err))
		}
	}
	return append(answers, x509Words(t, at, clients["me"])...)
}

// x509Words are the lines of words that tell of a secure port.
func x509Words(t *testing.T, at place, me *tls.Config) (answers []string) {
	ports := strings.NewReplacer(at.plain[len("127.0.0.1:"):], "PLAIN", at.secure[len("127.0.0.1:"):], "SECURE")
	for _, cfg := range []*tls.Config{nil, me} {
		addr := at.plain
		if cfg != nil {
			addr = at.secure
		}
		for _, word := range [][2]string{{"conf", "ort="}, {"mntr", "unsuccessful_handshake"}, {"cons", "sid="}, {"srvr", "Mode"}} {
			nc := dialTLS(t, addr, cfg)
			nc.Write([]byte(word[0]))
			for line := range strings.Lines(string(closes(t, nc))) {
				if !strings.Contains(line, word[1]) {
					continue
				}
				if word[0] == "cons" {
					line, _, _ = strings.Cut(line, ":")
				}
				answers = append(answers, word[0]+": "+ports.Replace(line))
			}
			nc.Close()
		}
	}
	return answers
}

// oddNames are made up of the parts of names, the same at each call.
func oddNames() (names []string) {
	random := rand.New(rand.NewPCG(1, 2))
	parts := []string{"CN", "O", "=", "=", "a", ",", ";", "+", `"`, `\`, `\,`, `\+`, `\\`, `\41`, "#", "#0c0161", "<", " ", "\n", "ü", "2.5.4.3", "OID.", `="a,b"`, "CN=a"}
	for range 400 {
		name := ""
		if random.IntN(2) == 0 {
			name = "CN="
		}
		for range random.IntN(5) {
			name += parts[random.IntN(len(parts))]
		}
		names = append(names, name)
	}
	return names
}
