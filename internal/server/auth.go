package server

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"zoosh/internal/wire"
)

// authID is one identity of a client: its address, and what it has added.
type authID struct{ scheme, id string }

// authenticated tells whether the identity was proven, rather than merely seen.
func (id authID) authenticated() bool { return id.scheme == "digest" }

// user is the name that whoAmI shows.
func (id authID) user() string {
	if id.scheme == "digest" {
		name, _, _ := strings.Cut(id.id, ":")
		return name
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

// digestIdentity is the identity that "user:password" proves.
func digestIdentity(credentials []byte) authID {
	user, _, _ := strings.Cut(string(credentials), ":")
	sum := sha1.Sum(credentials)
	return authID{"digest", user + ":" + base64.StdEncoding.EncodeToString(sum[:])}
}

// maxIdentities is how many identities a connection may collect.
const maxIdentities = 1000

// authenticate answers an auth packet. It is not a request to the tree: the
// reply has no zxid, and a failure ends the connection.
func (s *Server) authenticate(c *conn, xid int32, packet *wire.AuthPacket) {
	switch {
	case packet.Scheme == "digest" && packet.Auth != nil && len(c.ids) < maxIdentities:
		if id := digestIdentity(packet.Auth); !slices.Contains(c.ids, id) {
			c.ids = append(c.ids, id)
			if s.isSuper(packet.Auth) {
				c.ids = append(c.ids, superID)
			}
		}
	case packet.Scheme == "ip":
		// The address is an identity from the start.
	default:
		s.logf("%v: authentication by scheme %q failed", c, packet.Scheme)
		c.reply(wire.ReplyHeader{Xid: xid, Err: wire.AuthFailed}, nil)
		c.finish()
		return
	}
	c.reply(wire.ReplyHeader{Xid: xid}, nil)
}
