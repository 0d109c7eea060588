package shell

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/fault"
	"zoosh/internal/session"
)

// A client is a connection with a session, as a server's cons tells.
type client struct {
	id      int64
	address string // of the client
	server  string
	timeout time.Duration
	since   time.Time
}

// clientSet is the clients of an ensemble by session.
type clientSet map[int64]client

// consLine is a line of cons. The servers write the client's address differently: since
// JDK 14, before it, and ClickHouse Keeper.
//
//	/127.0.0.1:4711[1](queued=0,recved=5,sent=5,sid=0x1…,lop=PING,est=1700000000000,to=30000,…)
//	/[0:0:0:0:0:0:0:1]:4711[1](queued=0,…)
//	/0:0:0:0:0:0:0:1:4711[1](queued=0,…)
//	127.0.0.1:4711(recved=5,sent=5,sid=0x1…,…)
//	[::1]:4711(recved=5,…)
//
// A connection that is just ending may have null for it.
var consLine = regexp.MustCompile(`^ ?([^\s()]+?)(?:\[[0-9a-f]+\])?\((.*)\)\s*$`)

var consField = regexp.MustCompile(`(\w+)=([^,]*)`)

// parseCons reads what a server answers to cons. Connections without a session
// are left out.
func parseCons(text, server string, into clientSet) {
	for line := range strings.Lines(text) {
		m := consLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil {
			continue
		}
		cl := client{address: clientAddress(m[1]), server: server}
		for _, f := range consField.FindAllStringSubmatch(m[2], -1) {
			cl.take(f[1], f[2])
		}
		if cl.id != 0 {
			into[cl.id] = cl
		}
	}
}

// take takes a field of a line of cons.
func (cl *client) take(name, value string) {
	switch name {
	case "sid":
		id, _ := strconv.ParseUint(value, 0, 64)
		cl.id = int64(id)
	case "est":
		if ms, err := strconv.ParseInt(value, 10, 64); err == nil && ms > 0 {
			cl.since = time.UnixMilli(ms)
		}
	case "to":
		ms, _ := strconv.ParseInt(value, 10, 32)
		cl.timeout = time.Duration(ms) * time.Millisecond
	}
}

// clientAddress is the address in what a server calls a client: Java puts a slash
// before it, and the host's name before that if it has one. It is "" if there is none.
func clientAddress(text string) string {
	if i := strings.LastIndexByte(text, '/'); i >= 0 {
		text = text[i+1:]
	}
	if !strings.Contains(text, ":") {
		return ""
	}
	return text
}

// clients asks every member of the ensemble who is connected to it, among them this
// shell's session. The error of missing tells of members that did not say, and of those
// that were not asked: a session that is not there may be with them. Of a state that is
// over it is the sessions that lived then.
func (c *Call) clients() (all clientSet, missing func() error) {
	if past, ok := c.pastClients(); ok {
		return past, func() error { return nil }
	}
	here := c.soonHere()
	answers := c.askAll("cons")
	if slices.ContainsFunc(answers, func(s said) bool { return s.problem() == nil }) {
		here() // where nobody answers it is with nobody
	}
	all = clientSet{}
	var errs []error
	for _, s := range answers {
		if err := s.problem(); err != nil {
			errs = append(errs, err)
			continue
		}
		parseCons(s.text, c.placeOf(s.member), all)
	}
	c.addSelf(answers, all)
	return all, func() error {
		if len(errs) < len(answers) {
			errs = append(errs, c.unasked(answers, len(errs) > 0))
		}
		return errors.Join(errs...)
	}
}

// soonHere begins to wait until this shell's session is there, which may have been begun
// just now, or is not to be waited for any longer.
func (c *Call) soonHere() (wait func()) {
	ctx, cancel := context.WithTimeout(c.ctx, session.MemberWait)
	within := *c
	within.ctx = ctx
	return fault.Go(func() {
		defer cancel()
		within.first()
	})
}

// addSelf asks once more where this shell's session has come only since.
func (c *Call) addSelf(answers []said, all clientSet) {
	zk := c.sh.Session()
	if zk == nil || zk.ID() == 0 {
		return
	}
	if _, known := all[zk.ID()]; known {
		return
	}
	for _, s := range answers {
		if s.problem() == nil && s.member.Server == zk.Server() {
			again := c.askEach([]session.Member{s.member}, "cons")[0]
			parseCons(again.text, c.placeOf(s.member), all)
		}
	}
}

// name is a session's id with its client's address, if that is known.
func (s clientSet) name(id int64) string {
	if cl, ok := s[id]; ok {
		return fmt.Sprintf("%s (%s)", hex(id), cl.address)
	}
	return hex(id)
}

var notAllowed = regexp.MustCompile(`is not executed because it is not in the whitelist`)

// noAddress is why the client of a session of the past is not told.
const noAddress = "Clients' addresses are not known: a server does not write them into its files. " +
	"log -session ID tells what a session did"

// pastClients are the sessions that lived when the state was that is shown; ok is
// false if it is not over.
func (c *Call) pastClients() (all clientSet, ok bool) {
	if c.sh.cfg.Past == nil || c.sh.ConnectString() != c.sh.cfg.Connect {
		return nil, false
	}
	all = clientSet{}
	for _, s := range c.sh.cfg.Past {
		all[s.ID] = client{id: s.ID, timeout: s.Timeout}
	}
	return all, true
}
