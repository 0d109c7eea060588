package shell

import (
	"cmp"
	"context"
	"regexp"
	"time"

	"zoosh/internal/fault"
	"zoosh/internal/session"
)

// This file finds out whose output is printed where the dialect is that of the server.

// detectTimeout bounds the question which version the server has: a server that
// does not answer it may still serve.
const detectTimeout = 2 * time.Second

var (
	versionLine        = regexp.MustCompile(`(?m)^Zookeeper version: ([^,\s]+)`)
	environmentVersion = regexp.MustCompile(`(?m)^zookeeper\.version=([^,\s]+)`)
)

// startDetecting asks the servers for their version if the dialect depends on
// it. It is called with mu held. The question runs beside the session's own
// connecting, so that it costs a command no time.
func (sh *Shell) startDetecting(servers []string) {
	sh.servers = servers
	if sh.dialect != Auto || sh.serverSays != Auto || sh.detected != nil && !closed(sh.detected) {
		return
	}
	done, sec := make(chan struct{}), sh.at.Security
	sh.detected = done
	go func() {
		defer close(done)
		d := Auto
		fault.Do(func() error { d = detect(sec, servers); return nil }) // the newest then
		sh.mu.Lock()
		defer sh.mu.Unlock()
		if sh.detected == done { // no other server since
			sh.serverSays = d
		}
	}()
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// wished is the dialect that was asked for, perhaps Auto.
func (sh *Shell) wished() Dialect {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.dialect
}

// Dialect is the dialect in force. With Auto it waits until the server has told
// its version, for two seconds at most; the newest if it does not.
func (sh *Shell) Dialect() Dialect {
	sh.mu.Lock()
	wished, detected := sh.dialect, sh.detected
	sh.mu.Unlock()
	if wished != Auto {
		return wished
	}
	if detected != nil {
		<-detected
	}
	if d := sh.dialectNow(); d != Auto {
		return d
	}
	return Newest()
}

// dialectNow is Dialect for those who may not wait: Auto as long as the server
// has not told its version.
func (sh *Shell) dialectNow() Dialect {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.dialect != Auto {
		return sh.dialect
	}
	return sh.serverSays
}

// detect is the dialect of the first of the servers that tells its version, Auto if
// none does. A member without a quorum tells it with envi alone, if it may.
func detect(sec session.Security, servers []string) Dialect {
	ctx, cancel := context.WithTimeout(context.Background(), detectTimeout)
	defer cancel()
	var members []session.Member
	for _, addr := range servers {
		members = append(members, session.Member{Server: addr})
	}
	answers := askFirst(ctx, sec, members)
	for _, s := range answers {
		if m := versionLine.FindStringSubmatch(s.text); m != nil {
			return DialectOf(m[1])
		}
	}
	for _, s := range answers {
		if !s.notServing() {
			continue
		}
		text, err := sec.Ask(ctx, s.member, "envi")
		if m := environmentVersion.FindStringSubmatch(text); err == nil && m != nil {
			return DialectOf(m[1])
		}
	}
	return Auto
}

// dialectFor is the dialect in which a command is run. Those that ask all members do
// not wait until one has told its version: it may be the one that hangs.
func (sh *Shell) dialectFor(words []string) Dialect {
	if len(words) > 0 && byName[words[0]] != nil && byName[words[0]].AsksMembers {
		return cmp.Or(sh.dialectNow(), Newest())
	}
	return sh.Dialect()
}
