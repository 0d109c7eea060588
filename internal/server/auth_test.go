package server

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// The identities are in the order of a table that is sorted anew for each.
func TestIdentityOrder(t *testing.T) {
	c := &conn{}
	var want []authID
	for i := range maxIdentities {
		id := authID{"digest", fmt.Sprintf("user%d:hash", i)}
		c.identify(id)
		c.identify(id)
		want = append(want, id)
		buckets := uint32(16)
		for len(want) >= int(buckets)*3/4 {
			buckets *= 2
		}
		slices.SortStableFunc(want, func(a, b authID) int {
			return cmp.Compare(a.hash()%buckets, b.hash()%buckets)
		})
		if !slices.Equal(c.ids, want) {
			t.Fatalf("%d identities are in another order", len(want))
		}
	}
}

// A connection may have so many bytes of identities and no more.
func TestIdentityBytes(t *testing.T) {
	s := startServer(t, Config{})
	const length = maxIdentityBytes / 4
	c := connect(t, s)
	for i := range 3 {
		c.login(fmt.Sprintf("%0*d:p", length, i))
	}
	var who wire.WhoAmIResponse
	c.do(wire.OpWhoAmI, &wire.Empty{}, &who)
	if len(who.Clients) != 4 {
		t.Errorf("%d identities", len(who.Clients))
	}
	refused := func(c *client, user string) {
		t.Helper()
		err := c.tryXid(wire.XidAuth, wire.OpAuth, &wire.AuthPacket{Scheme: "digest", Auth: []byte(user + ":p")}, &wire.Empty{})
		if codeOf(err) != wire.AuthFailed {
			t.Errorf("%d bytes of credentials: %v", len(user), err)
		}
	}
	refused(c, strings.Repeat("u", length))
	refused(connect(t, s), strings.Repeat("u", maxIdentityBytes))
}
