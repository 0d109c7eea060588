package server

import (
	"net/netip"
	"slices"

	"zoosh/internal/wire"
)

// aclIndex tells what a long access control list grants to an identity without walking
// it: somebody else may have made it as long as a request can be, and a request of a
// megabyte can ask for it tens of thousands of times.
type aclIndex struct {
	named    map[authID]int32               // to these
	networks map[int]map[netip.Prefix]int32 // to addresses, by the length of the prefix
	anyone   int32
	sasl     int32 // to any of that scheme
}

// shortACL is up to how many comparisons a list is walked.
const shortACL = 64

func newACLIndex(acl []wire.ACL) *aclIndex {
	x := &aclIndex{named: make(map[authID]int32), networks: make(map[int]map[netip.Prefix]int32)}
	for _, a := range acl {
		switch a.Scheme {
		case "world":
			if a.ID == "anyone" {
				x.anyone |= a.Perms
			}
			continue
		case "ip":
			x.addNetwork(a)
			continue
		case "sasl":
			x.sasl |= a.Perms
		}
		x.named[authID{a.Scheme, a.ID}] |= a.Perms
	}
	return x
}

func (x *aclIndex) addNetwork(a wire.ACL) {
	network, ok := parseNetwork(a.ID)
	if !ok {
		return
	}
	of := x.networks[network.Bits()]
	if of == nil {
		of = make(map[netip.Prefix]int32)
		x.networks[network.Bits()] = of
	}
	of[network.Masked()] |= a.Perms
}

// perms are the permissions that one of the identities has.
func (x *aclIndex) perms(ids []authID) int32 {
	perms := x.anyone
	for _, id := range ids {
		switch id.scheme {
		case "digest", "x509":
			perms |= x.named[id]
		case "sasl":
			if perms |= x.named[id]; id.id == saslSuper {
				perms |= x.sasl
			}
		case "ip":
			perms |= x.permsOfAddr(id.id)
		}
	}
	return perms
}

func (x *aclIndex) permsOfAddr(text string) (perms int32) {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return 0
	}
	for bits, of := range x.networks {
		if network, err := addr.Prefix(bits); err == nil {
			perms |= of[network]
		}
	}
	return perms
}

// permits tells what the function permits does, without going through a long list each
// time. A nil list grants everything.
func (e *sharedACL) permits(perm int32, ids []authID) bool {
	switch {
	case e == nil || len(e.acl) == 0 || slices.ContainsFunc(ids, authID.isSuper):
		return true
	case len(e.acl)*len(ids) <= shortACL:
		return permits(e.acl, perm, ids)
	case e.index == nil:
		e.index = newACLIndex(e.acl)
	}
	return e.index.perms(ids)&perm != 0
}

// maxGranted is of how many lists a connection with many identities remembers what they
// grant to it.
const maxGranted = 1024

// grant is a list and permissions of which one is to be granted.
type grant struct {
	acl  *sharedACL
	perm int32
}

// granted is permits for the identities of the connection.
func (c *conn) granted(e *sharedACL, perm int32) bool {
	ids := c.s.cfg.known(c.ids)
	if len(ids) <= shortACL || e == nil || e == openShared {
		return e.permits(perm, ids)
	}
	key := grant{e, perm}
	is, known := c.grants[key]
	if !known {
		if is = e.permits(perm, ids); c.grants == nil || len(c.grants) >= maxGranted {
			c.grants = make(map[grant]bool)
		}
		c.grants[key] = is
	}
	return is
}
