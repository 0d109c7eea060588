package shell

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A generator makes up sessions: lines that zkCli may be given, most of them
// sensible, some not. It leaves out what TestLive's list argues for.
type generator struct {
	*rand.Rand
	addr string
	// mode is given to every addWatch of the session, or to none: zkCli keeps it.
	mode bool
	// refusals: there are ACLs that refuse something, and no small batches.
	refusals bool
	// later: zkCli is of 3.9 or later.
	later bool
	// made and watched are the paths that znodes were made at, and that watches
	// were armed on, or at least may have been.
	made, watched []string
}

// tree is the znodes that sessions deal with, parents first.
var tree = []string{"/a", "/a/b", "/b", "/a/c", "/a/b/c", "/b/d", "/e", "/e/f"}

// last is the lines that can end a session: they write nothing, so that no event
// of theirs could get lost when zkCli leaves.
var last = []string{"ls /", "get /nope", "nonsense", "stat /", "get", "set /nope x", "delete -x", "version", "create"}

// session is the lines of a session.
func (g *generator) session(n int) []string {
	g.mode, g.refusals = g.IntN(2) == 0, g.IntN(3) > 0
	var lines []string
	for _, path := range tree[:g.IntN(len(tree))] {
		lines = append(lines, "create "+path+" x")
		g.made = append(g.made, path)
	}
	for len(lines) < n {
		switch g.IntN(120) {
		case 0:
			lines = append(lines, "close"+g.maybe(4, " -x"), g.command(), "connect "+g.addr)
		case 1:
			lines = append(lines, "connect"+g.pick("", " "+g.addr))
		case 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13:
			lines = append(lines, g.fires()...)
		default:
			lines = append(lines, g.command())
		}
	}
	return append(lines, g.pick(last...))
}

// fires is a watch and what may set it off.
func (g *generator) fires() []string {
	path := g.pick("/a", "/a/b", "/b", "/e")
	if len(g.made) > 0 {
		path = g.likely(g.made)
	}
	g.watched = append(g.watched, path)
	return []string{
		g.pick("get -w ", "ls -w ", "stat -w ", "addWatch "+g.givenMode()) + path,
		g.pick("set "+path+" y", "create "+path+" x", "create "+path+"/w", "create -e "+path+"/w", "delete "+path,
			"delete "+path+"/w", "deleteall "+path, "removewatches "+path, "set -s "+path+" ''"),
	}
}

// givenMode is a mode for addWatch, if the session gives any.
func (g *generator) givenMode() string {
	if g.mode {
		return g.pick("-m PERSISTENT ", "-m persistent_recursive ")
	}
	return ""
}

func (g *generator) pick(from ...string) string { return from[g.IntN(len(from))] }

// maybe is text in one of n cases.
func (g *generator) maybe(n int, text string) string {
	if g.IntN(n) > 0 {
		return ""
	}
	return text
}

func (g *generator) command() string {
	commands := []func() string{
		g.create, g.create, g.create, g.create, g.set, g.set, g.get, g.get, g.ls, g.ls, g.stat,
		g.delete, g.deleteAll, g.getACL, g.setACL, g.quota, g.quota, g.listQuota, g.watch, g.watch, g.removeWatches,
		g.ephemerals, g.shell, g.ensemble, g.sync, g.nonsense, g.auth,
	}
	return commands[g.IntN(len(commands))]()
}

// line is a command's name, its options and its arguments in an order that may
// be any, with or without what it needs.
func (g *generator) line(name string, options []string, args ...string) string {
	var words []string
	for _, o := range options {
		if o != "" {
			words = append(words, o)
		}
	}
	switch g.IntN(12) {
	case 0: // options behind, or between
		for _, o := range words {
			at := g.IntN(len(args) + 1)
			args = append(args[:at:at], append([]string{o}, args[at:]...)...)
		}
		words = args
	case 1:
		words = append(words, args[:g.IntN(len(args)+1)]...)
	case 2:
		words = append(append(words, g.pick("--", "-", "-z", "-s", "-w", "-sw", "--help", "-R=1", "-v")), args...)
	case 3:
		words = append(append(words, args...), g.pick("true", "watch", "-1", "extra", "\"two words\""))
	default:
		words = append(words, args...)
	}
	return g.maybe(20, " ") + strings.TrimRight(name+g.pick(" ", " ", " ", " ", "  ", "\t")+strings.Join(words, " "), " ") + g.maybe(20, "  ")
}

func (g *generator) path() string {
	if len(g.made) > 0 && g.IntN(2) > 0 {
		return g.pick(g.made...)
	}
	return g.anyPath()
}

// likely is one of the paths, if there are any, but not always.
func (g *generator) likely(paths []string) string {
	if len(paths) > 0 && g.IntN(4) > 0 {
		return g.pick(paths...)
	}
	return g.path()
}

