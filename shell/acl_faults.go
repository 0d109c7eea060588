package shell

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"zoosh/internal/wire"
)

// aclSchemes are the schemes that come with ZooKeeper.
var aclSchemes = []string{"world", "auth", "digest", "ip", "x509", "sasl"}

// aclFaults tells what is wrong with each entry of an ACL that zkCli would leave out,
// cut short, or set although nobody can be meant by it. No password is repeated that
// stands where a digest should be.
func aclFaults(text string) (faults []string) {
	for _, entry := range aclEntries(text) {
		first, last := strings.IndexByte(entry, ':'), strings.LastIndexByte(entry, ':')
		if first == last {
			faults = append(faults, fmt.Sprintf("%s does not have the form scheme:id:perms", orEmpty(entry)))
			continue
		}
		why := identityFault(entry[:first], entry[first+1:last])
		if why == "" {
			why = permsFault(entry[last+1:])
		}
		if why != "" {
			faults = append(faults, why)
		}
	}
	if len(faults) == 0 && len(aclEntries(text)) == 0 {
		return []string{"it is empty"}
	}
	return faults
}

func orEmpty(entry string) string {
	if entry == "" {
		return "an empty entry"
	}
	return entry
}

func permsFault(perms string) string {
	for _, r := range perms {
		if !slices.ContainsFunc(permLetters, func(p permLetter) bool { return p.letter == r }) {
			letter := string(r)
			if unicode.IsSpace(r) {
				letter = "a blank"
			}
			return letter + " is no permission: they are c (create), d (delete), r (read), w (write), a (admin)"
		}
	}
	if perms == "" {
		return "it gives no permission: they stand behind the last colon"
	}
	return ""
}

// identityFault is why nobody can be meant by a scheme and an id.
func identityFault(scheme, id string) string {
	switch {
	case scheme == "":
		return "there is no scheme before the first colon"
	case scheme == "world" && id != "anyone":
		return fmt.Sprintf("world knows anyone alone, not %q", id)
	case scheme == "ip" && !isNetwork(id):
		return fmt.Sprintf("ip takes an address or ADDRESS/BITS, not %q", id)
	case scheme == "digest":
		return digestFault(id)
	}
	return ""
}

// digestSizes are how long the hashes are that a server may be told to use
// (digestAlg): MD5, SHA-1 and their successors.
var digestSizes = []int{16, 20, 28, 32, 48, 64}

func digestFault(id string) string {
	user, digest, ok := strings.Cut(id, ":")
	switch {
	case !ok || strings.Contains(strings.TrimRight(digest, ":"), ":"):
		return "digest takes user:digest before the permissions; after addauth digest user:password it is auth::perms that names you"
	case digest == "x":
		return fmt.Sprintf("digest:%s:x is what getAcl shows to those who may not set the ACL, and no digest", user)
	}
	sum, err := base64.StdEncoding.DecodeString(digest)
	if err != nil || !slices.Contains(digestSizes, len(sum)) {
		return fmt.Sprintf("what follows digest:%s: is no digest, by which nobody could be known: it is the SHA-1 of user:password in base64; after addauth digest user:password auth::perms names you", user)
	}
	return ""
}

// isNetwork tells whether some ZooKeeper takes an id of scheme ip. Numbers are read as
// Java reads them, with zeros in front.
func isNetwork(id string) bool {
	host, suffix, hasBits := strings.Cut(id, "/")
	most := 32
	if strings.Contains(host, ":") {
		if _, err := netip.ParseAddr(host); err != nil {
			return false
		}
		most = 128
	} else if parts := strings.Split(host, "."); len(parts) != 4 || slices.ContainsFunc(parts, func(p string) bool { return !isUpTo(p, 255) }) {
		return false
	}
	return !hasBits || isUpTo(suffix, most)
}

func isUpTo(number string, most int) bool {
	n, err := strconv.Atoi(number)
	return err == nil && n >= 0 && n <= most
}

