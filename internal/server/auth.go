package server

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"

	"zoosh/internal/wire"
)

// authID is one identity of a client: its address, and what it has added.
type authID struct{ scheme, id string }

// authenticated tells whether the identity was proven, rather than merely seen.
func (id authID) authenticated() bool {
	return id.scheme == "digest" || id.scheme == "x509" || id.scheme == "sasl"
}

// user is the name that whoAmI shows.
func (id authID) user() string {
	switch id.scheme {
	case "digest":
		name, _, _ := strings.Cut(id.id, ":")
		return name
	case "super":
		return ""
	}
	return id.id
}

// ipIdentity is the identity that every connection has, in Java's spelling.
func ipIdentity(addr netip.Addr) authID {
	return authID{"ip", javaIP(addr.Unmap())}
}

// javaIP is an address as Java writes it, without its zone.
func javaIP(addr netip.Addr) string {
	addr = addr.WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	b := addr.As16()
	groups := make([]string, 8)
	for i := range groups {
		groups[i] = fmt.Sprintf("%x", int(b[2*i])<<8|int(b[2*i+1]))
	}
	return strings.Join(groups, ":")
}

const (
	// maxIdentities is how many identities a connection may collect.
	maxIdentities = 1000
	// maxIdentityBytes is how long they may be, in all, before no more is taken. One
	// may go beyond it, as ZooKeeper has no limit.
	maxIdentityBytes = 64 << 10
	// maxAllIdentities is how long those of all connections may be that have more than
	// freeIdentityBytes.
	maxAllIdentities  = 16 << 20
	freeIdentityBytes = 4 << 10
)

// isSuper tells whether the identity may do everything. Its id is that of the
// certificate it has by, if it has it so.
func (id authID) isSuper() bool { return id.scheme == "super" }

// certified adds the identity that the client's certificate gives.
func (c *conn) certified(name string) {
	if name == c.s.cfg.SuperX509 && name != "" {
		c.identify(authID{"super", name})
	}
	c.identify(authID{"x509", name})
}

// identify adds an identity. They stand in the order of the hash table that Java
// has them in, which whoAmI shows, and the ACL that "auth" becomes.
func (c *conn) identify(id authID) {
	if slices.Contains(c.ids, id) {
		return
	}
	c.grants = nil
	c.idBytes += len(id.scheme) + len(id.id)
	if n := len(c.ids) + 1; n == 1 || n >= int(c.idBuckets)*3/4 {
		ids, hashes := c.ids, c.idHashes
		c.ids, c.idHashes, c.idBuckets = nil, nil, max(16, 2*c.idBuckets)
		for i := range ids {
			c.insertIdentity(ids[i], hashes[i])
		}
	}
	c.insertIdentity(id, id.hash())
}

// insertIdentity puts an identity behind those of its bucket.
func (c *conn) insertIdentity(id authID, hash uint32) {
	bucket := hash % c.idBuckets
	at := sort.Search(len(c.ids), func(i int) bool { return c.idHashes[i]%c.idBuckets > bucket })
	c.ids = slices.Insert(c.ids, at, id)
	c.idHashes = slices.Insert(c.idHashes, at, hash)
}

// mayAdd tells whether there is room for one more identity. It is asked before the
// credentials are hashed.
func (c *conn) mayAdd(length int) bool {
	return len(c.ids) < maxIdentities && c.idBytes <= maxIdentityBytes &&
		(c.idBytes+length <= freeIdentityBytes || c.s.identities+length <= maxAllIdentities)
}

// countIdentities notes how much of what all connections may have this one has.
func (c *conn) countIdentities(bytes int) {
	c.s.identities += bytes - c.idShare
	c.idShare = bytes
}

// hash is what a Java hash table sorts the identity by.
func (id authID) hash() uint32 {
	h := 37*(37*17+javaHashCode(id.scheme)) + javaHashCode(id.id)
	return h ^ h>>16
}

// authenticate answers an auth packet. It is not a request to the tree: the
// reply has no zxid, and a failure ends the connection.
func (s *Server) authenticate(c *conn, xid int32, packet *wire.AuthPacket) {
	switch {
	case packet.Scheme == "digest" && !s.cfg.NoDigest && packet.Auth != nil && c.mayAdd(len(packet.Auth)):
		id := s.cfg.digestIdentity(packet.Auth)
		if id.id == s.cfg.SuperDigest {
			c.identify(authID{scheme: "super"})
		}
		c.identify(id)
		c.countIdentities(max(0, c.idBytes-freeIdentityBytes))
	case packet.Scheme == "ip", packet.Scheme == "x509" && slices.ContainsFunc(c.ids, func(id authID) bool { return id.scheme == "x509" }):
		// Address and certificate are identities from the start.
	default:
		s.logf("%v: authentication by scheme %.40q failed", c, packet.Scheme)
		s.stats.authFailed++
		c.reply(wire.ReplyHeader{Xid: xid, Err: wire.AuthFailed}, nil)
		c.finish()
		return
	}
	c.reply(wire.ReplyHeader{Xid: xid}, nil)
}