func (g *generator) anyPath() string {
	switch g.IntN(24) {
	case 0:
		return g.pick("/", "/", "/nope", "/nope/x", "/zookeeper", "/zookeeper/quota", "/zookeeper/config")
	case 1:
		return g.pick("a", `""`, "/a/", "//a", "/a/./b", "/a/../b", "/.", "/a//b", "x y", "'/a", `"/a`, "/a'b")
	case 2:
		return g.pick("'/x y'", `"/x y"`, "/ü", "/主节点", "/a/ü", "/x\u00a0y", "/\U0001f993", "/%s", `/x\y`, "/a:b,c", "/a\u0085")
	case 3:
		return g.pick("'/a'", `"/a/b"`, "'/b'")
	case 4:
		return g.pick("/zookeeper/quota/a", "/zookeeper/quota/a/zookeeper_limits", "/zookeeper/quota/b/zookeeper_limits",
			"/zookeeper/quota/a/b/zookeeper_limits")
	}
	return g.pick(tree...)
}

func (g *generator) data() string {
	return g.pick("x", "x", "y", "hello", `"hello world"`, `'single "quoted" words'`, `""`, "''", "数据", "-5", "1234",
		`{"k":1}`, `a"b`, `"a'b"`, `"tab	inside"`, "%d%s", `back\slash`, "🦓", "=", `"unclosed`, "x'y z'", "'a' 'b'")
}

func (g *generator) acl() string {
	if !g.refusals {
		return g.pick("world:anyone:cdrwa", "ip:127.0.0.1:cdrwa", "world:anyone:cdrwa,bogus", "world:anyone:cdrwax")
	}
	return g.pick("world:anyone:cdrwa", "world:anyone:cdrwa", "world:anyone:cdrwa", "world:anyone:r", "world:anyone:crwa",
		"ip:127.0.0.1:cdrwa", "ip:10.0.0.0/8:rw,world:anyone:rda", "auth::cdrwa", "auth:any:cdrwa", "world:anyone:",
		"digest:bob:8bHKFG0e6gY4zKNwSRdKQFhDc0I=:cdrwa", "digest:bob:nohash:rw,world:anyone:cdrwa",
		"bogus:x:r", "world:anyone:xyz", "world:anyone", "world:someone:r", ",", `""`, "a:b:c:d:rw", "world:anyone:r,,",
		"ip:nowhere:r", "ip:127.0.0.1/99:r", "digest:bob:r")
}

// version is an option -v. Those that are no numbers end zkCli.
func (g *generator) version() string {
	if g.IntN(3) > 0 {
		return ""
	}
	number := g.pick("-1", "-1", "0", "0", "0", "1", "1", "2", "99", "+1", "007")
	if g.IntN(40) == 0 {
		number = g.pick("abc", "99999999999", "1.5", `""`, "0x1")
	}
	return g.pick("-v ", "-v ", "-v", "-v=") + number
}

func (g *generator) create() string {
	options := []string{g.maybe(4, g.pick("-s", "-s", "-e", "-e", "-c", "-se", "-es", "-e -s"))}
	if g.IntN(12) == 0 {
		options = append(options, "-t "+g.pick("100000", "1099511627775", "1099511627776", "0", "-5", "abc", "1"))
	}
	path := g.anyPath()
	g.made = append(g.made, path)
	args := []string{path}
	if g.IntN(5) > 0 {
		if args = append(args, g.data()); g.IntN(6) == 0 {
			args = append(args, g.acl())
		}
	}
	return g.line("create", options, args...)
}

func (g *generator) set() string {
	if g.IntN(20) == 0 { // what is no quota ends zkCli, and in zookeeper_stats the server too
		return "set /zookeeper/quota/" + g.pick("a", "b", "a/b") + "/zookeeper_limits " +
			g.pick("count=5,bytes=2", "bytes=7", "count=1,bytes=1=;x=3", "''", "nonsense", "count=x")
	}
	path := g.path()
	if g.IntN(3) == 0 {
		path = g.likely(g.watched)
	}
	data := g.data()
	if g.later && g.IntN(6) == 0 {
		return g.line("set", []string{g.maybe(3, "-s"), g.version(), "-b"}, path, g.pick("eA==", "eHk=", "", "x", "5aW9", "eA", "e A==", "'eA== '", "-_-_", "/w=="))
	}
	return g.line("set", []string{g.maybe(3, "-s"), g.version()}, path, data)
}

func (g *generator) get() string {
	options := []string{g.maybe(3, "-s"), g.maybe(3, "-w")}
	if g.later {
		options = append(options, g.maybe(6, "-b"), g.maybe(6, "-x"))
	}
	return g.line("get", options, g.watching())
}