// aclArg is an ACL as an argument gives it. A malformed one that a person has typed is
// refused; else it is read as zkCli reads it, and what is wrong with it comes back for
// saySet.
func (c *Call) aclArg(text string) (acl []wire.ACL, faults []string, err error) {
	faults = aclFaults(text)
	if len(faults) > 0 && c.sh.cfg.Typed {
		return nil, nil, failf("%s: %v", c.cmd.Name, malformed(faults))
	}
	return c.parseACL(text), faults, nil
}

// malformed is why an ACL is refused.
func malformed(faults []string) error {
	return failf("the ACL is malformed, and nothing was done: %s", strings.Join(faults, "; "))
}

// saySet says in a script what became of an ACL with faults.
func (c *Call) saySet(what string, acl []wire.ACL, faults []string) {
	if len(faults) > 0 {
		c.warn("%s now: %s", what+" the ACL "+aclArgText(acl), strings.Join(faults, "; "))
	}
}

// warn says in a script what zkCli leaves unsaid.
func (c *Call) warn(format string, args ...any) {
	if c.sh.cfg.Warn != nil {
		c.warnText(c.cmd.Name + ": " + fmt.Sprintf(format, args...))
	}
}

// warnText is Config.Warn, or what the call has in its place.
func (c *Call) warnText(text string) {
	if c.warns != nil {
		c.warns(text)
		return
	}
	c.sh.cfg.Warn(text)
}

// aclArgText is an ACL as an argument, without what may be a password.
func aclArgText(acl []wire.ACL) string {
	var entries []string
	for _, a := range acl {
		id := a.ID
		if user, _, ok := strings.Cut(id, ":"); ok && a.Scheme == "digest" && digestFault(id) != "" {
			id = user + ":…"
		}
		entries = append(entries, a.Scheme+":"+id+":"+formatPerms(a.Perms))
	}
	return strings.Join(entries, ",")
}

// lacksAdmin tells whether an ACL lets nobody change it again.
func lacksAdmin(acl []wire.ACL) bool {
	return len(acl) > 0 && !slices.ContainsFunc(acl, func(a wire.ACL) bool {
		return a.Perms&wire.PermAdmin != 0 && identityFault(a.Scheme, a.ID) == ""
	})
}

// mayLock asks before an ACL is set that lets nobody change it again; what is the
// znodes.
func (c *Call) mayLock(what string, acl []wire.ACL) error {
	if !c.asks() || !lacksAdmin(acl) {
		return nil
	}
	return c.ask(fmt.Sprintf("%s gives nobody a (admin), so that only a superuser could change the ACL of %s on %s again. Set it?",
		aclArgText(acl), what, c.sh.ConnectString()))
}

// explainACL says to a person of what a server may have refused an ACL: it tells no
// more than that it is not valid.
func (c *Call) explainACL(err error, acl []wire.ACL) {
	if !c.sh.cfg.Typed || !errors.Is(err, &wire.Error{Code: wire.InvalidACL}) {
		return
	}
	for _, a := range acl {
		switch {
		case a.Scheme == "auth":
			c.errln("auth stands for the identities of this session, and it has none that the server knows: addauth gives it one")
		case a.Scheme == "x509" || a.Scheme == "sasl":
			c.errln("the server takes scheme %s only if it is configured to know its users by it", a.Scheme)
		case a.Scheme == "ip" && strings.Contains(a.ID, ":"):
			c.errln("older servers take no IPv6 address")
		case !slices.Contains(aclSchemes, a.Scheme):
			c.errln("%s is none of ZooKeeper's schemes, which are %s", a.Scheme, strings.Join(aclSchemes, ", "))
		}
	}
}

// neverProved are schemes that no credential is of.
var neverProved = []string{"world", "auth", "super"}

// credentialFault is what is wrong with the words of addauth.
func credentialFault(scheme, auth string) string {
	if slices.Contains(neverProved, scheme) {
		return fmt.Sprintf("%s is no scheme to identify oneself with: digest user:password is", scheme)
	}
	if user, password, _ := strings.Cut(auth, ":"); scheme == "digest" && (user == "" || password == "") {
		return "scheme digest takes user:password"
	}
	return ""
}
