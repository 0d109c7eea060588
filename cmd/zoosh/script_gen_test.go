package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A scriptMaker makes up scripts: lines of all kinds on few znodes, so that most meet one
// that another line has made, changed or taken away.
type scriptMaker struct {
	*rand.Rand
	embedded bool // the server is zoosh's own
}

func (m *scriptMaker) of(words ...string) string { return words[m.IntN(len(words))] }

func (m *scriptMaker) maybe(chance int, word string) string {
	if m.IntN(chance) == 0 {
		return word + " "
	}
	return ""
}

func (m *scriptMaker) path() string {
	return m.of("/a", "/a", "/b", "/a/x", "/a/y", "/a/x/z", "/q", "/q/n0000000000", "/q/n0000000001", "/gone/x", "/", "a", "/a/", "/a//b")
}

func (m *scriptMaker) data() string {
	return m.of("x", "y", `""`, `"two words"`, `'{"a": 1}'`, "-5", "ünï", "two words", `"open`, strings.Repeat("long", 30))
}

func (m *scriptMaker) acl() string {
	return m.of("world:anyone:cdrwa", "world:anyone:cdrwa", "world:anyone:r", "digest:bob:x:r", "auth::cdrwa", "nonsense", "world:anyone:q", "ip:127.0.0.1:cdrwa,bad")
}

func (m *scriptMaker) version() string {
	return m.maybe(3, "-v "+m.of("0", "0", "1", "2", "7", "-1", "x", ""))
}

// line is a line; most are sent ahead.
func (m *scriptMaker) line() string {
	switch m.IntN(26) {
	case 0, 1, 2, 3, 4:
		return m.create()
	case 5, 6, 7:
		return "set " + m.version() + m.maybe(3, "-s") + m.path() + " " + m.data()
	case 8, 9:
		return "delete " + m.version() + m.path() + m.of("", "", "", " 0")
	case 10, 11, 12:
		return "get " + m.maybe(3, "-s") + m.maybe(2, "-w") + m.maybe(6, m.of("-b", "-x", "-n")) + m.path() + m.of("", "", "", " true", " -o json")
	case 13:
		return "stat " + m.maybe(2, "-w") + m.path()
	case 14, 15:
		return "ls " + m.maybe(4, "-s") + m.maybe(2, "-w") + m.maybe(8, "-R") + m.path() + m.of("", "", " watch")
	case 16:
		return m.of("exists ", "sync ", "getAllChildrenNumber ", "getEphemerals ", "getAcl -s ") + m.path()
	case 17:
		return m.of("getAcl "+m.path(), "setAcl "+m.version()+m.maybe(6, "-R")+m.path()+" "+m.acl())
	case 18, 19:
		return m.of("addWatch "+m.maybe(2, "-m "+m.of("PERSISTENT", "persistent_recursive", "other"))+m.path(),
			"removewatches "+m.path()+m.of("", " -d", " -c", " -a", " -p", " -r", " -l"))
	case 20, 21:
		return m.multi()
	case 22:
		return m.wrong()
	}
	return m.waits()
}

func (m *scriptMaker) create() string {
	options := m.maybe(5, "-e") + m.maybe(6, "-c") + m.maybe(8, "-t "+m.of("100000", "0", "x")) + m.maybe(10, "-p")
	path := m.path()
	if m.IntN(4) == 0 {
		options, path = options+"-s ", "/q/n"
	}
	acl := ""
	if m.IntN(5) == 0 {
		acl = " " + m.acl()
	}
	return "create " + options + path + " " + m.data() + acl
}

func (m *scriptMaker) multi() string {
	var ops []string
	for range 1 + m.IntN(4) {
		ops = append(ops, m.of("create "+m.path()+" x", "create -s /q/n x", "create -e "+m.path(), "set "+m.path()+" z",
			"set -v 0 "+m.path()+" z", "delete "+m.path(), "check "+m.path(), "check -v 1 "+m.path(), "create "+m.path()+" x nonsense", "get /a"))
	}
	return "multi " + strings.Join(ops, " ; ")
}

// wrong is what is no line of a command, or not a right one.
func (m *scriptMaker) wrong() string {
	return m.of("", "   ", "# a comment", "nonsense", "get", "get -z /a", "create", "set /a", `get "/a`, "'", "delete -v", "LS /", "ls -?", "exit", "help me", "help",
		"get /a b c d", "sync", "multi", "multi ;")
}

// waits is a line that waits for those before it.
func (m *scriptMaker) waits() string {
	lines := []string{"history", "redo 0", "redo 1", "redo 99", "printwatches off", "printwatches on", "printwatches", "output json", "output text",
		"dialect 3.4", "dialect 3.8", "dialect 3.9", "deleteall /a", "deleteall -b 1 /q", "rmr /a", "ls2 /", "count /a", "find /a", "tree /", "du /", "ls -R /",
		"close\nget /a\nconnect", "connect", "crash\nconnect", "addauth digest bob:secret", "whoami", "setquota -n 3 /a", "listquota /a", "delquota /a",
		"session two\nstat /\nsession main", "grep x /a", "cp -r /a /copy", "mv /b /moved", "create -p /deep/er/" + fmt.Sprint(m.IntN(3)), "config"}
	if m.embedded {
		lines = append(lines, "expire", "expire")
	}
	return m.of(lines...)
}

// script is a whole one.
func (m *scriptMaker) script() string {
	lines := []string{m.of("create /a x", "create /a x\ncreate /q x", "create /q x\nls -w /", "")}
	for range 10 + m.IntN(50) {
		lines = append(lines, m.line())
	}
	if m.IntN(8) == 0 {
		lines = append(lines, "quit", "create /never x")
	}
	return strings.Join(lines, "\n") + m.of("\n", "\n", "")
}