func (g *generator) ls() string {
	return g.line("ls", []string{g.maybe(4, "-s"), g.maybe(4, "-w"), g.maybe(4, "-R"), g.maybe(40, "-?")}, g.watching())
}

func (g *generator) stat() string { return g.line("stat", []string{g.maybe(3, "-w")}, g.watching()) }

// watching is a path that a watch may be armed on.
func (g *generator) watching() string {
	path := g.path()
	g.watched = append(g.watched, path)
	return path
}

func (g *generator) delete() string {
	return g.line("delete", []string{g.version()}, g.likely(g.made[min(1, len(g.made)):]))
}

func (g *generator) deleteAll() string {
	path, batch := g.path(), g.pick("1000", "0", "-1", "abc")
	if !g.refusals && len(path) > 1 && !strings.Contains(path, "zookeeper") {
		batch = g.pick("1", "2", "3")
	}
	return g.line("deleteall", []string{g.maybe(3, "-b "+batch)}, path)
}

func (g *generator) getACL() string { return g.line("getAcl", []string{g.maybe(3, "-s")}, g.path()) }

func (g *generator) setACL() string {
	return g.line("setAcl", []string{g.maybe(3, "-s"), g.version(), g.maybe(4, "-R")}, g.path(), g.acl())
}

func (g *generator) quota() string {
	if g.IntN(3) == 0 {
		return g.line("delquota", []string{g.maybe(2, g.pick("-n", "-b", "-N", "-B", "-n -b", "-nb", "-n -n"))}, g.path())
	}
	value := g.pick("1", "3", "10", "1000", "0", "-1", "abc", "99999999999", "99999999999999999999")
	return g.line("setquota", []string{g.pick("-n ", "-b ", "-N ", "-B ", "-n", "-x ", "-n 1 -b ", "-n 1 -n ") + value}, g.path())
}

func (g *generator) listQuota() string { return g.line("listquota", nil, g.path()) }

func (g *generator) watch() string {
	switch g.IntN(4) {
	case 0:
		return g.pick("get", "ls", "stat") + " -w " + g.watching()
	case 1:
		return g.pick("get", "ls", "stat") + " " + g.watching() + " true"
	}
	path := g.pick("/a", "/a/b", "/b", "/e", "/nope")
	g.watched = append(g.watched, path)
	if g.IntN(60) == 0 { // and ends zkCli
		path = g.pick("a", "/a/", "//")
	}
	if !g.mode {
		return g.line("addWatch", nil, path)
	}
	return "addWatch -m " + g.pick("PERSISTENT", "PERSISTENT_RECURSIVE", "persistent", "bogus") + " " + path + g.maybe(20, " x")
}

func (g *generator) removeWatches() string {
	kind := g.pick("-c", "-d", "-a", "-cd")
	if g.later {
		kind = g.pick(kind, "-p", "-r", "-pr", "-a -r")
	}
	return g.line("removewatches", []string{g.maybe(2, kind), g.maybe(4, "-l")}, g.likely(g.watched))
}

func (g *generator) ephemerals() string {
	return g.pick("getEphemerals", "getEphemerals "+g.path(), "getEphemerals /", "getAllChildrenNumber "+g.path(), "getAllChildrenNumber")
}

func (g *generator) shell() string {
	return g.pick("history", "printwatches", "printwatches on", "printwatches off", "version", "version x", "whoami", "whoami -x y",
		fmt.Sprintf("redo %d", g.IntN(30)), fmt.Sprintf("redo %d", g.IntN(30)), "redo", "redo -1", "redo 999", "redo 0x2", "history x",
		"redo "+g.pick("010", "+1", "#1", "-0", "1", g.pick("1", "2", "abc", "0xzz", "-", "99999999999", "1_0")))
}

func (g *generator) ensemble() string {
	return g.pick("config", "config -c", "config -s", "config -w -s", "config x", "config -x",
		"reconfig", "reconfig -add server.1=localhost:2888:3888;2181", "reconfig -remove 1", "reconfig -members x -file y",
		"reconfig -add x -members y", "reconfig -v xyz -add x", "reconfig -v 1f -remove 1,2", "reconfig -file /nope/x",
		"reconfig -add", "reconfig -add=x", "reconfig -s -members server.1=a:1:2;3")
}

func (g *generator) sync() string { return g.line("sync", nil, g.path()) }

func (g *generator) auth() string {
	return g.pick("addauth digest bob:secret", "addauth digest ann:secret", "addauth digest nocolon", "addauth ip 127.0.0.1",
		"addauth", "addauth digest 'a b'", "addauth -x digest a:b")
}

func (g *generator) nonsense() string {
	return g.pick("foo", "foo bar", "LS /", "help", "?", "h", "   ", "ls2 /a", "rmr /a", "'ls' /", `"ls /"`, "create2 /a", "ls\t/",
		"quota", "-s /a", "get get", "''")
}
