package server

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
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
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return authID{"ip", addr.String()}
	}
	b := addr.As16()
	groups := make([]string, 8)
	for i := range groups {
		groups[i] = fmt.Sprintf("%x", int(b[2*i])<<8|int(b[2*i+1]))
	}
	return authID{"ip", strings.Join(groups, ":")}
}

// maxIdentities is how many identities a connection may collect.
const maxIdentities = 1000

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
	c.ids = append(c.ids, id)
	buckets := uint32(16)
	for len(c.ids) >= int(buckets)*3/4 {
		buckets *= 2
	}
	slices.SortStableFunc(c.ids, func(a, b authID) int {
		return cmp.Compare(a.hash()%buckets, b.hash()%buckets)
	})
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
	case packet.Scheme == "digest" && !s.cfg.NoDigest && packet.Auth != nil && len(c.ids) < maxIdentities:
		id := s.cfg.digestIdentity(packet.Auth)
		if id.id == s.cfg.SuperDigest {
			c.identify(authID{scheme: "super"})
		}
		c.identify(id)
	case packet.Scheme == "ip", packet.Scheme == "x509" && slices.ContainsFunc(c.ids, func(id authID) bool { return id.scheme == "x509" }):
		// Address and certificate are identities from the start.
	default:
		s.logf("%v: authentication by scheme %q failed", c, packet.Scheme)
		s.stats.authFailed++
		c.reply(wire.ReplyHeader{Xid: xid, Err: wire.AuthFailed}, nil)
		c.finish()
		return
	}
	c.reply(wire.ReplyHeader{Xid: xid}, nil)
}
