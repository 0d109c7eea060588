package shell

import (
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

// TestQuota34: zkCli 3.4 takes the words of setquota by their position, and a
// znode that has a quota gets no other.
func TestQuota34(t *testing.T) {
	x := open(t, Config{Dialect: D34, Strict: true})
	x.do("create /q x", "create /q/a x")
	x.want("setquota -n 3 /q", "", "Comment: the parts are option -n val 3 path /q\n", 0)
	x.want("listquota /q", "Output quota for /q count=3,bytes=-1\nOutput stat for /q count=2,bytes=2\n",
		"absolute path is /zookeeper/quota/q/zookeeper_limits\n", 0)
	x.want("setquota -b 5 /q", "", "Comment: the parts are option -b val 5 path /q\n"+
		"/q has a parent /zookeeper/quota/q which has a quota\n", 1)
	x.want("setquota -b 5 /q/a", "", "Comment: the parts are option -b val 5 path /q/a\n"+
		"/q/a has a parent /zookeeper/quota/q which has a quota\n", 1)
	x.want("setquota -n x /q", "", "Comment: the parts are option -n val x path /q\nFor input string: \"x\"\n", 1)
	x.want("setquota -b 5 /nope", "", "Comment: the parts are option -b val 5 path /nope\n/nope does not exist.\n", 1)
	x.want("setquota -x 5 /q", "", "Comment: the parts are option -x val 5 path /q\n"+zkHelp(D34), 0)
	x.want("setquota -n 5", "", "setquota -n|-b val path\n", 1)
	x.want("delquota -n /q", "", "", 0)
	x.want("listquota /q", "Output quota for /q count=-1,bytes=-1\nOutput stat for /q count=2,bytes=2\n",
		"absolute path is /zookeeper/quota/q/zookeeper_limits\n", 0)
	x.do("delquota /q")
	x.want("delquota /q", "Quota does not exist for /q\n", "", 0)
	x.want("ls /zookeeper/quota", "[]\n", "", 0)
	x.do("setquota -n 3 /q/a")
	x.want("setquota -b 5 /q", "", "Comment: the parts are option -b val 5 path /q\n/q has child a which has a quota\n", 1)
}

// TestQuotaIsNotLost: 3.4 leaves the limits alone that it does not know.
func TestQuotaIsNotLost(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create /q x", "setquota -B 7 /q", "dialect 3.4", "delquota -n /q", "dialect 3.9")
	x.want("listquota /q", "Output quota for /q count=-1,bytes=-1=;byteHardLimit=7;countHardLimit=-1\n"+
		"Output stat for /q count=1,bytes=1\n", "absolute path is /zookeeper/quota/q/zookeeper_limits\n", 0)
}

func TestQuotaRefusals(t *testing.T) {
	x := open(t, Config{Dialect: D38})
	x.do("create /q x", "create /q/a x", "create /q/a/b x", "setquota -n 3 /q/a")
	x.want("setquota -n 1 /q", "", "/q has a child /q/a which has a quota\n", 1)
	x.want("setquota -n 1 /q/a/b", "", "/q/a/b has a parent /q/a which has a quota\n", 1)
	x.want("setquota -n 1 -b 1 /q", "", "The option 'b' was specified but an option from this group has already been selected: 'n'\n", 1)
	x.want("setquota -n 0 /q", "", "the num quota must be greater than zero\n", 0)
	x.want("setquota -b -1 /q", "", "the bytes quota must be greater than or equal to zero\n", 0)
	x.want("setquota -b x /q", "", "NumberFormatException happens when parsing the option value\n", 0)
	x.want("setquota -n 1 /zookeeper/quota/q", "", "cannot set a quota under the path: /zookeeper/quota\n", 0)
	x.want("setquota -n 1 /", "", "Path must not end with / character\n", 1)
	x.want("setquota -n 1 /q/a", "[Warning]: the count quota you create is less than the existing count:2\n", "", 0)
	x.want("delquota -nb /q/a", "", "The option 'b' was specified but an option from this group has already been selected: 'n'\n", 1)
	x.do("set /zookeeper/quota/q/a/zookeeper_limits nonsense")
	x.want("listquota /q/a", "", "absolute path is /zookeeper/quota/q/a/zookeeper_limits\nIndex 1 out of bounds for length 1\n", 1)
}

func TestQuotaIsExceeded(t *testing.T) {
	x := openOn(t, startServer(t, server.Config{EnforceQuota: true}), Config{Dialect: D39})
	x.do("create /q x", "setquota -N 2 /q", "create /q/a x")
	x.want("create /q/b x", "", "Quota has exceeded : /q/b\n", 1)
}

// TestQuotaInChroot: there a quota is made as anywhere, though nobody counts.
func TestQuotaInChroot(t *testing.T) {
	srv := startServer(t, server.Config{})
	openOn(t, srv, Config{Dialect: D39}).do("create /app x")
	x := openOn(t, srv, Config{Target: session.Target{Connect: srv.Addr() + "/app"}, Dialect: D39})
	x.do("create /q x", "setquota -n 3 /q")
	x.want("ls -R /zookeeper", "/zookeeper\n/zookeeper/quota\n/zookeeper/quota/q\n"+
		"/zookeeper/quota/q/zookeeper_limits\n/zookeeper/quota/q/zookeeper_stats\n", "", 0)
	x.want("config", "\n", "", 0) // the ensemble's, not the chroot's
}
