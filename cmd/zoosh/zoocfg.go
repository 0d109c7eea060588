package main

import (
	"cmp"
	"fmt"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/javaconf"
	"zoosh/internal/server"
	"zoosh/internal/textfile"
)

// zooCfg is what a zoo.cfg says of a standalone server.
type zooCfg struct {
	server.Config
	host, port string
	tls        zooTLS
	sasl       zooSASL
	// retain and purge are autopurge's: snapshots are only removed if there is an
	// interval.
	retain, purge int
	// notes are the lines that have no effect here, each with why.
	notes []string
}

// zooKeys are the keys of a zoo.cfg that mean something here.
var zooKeys = map[string]func(c *zooCfg, value string) error{
	"clientPort":        func(c *zooCfg, v string) error { c.port = v; return checkPort(v) },
	"clientPortAddress": func(c *zooCfg, v string) error { c.host = v; return nil },
	"dataDir":           func(c *zooCfg, v string) error { c.DataDir = v; return nil },
	"dataLogDir":        func(c *zooCfg, v string) error { c.LogDir = v; return nil },
	"tickTime":          milliseconds(func(c *zooCfg) *time.Duration { return &c.TickTime }),
	"snapCount": func(c *zooCfg, v string) error {
		n, err := atLeast(v, math.MinInt32)
		c.SnapCount = max(n, minSnapCount)
		return err
	},
	"preAllocSize": func(c *zooCfg, v string) error { // KiB; 0 is none
		n, err := atLeast(v, 0)
		if c.PreAllocSize = int64(n) << 10; n == 0 {
			c.PreAllocSize = -1
		}
		return err
	},
	"forceSync":                 func(c *zooCfg, v string) error { c.NoSync = v == "no"; return nil }, // to the letter, there too
	"enforceQuota":              func(c *zooCfg, v string) error { c.EnforceQuota = strings.EqualFold(v, "true"); return nil },
	"reconfigEnabled":           func(c *zooCfg, v string) error { c.ReconfigEnabled = strings.EqualFold(v, "true"); return nil },
	"autopurge.snapRetainCount": number(func(c *zooCfg) *int { return &c.retain }, 0),
	"autopurge.purgeInterval":   number(func(c *zooCfg) *int { return &c.purge }, math.MinInt32),
	"minSessionTimeout":         sessionTimeout(func(c *zooCfg) *time.Duration { return &c.MinSessionTimeout }),
	"maxSessionTimeout":         sessionTimeout(func(c *zooCfg) *time.Duration { return &c.MaxSessionTimeout }),
	// Less than one is any number, as in ZooKeeper.
	"maxClientCnxns": number(func(c *zooCfg) *int { return &c.MaxClientCnxns }, math.MinInt32),
	"maxCnxns": func(c *zooCfg, v string) error { // the same
		n, err := atLeast(v, math.MinInt32)
		if c.MaxCnxns = n; n < 1 {
			c.MaxCnxns = -1
		}
		return err
	},
	// What no ZooKeeper has: as serve's flags.
	"zoosh.maxUnread": func(c *zooCfg, v string) error {
		n, err := atLeast(v, 1)
		if c.MaxUnread = n << 20; err == nil && n > maxUnreadMiB {
			return fmt.Errorf("it is %d at most", maxUnreadMiB)
		}
		return err
	},
	"zoosh.maxWatches":       number(func(c *zooCfg) *int { return &c.MaxWatches }, 1),
	"4lw.commands.whitelist": func(c *zooCfg, v string) error { c.FourLetterWords = whitelist(v); return nil },
	"jute.maxbuffer": func(c *zooCfg, v string) error {
		n, err := strconv.ParseInt(v, 0, 32) // as Java decodes it: 0xfffff is usual
		if c.MaxBuffer = int(n); err != nil || n < 1 {
			return fmt.Errorf("not a number of bytes")
		}
		return nil
	},
	"snapshot.trust.empty":                     func(c *zooCfg, v string) error { c.TrustEmpty = strings.EqualFold(v, "true"); return nil },
	"DigestAuthenticationProvider.superDigest": func(c *zooCfg, v string) error { c.SuperDigest = v; return nil },
	"DigestAuthenticationProvider.digestAlg":   func(c *zooCfg, v string) error { c.DigestAlg = v; return server.CheckDigestAlg(v) },
	"DigestAuthenticationProvider.enabled":     func(c *zooCfg, v string) error { c.NoDigest = !strings.EqualFold(v, "true"); return nil },
	"skipACL":                                  func(c *zooCfg, v string) error { c.SkipACL = v == "yes"; return nil },
	// TTL znodes are there unless they are forbidden.
	"extendedTypesEnabled":            func(c *zooCfg, v string) error { c.NoTTL = !strings.EqualFold(v, "true"); return nil },
	"znode.container.checkIntervalMs": milliseconds(func(c *zooCfg) *time.Duration { return &c.CleanupInterval }),
	"nio.sessionlessCnxnTimeout":      milliseconds(func(c *zooCfg) *time.Duration { return &c.FirstFrameTimeout }),
	"znode.container.maxNeverUsedIntervalMs": func(c *zooCfg, v string) error {
		n, err := atLeast(v, 0)
		c.MaxNeverUsed = time.Duration(n) * time.Millisecond
		return err
	},
	// More of TLS is in zooTLSKeys.
	"secureClientPort":                     func(c *zooCfg, v string) error { c.tls.port = v; return checkPort(v) },
	"secureClientPortAddress":              func(c *zooCfg, v string) error { c.tls.host = v; return nil },
	"client.certReload":                    func(c *zooCfg, v string) error { c.tls.reload = strings.EqualFold(v, "true"); return nil },
	"client.portUnification":               func(c *zooCfg, v string) error { c.PortUnification = strings.EqualFold(v, "true"); return nil },
	"X509AuthenticationProvider.superUser": func(c *zooCfg, v string) error { c.SuperX509 = v; return nil },
}

