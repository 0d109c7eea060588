package main

import (
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
)

func TestZooCfg(t *testing.T) {
	const least = "dataDir=/data\nclientPort=2181\n"
	for _, c := range []struct {
		name, text string
		want       server.Config // beside the least
	}{
		{"least", "", server.Config{}},
		{"address", "clientPortAddress=::1\n", server.Config{Addr: "[::1]:2181"}},
		{"sample", "# The number of milliseconds of each tick\ntickTime=3000\ninitLimit=10\nsyncLimit=5\n", server.Config{TickTime: 3 * time.Second}},
		{"log", "dataLogDir = /log\npreAllocSize=1024\nsnapCount=500\n", server.Config{LogDir: "/log", PreAllocSize: 1 << 20, SnapCount: 500}},
		{"property", "zookeeper.snapCount=500\n", server.Config{SnapCount: 500}},
		{"too few", "snapCount=0\nautopurge.purgeInterval=-1\n", server.Config{SnapCount: 2}},
		{"purge off", "autopurge.snapRetainCount=5\n", server.Config{}},
		{"purge", "autopurge.snapRetainCount=5\nautopurge.purgeInterval=1\n", server.Config{SnapRetain: 5}},
		{"purge least", "autopurge.snapRetainCount=1\nautopurge.purgeInterval=1\n", server.Config{SnapRetain: 3}},
		{"none in advance", "preAllocSize=0\nforceSync=NO\n", server.Config{PreAllocSize: -1}},
		{"quota", "enforceQuota=true\nforceSync=no\n", server.Config{EnforceQuota: true, NoSync: true}},
		{"limits", "minSessionTimeout=1000\nmaxSessionTimeout=-1\nmaxClientCnxns=0\njute.maxbuffer=0xffffff\n",
			server.Config{MinSessionTimeout: time.Second, MaxClientCnxns: -1, MaxBuffer: 0xffffff}},
		{"words", "4lw.commands.whitelist=mntr, conf\nDigestAuthenticationProvider.superDigest=super:x\n",
			server.Config{FourLetterWords: []string{"srvr", "mntr", "conf"}, SuperDigest: "super:x"}},
		{"odd words", "4lw.commands.whitelist=stat ruok,srvr,,conf ,\n", server.Config{FourLetterWords: []string{"srvr", "stat ruok", "conf"}}},
		{"any number of connections", "maxClientCnxns=-1\n", server.Config{MaxClientCnxns: -2}},
		{"forbidden", "extendedTypesEnabled=false\nDigestAuthenticationProvider.enabled=no\nskipACL=yes\n",
			server.Config{NoTTL: true, NoDigest: true, SkipACL: true}},
		{"allowed", "extendedTypesEnabled=TRUE\nDigestAuthenticationProvider.enabled=True\nskipACL=true\n", server.Config{}},
		{"digest", "zookeeper.DigestAuthenticationProvider.digestAlg=SHA-256\n", server.Config{DigestAlg: "SHA-256"}},
		{"first frame", "nio.sessionlessCnxnTimeout=2500\n", server.Config{FirstFrameTimeout: 2500 * time.Millisecond}},
		{"containers", "znode.container.checkIntervalMs=5\nznode.container.maxNeverUsedIntervalMs=60000\n",
			server.Config{CleanupInterval: 5 * time.Millisecond, MaxNeverUsed: time.Minute}},
		{"passwords", "zoosh.randomSessionPasswords=True\n", server.Config{RandomPasswords: true}},
		{"unpacked", "zoosh.maxUnpacked=128\n", server.Config{MaxUnpacked: 128 << 20}},
		{"one server", "server.1=localhost:2888:3888\n", server.Config{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseZooCfg(least + c.text)
			if err != nil {
				t.Fatal(err)
			}
			c.want.DataDir = "/data"
			// Those that stand in no zoo.cfg are ZooKeeper's.
			if !strings.Contains(c.text, "maxClientCnxns") {
				c.want.MaxClientCnxns = 60
			}
			if c.want.FourLetterWords == nil {
				c.want.FourLetterWords = []string{"srvr"}
			}
			if c.want.Addr == "" {
				c.want.Addr = "0.0.0.0:2181"
			}
			if c.want.TickTime == 0 {
				c.want.TickTime = 3 * time.Second
			}
			switch c.want.MaxClientCnxns {
			case 0:
				c.want.MaxClientCnxns = 60
			case -1, -2:
				c.want.MaxClientCnxns++
			}
			if c.want.FourLetterWords == nil {
				c.want.FourLetterWords = []string{"srvr"}
			}
			if got, want := plainConfig(got.Config), plainConfig(c.want); got != want {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
			if len(got.notes) > 0 {
				t.Errorf("notes: %q", got.notes)
			}
		})
	}
}

// plainConfig is what of a configuration can be compared.
func plainConfig(c server.Config) (p struct {
	addr, data, log, words, super string
	tick, shortest, longest       time.Duration
	snap, retain, conns, buffer   int
	alloc, unpacked               int64
	cleanup, unused               time.Duration
	digest                        string
	noSync, quota                 bool
	noTTL, noDigest, skipACL      bool
	randomPasswords               bool
}) {
	p.words, p.super, p.conns, p.buffer = strings.Join(c.FourLetterWords, " "), c.SuperDigest, c.MaxClientCnxns, c.MaxBuffer
	p.shortest, p.longest = c.MinSessionTimeout, c.MaxSessionTimeout
	p.noTTL, p.noDigest, p.skipACL, p.digest = c.NoTTL, c.NoDigest, c.SkipACL, c.DigestAlg
	p.randomPasswords, p.unpacked = c.RandomPasswords, c.MaxUnpacked
	p.cleanup, p.unused = c.CleanupInterval, c.MaxNeverUsed
	p.addr, p.data, p.log, p.tick = c.Addr, c.DataDir, c.LogDir, c.TickTime
	p.snap, p.retain, p.alloc, p.noSync, p.quota = c.SnapCount, c.SnapRetain, c.PreAllocSize, c.NoSync, c.EnforceQuota
	return p
}

// The limits of connections and memory, and those that ZooKeeper has not.
func TestZooCfgLimits(t *testing.T) {
	for _, c := range []struct {
		text                    string
		cnxns, unread, watching int
	}{
		{"", -1, 0, 0},
		{"maxCnxns=0\n", -1, 0, 0},
		{"zookeeper.maxCnxns=-5\n", -1, 0, 0},
		{"maxCnxns=500\nzoosh.maxUnread=16\nzoosh.maxWatches=1000\n", 500, 16 << 20, 1000},
	} {
		got, err := parseZooCfg("dataDir=/data\nclientPort=2181\n" + c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
		} else if got.MaxCnxns != c.cnxns || got.MaxUnread != c.unread || got.MaxWatches != c.watching || len(got.notes) > 0 {
			t.Errorf("%q: %+v", c.text, got)
		}
	}
	for _, text := range []string{"maxCnxns=x", "zoosh.maxUnread=0", "zoosh.maxUnread=2000000", "zoosh.maxWatches=0"} {
		if _, err := parseZooCfg("dataDir=/data\nclientPort=2181\n" + text + "\n"); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestZooCfgRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"clientPort=2181\n", "dataDir is not set"},
		{"dataDir=/data\n", "neither clientPort nor secureClientPort is set"},
		{"dataDir=/data\nsecureClientPort=1\nclientPortAddress=h\n", "clientPortAddress is set but clientPort is not set"},
		{"dataDir=/data\nclientPort=x\n", "clientPort=x: not a port"},
		{"dataDir=/data\nclientPort=70000\n", "clientPort=70000: not a port"},
		{"dataDir=/data\nclientPort=1\ntickTime=0\n", "tickTime=0: not a number from 1 on"},
		{"dataDir=/data\nclientPort=1\nserver.2=h:1:2\n", "server.2=h:1:2: zoosh serves alone"},
		{"dataDir=/data\nclientPort=1\nenforce.auth.enabled=true\n", "enforce.auth.schemes is not set"},
		{"dataDir=/data\nclientPort=1\nsessionRequireClientSASLAuth=true\n", "there is no authProvider.sasl="},
		{"dataDir=/data\nclientPort=1\nsnapCount=\\uqqqq\n", "line 3"},
		{"dataDir=/data\nclientPort=1\njute.maxbuffer=1g\n", "jute.maxbuffer=1g: not a number of bytes"},
		{"dataDir=/data\nclientPort=1\nDigestAuthenticationProvider.digestAlg=SHA-3\n", "digestAlg=SHA-3: no hash"},
	} {
		if _, err := parseZooCfg(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.text, err, c.want)
		}
	}
}

