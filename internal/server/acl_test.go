package server

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// The digest of "u:p" as Apache's DigestAuthenticationProvider prints it.
const digestUP = "u:Jq7wMyA/w2Vd5WIDAKdu4OIIFEQ="

func TestDigestIdentity(t *testing.T) {
	if got := new(Config).digestIdentity([]byte("u:p")); got != (authID{"digest", digestUP}) {
		t.Errorf("%v", got)
	}
	for credentials, user := range map[string]string{"": "", "u": "u", "u:p:q": "u", ":p": ""} {
		if got := new(Config).digestIdentity([]byte(credentials)).user(); got != user {
			t.Errorf("%q is user %q", credentials, got)
		}
	}
}

func TestIPIdentity(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "::ffff:10.1.2.3": "10.1.2.3",
		"::1": "0:0:0:0:0:0:0:1", "fe80::ab%eth0": "fe80:0:0:0:0:0:0:ab",
	} {
		if got := ipIdentity(netip.MustParseAddr(addr)); got != (authID{"ip", want}) {
			t.Errorf("%s: %v", addr, got)
		}
	}
}

func acl(text string) []wire.ACL {
	var out []wire.ACL
	for _, one := range strings.Fields(text) {
		scheme, id, _ := strings.Cut(one, "=")
		out = append(out, wire.ACL{Perms: wire.PermAll, Scheme: scheme, ID: id})
	}
	return out
}

func TestFixACL(t *testing.T) {
	ids := []authID{{"ip", "127.0.0.1"}, {"digest", "u:1"}, {"digest", "v:2"}}
	tests := []struct {
		in, want string // want is empty if in is refused
	}{
		{"world=anyone", "world=anyone"},
		{"world=anyone world=anyone", "world=anyone"},
		{"world=x", ""},
		{"world=", ""},
		{"", ""},
		{"auth", "digest=u:1 digest=v:2"},
		{"auth=whatever world=anyone", "digest=u:1 digest=v:2 world=anyone"},
		{"digest=a:b", "digest=a:b"},
		{"digest=a:b:", "digest=a:b:"},
		{"digest=:b", "digest=:b"},
		{"digest=a", ""},
		{"digest=a:", ""},
		{"digest=a:b:c", ""},
		{"ip=1.2.3.4 ip=10.0.0.0/8 ip=::1 ip=2001:db8::/32", "ip=1.2.3.4 ip=10.0.0.0/8 ip=::1 ip=2001:db8::/32"},
		{"ip=1.2.3", ""},
		{"ip=1.2.3.4/33", ""},
		{"ip=1.2.3.4/-1", ""},
		{"ip=1.2.3.4/x", ""},
		{"ip=", ""},
		{"world=anyone bogus=x", ""},
		{"super=", ""},
		{"sasl=x", "sasl=x"}, {"sasl=x/y@z", "sasl=x/y@z"}, {"sasl=x@y@z", ""},
	}
	for _, test := range tests {
		got, err := fixACL("/p", acl(test.in), ids)
		if !slices.Equal(got, acl(test.want)) || (err == nil) != (test.want != "") || err != nil && codeOf(err) != wire.InvalidACL {
			t.Errorf("%q: %v, %v", test.in, got, err)
		}
	}
	if _, err := fixACL("/p", acl("auth"), ids[:1]); codeOf(err) != wire.InvalidACL {
		t.Errorf("auth without authentication: %v", err)
	}
}

func TestPermits(t *testing.T) {
	tests := []struct {
		acl  []wire.ACL
		ids  []authID
		want bool
	}{
		{nil, nil, true},
		{acl("world=anyone"), nil, true},
		{[]wire.ACL{{Perms: wire.PermWrite, Scheme: "world", ID: "anyone"}}, nil, false},
		{acl("digest=u:1"), []authID{{"digest", "u:1"}}, true},
		{acl("digest=u:1"), []authID{{"digest", "u:2"}}, false},
		{acl("digest=u:1"), []authID{{"ip", "u:1"}}, false},
		{acl("ip=10.1.0.0/16"), []authID{{"ip", "10.1.255.1"}}, true},
		{acl("ip=10.1.0.0/16"), []authID{{"ip", "10.2.0.1"}}, false},
		{acl("ip=10.1.77.0/16"), []authID{{"ip", "10.1.0.1"}}, true},
		{acl("ip=0.0.0.0/0"), []authID{{"ip", "0:0:0:0:0:0:0:1"}}, false},
		{acl("ip=::/0"), []authID{{"ip", "0:0:0:0:0:0:0:1"}}, true},
		{acl("ip=127.0.0.1"), []authID{{"ip", "127.0.0.1"}}, true},
	}
	for _, test := range tests {
		if got := permits(test.acl, wire.PermRead, test.ids); got != test.want {
			t.Errorf("%v permits %v: %v", test.acl, test.ids, got)
		}
	}
}

