package server

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"zoosh/internal/wire"
	"zoosh/internal/x500"
)

// maxACL is how many entries an ACL may have, with those that "auth" may stand
// for. There is no such limit in ZooKeeper, where one request of a megabyte can
// become an ACL of gigabytes.
const maxACL = 1 << 16

// maxACLSize is how long all ACLs of a request may be together, in bytes, with what
// "auth" stands for.
const maxACLSize = 16 << 20

var openACL = wire.OpenACL()

// permits tells whether an ACL grants any of the permissions in perm to a
// client with these identities. An empty ACL grants everything.
func permits(acl []wire.ACL, perm int32, ids []authID) bool {
	if len(acl) == 0 || slices.ContainsFunc(ids, authID.isSuper) {
		return true
	}
	for _, a := range acl {
		if a.Perms&perm == 0 {
			continue
		}
		if a.Scheme == "world" && a.ID == "anyone" {
			return true
		}
		for _, id := range ids {
			if id.scheme == a.Scheme && id.matches(a.ID) {
				return true
			}
		}
	}
	return false
}

// permits tells whether an ACL, or the lack of a server that looks at ACLs, lets a
// client have one of the permissions.
func (s *Server) permits(c *conn, acl *sharedACL, perm int32) bool {
	return s.cfg.SkipACL || c.granted(acl, perm)
}

// permits is Server.permits for a write.
func (p *preparation) permits(acl *sharedACL, perm int32) bool {
	if p.conn != nil {
		return p.conn.s.permits(p.conn, acl, perm)
	}
	return p.cfg.SkipACL || acl.permits(perm, p.cfg.known(p.ids))
}

// matches tells whether the identity is one that an ACL of the same scheme names.
func (id authID) matches(expr string) bool {
	switch id.scheme {
	case "digest", "x509":
		return id.id == expr
	case "sasl":
		return id.id == expr || id.id == saslSuper
	case "ip":
		network, ok := parseNetwork(expr)
		addr, err := netip.ParseAddr(id.id)
		return ok && err == nil && network.Masked().Contains(addr)
	}
	return false
}

// fixACL checks an ACL that a client wants to set and returns it as it is
// stored: without repetitions, and with the scheme "auth" replaced by the
// client's own identities.
func fixACL(path string, acl []wire.ACL, ids []authID) ([]wire.ACL, error) {
	invalid := &wire.Error{Code: wire.InvalidACL, Path: path}
	if slices.Equal(acl, openACL) {
		return openACL, nil // nearly all are: share it
	}
	if len(acl)*max(len(ids), 1) > maxACL {
		return nil, invalid
	}
	seen := make(map[wire.ACL]bool)
	var fixed []wire.ACL
	for _, a := range acl {
		switch {
		case seen[a]:
		case a.Scheme == "auth":
			before := len(fixed)
			for _, id := range ids {
				if id.authenticated() {
					fixed = append(fixed, wire.ACL{Perms: a.Perms, Scheme: id.scheme, ID: id.id})
				}
			}
			if len(fixed) == before {
				return nil, invalid
			}
		case validACLID(a.Scheme, a.ID):
			fixed = append(fixed, a)
		default:
			return nil, invalid
		}
		seen[a] = true
	}
	if len(fixed) == 0 {
		return nil, invalid
	}
	return fixed, nil
}

// lacks tells whether the server knows nothing of a scheme that others know.
func (c *Config) lacks(scheme string) bool {
	return scheme == "digest" && c.NoDigest || scheme == "x509" && c.TLS == nil || scheme == "sasl" && !c.SASLProvider
}

// known are the identities of schemes that the server knows something of. One of sasl
// may be of none.
func (c *Config) known(ids []authID) []authID {
	if c.SASL == nil || c.SASLProvider {
		return ids
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id authID) bool { return c.lacks(id.scheme) })
}

// fixACL is fixACL for an ACL of the request, on a server that may lack schemes.
func (p *preparation) fixACL(path string, acl []wire.ACL) ([]wire.ACL, error) {
	invalid := &wire.Error{Code: wire.InvalidACL, Path: path}
	if slices.ContainsFunc(acl, func(a wire.ACL) bool { return p.cfg.lacks(a.Scheme) }) {
		return nil, invalid
	}
	fixed, err := fixACL(path, acl, p.cfg.known(p.ids))
	for _, a := range fixed {
		p.aclSize += 12 + len(a.Scheme) + len(a.ID)
	}
	if err == nil && p.aclSize > maxACLSize {
		return nil, invalid
	}
	return fixed, err
}

func validACLID(scheme, id string) bool {
	switch scheme {
	case "world":
		return id == "anyone"
	case "digest":
		// Two parts, but nothing and colons behind the second are overlooked, as
		// Java's String.split overlooks them.
		return strings.Count(strings.TrimRight(id, ":"), ":") == 1
	case "ip":
		_, ok := parseNetwork(id)
		return ok
	case "x509":
		return x500.Valid(id)
	case "sasl":
		_, ok := parsePrincipal(id)
		return ok
	}
	return false
}

// parseNetwork reads ADDRESS or ADDRESS/BITS as ZooKeeper does, which takes
// numbers as Java does: 127.00.0.1 is an address.
func parseNetwork(s string) (netip.Prefix, bool) {
	host, suffix, hasBits := strings.Cut(s, "/")
	parse := parseIPv4
	if strings.Contains(host, ":") {
		parse = parseIPv6
	}
	addr, ok := parse(host)
	bits := addr.BitLen()
	if hasBits {
		var err error
		if bits, err = strconv.Atoi(suffix); err != nil {
			return netip.Prefix{}, false
		}
	}
	if !ok || bits < 0 || bits > addr.BitLen() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, bits), true
}

func parseIPv4(s string) (netip.Addr, bool) {
	parts := strings.Split(s, ".")
	var b [4]byte
	if len(parts) != len(b) {
		return netip.Addr{}, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > 255 {
			return netip.Addr{}, false
		}
		b[i] = byte(n)
	}
	return netip.AddrFrom4(b), true
}

// parseIPv6 knows no zones, and no addresses that end like those of IPv4.
func parseIPv6(s string) (netip.Addr, bool) {
	var b [16]byte
	head, tail, short := strings.Cut(s, "::")
	first, last := ipv6Groups(head), ipv6Groups(tail)
	if n := len(first) + len(last); !short && n != 8 || n > 8 || short && n == 8 {
		return netip.Addr{}, false
	}
	for at, groups := range map[int][]string{0: first, len(b) - 2*len(last): last} {
		for _, group := range groups {
			n, err := strconv.ParseInt(group, 16, 32)
			if err != nil || len(group) > 4 {
				return netip.Addr{}, false
			}
			b[at], b[at+1] = byte(n>>8), byte(n)
			at += 2
		}
	}
	return netip.AddrFrom16(b), true
}

func ipv6Groups(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ":")
}

// maskACL hides the digests from a client that may read an ACL but not set it.
func maskACL(acl []wire.ACL) []wire.ACL {
	masked := slices.Clone(acl)
	for i, a := range masked {
		if user, _, ok := strings.Cut(a.ID, ":"); ok && a.Scheme == "digest" {
			masked[i].ID = user + ":x"
		}
	}
	return masked
}