// zooSilent are keys that say nothing to a standalone server of this kind: what
// they ask for is so, or only an ensemble has it.
var zooSilent = []string{
	"initLimit", "syncLimit", "connectToLearnerMasterLimit", "electionAlg", "electionPort", "leaderServes",
	"standaloneEnabled", "globalOutstandingLimit", "syncEnabled", "peerType", "cnxTimeout",
	"quorumListenOnAllIPs", "digest.enabled", "admin.enableServer", "server.1",
	"jaasLoginRenew",
}

// zooClasses are values that say nothing either: classes of Java's that do what is done
// here anyway.
var zooClasses = []string{
	"org.apache.zookeeper.server.NettyServerCnxnFactory", "org.apache.zookeeper.server.NIOServerCnxnFactory",
}

// readZooCfg reads a zoo.cfg as far as it is one of a standalone server. Names may
// stand there as they do in a JVM's properties, with "zookeeper." before them. logf is
// told when the certificates change, if they are to. jaas is the JAAS file, "" for none.
// With an error comes what was read, if that much could be.
func readZooCfg(file, jaas string, logf func(string, ...any)) (*zooCfg, error) {
	text, err := textfile.Read(file)
	if err != nil {
		return nil, err
	}
	c, err := parseZooCfg(string(text))
	if err == nil {
		err = c.loadTLS(logf)
	}
	if err == nil {
		err = c.loadSASL(jaas)
	}
	if err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

// everywhere is where ZooKeeper listens if it is not told an address.
const everywhere = "0.0.0.0"

func parseZooCfg(text string) (*zooCfg, error) {
	props, err := javaconf.Properties(text)
	if err != nil {
		return nil, err
	}
	c := &zooCfg{retain: 3, tls: zooTLS{properties: make(map[string]string)}}
	// What ZooKeeper takes where the file says nothing, and serve's flags otherwise.
	c.TickTime, c.MaxClientCnxns, c.FourLetterWords = 3*time.Second, 60, []string{"srvr"}
	c.MaxCnxns = -1
	for _, key := range sortedKeys(props) {
		value := strings.TrimSpace(props[key])
		name := strings.TrimPrefix(key, "zookeeper.")
		c.tls.secret = c.tls.secret || holdsPassword(name, value)
		if err := c.set(name, value); err != nil {
			return nil, fmt.Errorf("%s=%s: %w", key, value, err)
		}
	}
	if err := c.complete(); err != nil {
		return nil, err
	}
	return c, nil
}

func sortedKeys(props map[string]string) []string {
	keys := make([]string, 0, len(props))
	for key := range props {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (c *zooCfg) set(name, value string) error {
	set := zooKeys[name]
	if set == nil {
		set = zooDiskKeys[name]
	}
	switch {
	case set != nil:
		return set(c, value)
	case name == "dynamicConfigFile", strings.HasPrefix(name, "server.") && name != "server.1",
		strings.HasPrefix(name, "group."), strings.HasPrefix(name, "weight."):
		return fmt.Errorf("zoosh serves alone, it is no member of an ensemble")
	case c.setSASL(name, value):
	case strings.HasPrefix(name, "ssl.") && !strings.HasPrefix(name, "ssl.quorum."), value == x509Provider:
		c.tls.properties[name] = value
	case slices.Contains(zooSilent, name), slices.Contains(zooClasses, value):
	case strings.Contains(strings.ToLower(name), "password"):
		c.notes = append(c.notes, name+" has no effect here")
	default:
		c.notes = append(c.notes, fmt.Sprintf("%s=%s has no effect here", name, value))
	}
	return nil
}

// complete checks what only the whole tells.
func (c *zooCfg) complete() error {
	switch {
	case c.DataDir == "":
		return fmt.Errorf("dataDir is not set")
	case c.port != "":
		c.Addr = net.JoinHostPort(cmp.Or(c.host, everywhere), c.port)
	case c.host != "":
		return fmt.Errorf("clientPortAddress is set but clientPort is not set")
	case c.tls.port == "":
		return fmt.Errorf("neither clientPort nor secureClientPort is set")
	}
	if err := c.completeTLS(); err != nil {
		return err
	}
	if err := c.completeAuth(); err != nil {
		return err
	}
	if c.purge > 0 {
		c.SnapRetain = max(c.retain, minRetained)
	}
	return nil
}

// minSnapCount is what ZooKeeper takes where a file asks for less.
const minSnapCount = 2

// minRetained is how many snapshots ZooKeeper's purge keeps at least.
const minRetained = 3

// whitelist are the words of a list with commas. srvr is always among them, because
// ZooKeeper's own scripts ask with it.
func whitelist(list string) []string {
	words := []string{"srvr"}
	for word := range strings.SplitSeq(list, ",") {
		if word = strings.TrimSpace(word); word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

func checkPort(value string) error {
	if n, err := strconv.Atoi(value); err != nil || n < 0 || n > math.MaxUint16 {
		return fmt.Errorf("not a port")
	}
	return nil
}

func atLeast(value string, least int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > math.MaxInt32 {
		return 0, fmt.Errorf("not a number from %d on", least)
	}
	return n, nil
}

// sessionTimeout reads a limit; -1 is ZooKeeper's for none of its own.
func sessionTimeout(of func(*zooCfg) *time.Duration) func(*zooCfg, string) error {
	return func(c *zooCfg, value string) error {
		if value == "-1" {
			return nil
		}
		return milliseconds(of)(c, value)
	}
}

func number(of func(*zooCfg) *int, least int) func(*zooCfg, string) error {
	return func(c *zooCfg, value string) (err error) {
		*of(c), err = atLeast(value, least)
		return err
	}
}

func milliseconds(of func(*zooCfg) *time.Duration) func(*zooCfg, string) error {
	return func(c *zooCfg, value string) error {
		n, err := atLeast(value, 1)
		*of(c) = time.Duration(n) * time.Millisecond
		return err
	}
}