// Each permission opens the requests that need it, and no other.
func TestPermissions(t *testing.T) {
	any := int32(wire.AnyVersion)
	tests := []struct {
		op      wire.Op
		request func(path string) wire.Record
		perms   int32 // any of these will do
		parent  bool  // asked of the parent
	}{
		{wire.OpExists, func(p string) wire.Record { return &wire.PathWatchRequest{Path: p} }, wire.PermRead, false},
		{wire.OpGetData, func(p string) wire.Record { return &wire.PathWatchRequest{Path: p} }, wire.PermRead, false},
		{wire.OpGetChildren, func(p string) wire.Record { return &wire.PathWatchRequest{Path: p} }, wire.PermRead, false},
		{wire.OpGetChildren2, func(p string) wire.Record { return &wire.PathWatchRequest{Path: p} }, wire.PermRead, false},
		{wire.OpGetAllChildrenNumber, func(p string) wire.Record { return &wire.PathRequest{Path: p} }, wire.PermRead, false},
		{wire.OpGetACL, func(p string) wire.Record { return &wire.PathRequest{Path: p} }, wire.PermRead | wire.PermAdmin, false},
		{wire.OpSetData, func(p string) wire.Record { return &wire.SetDataRequest{Path: p, Version: any} }, wire.PermWrite, false},
		{wire.OpSetACL, func(p string) wire.Record {
			return &wire.SetACLRequest{Path: p, ACL: wire.OpenACL(), Version: any}
		}, wire.PermAdmin, false},
		{wire.OpCreate, func(p string) wire.Record { return creation(p+"/new", "", 0) }, wire.PermCreate, true},
		{wire.OpDelete, func(p string) wire.Record { return &wire.PathVersionRequest{Path: p + "/old", Version: any} }, wire.PermDelete, true},
	}
	for _, test := range tests {
		t.Run(test.op.String(), func(t *testing.T) {
			c := connect(t, startServer(t, Config{}))
			for perm := wire.PermRead; perm <= wire.PermAdmin; perm <<= 1 {
				path := "/" + string(rune('a'+perm))
				c.create(path, 0)
				c.create(path+"/old", 0)
				c.do(wire.OpSetACL, &wire.SetACLRequest{
					Path: path, Version: any, ACL: []wire.ACL{{Perms: perm, Scheme: "world", ID: "anyone"}},
				}, &wire.Stat{})
				err := c.try(test.op, test.request(path), &ignored{})
				want := wire.NoAuth
				if perm&test.perms != 0 {
					want = wire.OK
				}
				if codeOf(err) != want {
					t.Errorf("with permission %d: %v", perm, err)
				}
			}
		})
	}
}

// ignored takes a reply of any kind.
type ignored struct{}

func (*ignored) Jute(c *wire.Codec) {
	var b bool
	for c.Remaining() > 0 {
		c.Bool(&b)
	}
}

func TestAuth(t *testing.T) {
	s := startServer(t, Config{})
	c, stranger := connect(t, s), connect(t, s)
	c.login("u:p")
	c.login("u:p")
	request := creation("/a", "secret", 0)
	request.ACL = []wire.ACL{{Perms: wire.PermAll, Scheme: "auth"}, {Perms: wire.PermRead, Scheme: "ip", ID: "10.0.0.0/8"}}
	c.do(wire.OpCreate, request, &wire.PathResponse{})
	stranger.refused(wire.NoAuth, wire.OpGetData, &wire.PathWatchRequest{Path: "/a"})
	c.do(wire.OpGetData, &wire.PathWatchRequest{Path: "/a"}, &wire.GetDataResponse{})

	var got wire.GetACLResponse
	c.do(wire.OpGetACL, &wire.PathRequest{Path: "/a"}, &got)
	want := []wire.ACL{{Perms: wire.PermAll, Scheme: "digest", ID: digestUP}, {Perms: wire.PermRead, Scheme: "ip", ID: "10.0.0.0/8"}}
	if !slices.Equal(got.ACL, want) {
		t.Errorf("ACL %v", got.ACL)
	}
	// Without ADMIN the digests are not shown.
	want = append(want, wire.ACL{Perms: wire.PermRead, Scheme: "world", ID: "anyone"})
	c.do(wire.OpSetACL, &wire.SetACLRequest{Path: "/a", ACL: want, Version: -1}, &wire.Stat{})
	stranger.do(wire.OpGetACL, &wire.PathRequest{Path: "/a"}, &got)
	want[0].ID = "u:x"
	if !slices.Equal(got.ACL, want) {
		t.Errorf("ACL without ADMIN %v", got.ACL)
	}

	var who wire.WhoAmIResponse
	c.do(wire.OpWhoAmI, &wire.Empty{}, &who)
	if !slices.Equal(who.Clients, []wire.ClientInfo{{Scheme: "ip", User: "127.0.0.1"}, {Scheme: "digest", User: "u"}}) {
		t.Errorf("who am I: %v", who.Clients)
	}
	// What was proven on one connection counts for that connection.
	c = c.again(s)
	c.refused(wire.NoAuth, wire.OpSetData, &wire.SetDataRequest{Path: "/a", Version: -1})
}

func TestAuthFails(t *testing.T) {
	s := startServer(t, Config{})
	for _, packet := range []*wire.AuthPacket{
		{Scheme: "bogus", Auth: []byte("x")},
		{Scheme: "world", Auth: []byte("anyone")},
		{Scheme: "digest"},
	} {
		c := connect(t, s)
		err := c.tryXid(wire.XidAuth, wire.OpAuth, packet, &wire.Empty{})
		if codeOf(err) != wire.AuthFailed || c.zxid != 0 {
			t.Errorf("%+v: %v, zxid %d", packet, err, c.zxid)
		}
		closes(t, c.nc)
	}
	c := connect(t, s)
	if err := c.tryXid(wire.XidAuth, wire.OpAuth, &wire.AuthPacket{Scheme: "ip"}, &wire.Empty{}); err != nil {
		t.Error(err)
	}
}
