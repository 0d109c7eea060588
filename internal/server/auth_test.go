package server

import (
	"cmp"
	"fmt"
	"slices"
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

// A connection may have so many bytes of identities; only the one that goes beyond
// that is still taken, however long.
func TestIdentityBytes(t *testing.T) {
	s := startServer(t, Config{})
	for _, length := range []int{maxIdentityBytes / 4, 900_000} {
		c := connect(t, s)
		for had := 0; had < maxIdentityBytes; had += length {
			c.login(fmt.Sprintf("%0*d:p", length, had))
		}
		err := c.tryXid(wire.XidAuth, wire.OpAuth, &wire.AuthPacket{Scheme: "digest", Auth: []byte("u:p")}, &wire.Empty{})
		if codeOf(err) != wire.AuthFailed {
			t.Errorf("after identities of %d bytes: %v", length, err)
		}
	}
}