func TestZooCfgNotes(t *testing.T) {
	c, err := parseZooCfg("dataDir=/data\nclientPort=1\nssl.keyStore.password=s\nssl.quorum.keyStore.password=s\n" +
		"peerTypo=2182\nserverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\nauthProvider.x509=" + x509Provider)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.notes, "\n"); got != "peerTypo=2182 has no effect here\nssl.quorum.keyStore.password has no effect here\n"+
		"authProvider.x509 has no effect without secureClientPort\nssl.keyStore.password has no effect without secureClientPort" {
		t.Errorf("got %q", got)
	}
}

func FuzzZooCfg(f *testing.F) {
	f.Add("dataDir=/d\nsecureClientPort=1\nclientPort=2\nssl.clientAuth=want\nzookeeper.ssl.protocol=TLSv1.3\nssl.keyStore.location=x")
	f.Add("tickTime=2000\ndataDir=/data\nclientPort=2181\n")
	f.Add("dataDir=/d\nclientPort=1\nautopurge.purgeInterval=1\nserver.1=a\\\n b\n\\u0041:x")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseZooCfg(text)
		if (c == nil) == (err == nil) {
			t.Fatalf("%q: %v and %v", text, c, err)
		}
		if err == nil && (c.DataDir == "" || c.Addr == "" && c.SecureAddr == "") {
			t.Fatalf("%q: incomplete: %+v", text, c)
		}
	})
}
