package shell

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
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

// consLine is a line of cons, such as
//
//	/127.0.0.1:4711[1](queued=0,recved=5,sent=5,sid=0x1…,lop=PING,est=1700000000000,to=30000,…)
var consLine = regexp.MustCompile(`^ ?/([^\[]*)\[\d+\]\((.*)\)\s*$`)

var consField = regexp.MustCompile(`(\w+)=([^,]*)`)

// parseCons reads what a server answers to cons. Connections without a session
// are left out.
func parseCons(text, server string, into clientSet) {
	for _, line := range regexp.MustCompile(`\r?\n`).Split(text, -1) {
		m := consLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		cl := client{address: m[1], server: server}
		for _, f := range consField.FindAllStringSubmatch(m[2], -1) {
			switch f[1] {
			case "sid":
				id, _ := strconv.ParseUint(f[2], 0, 64)
				cl.id = int64(id)
			case "est":
				ms, _ := strconv.ParseInt(f[2], 10, 64)
				cl.since = time.UnixMilli(ms)
			case "to":
				ms, _ := strconv.ParseInt(f[2], 10, 64)
				cl.timeout = time.Duration(ms) * time.Millisecond
			}
		}
		if cl.id != 0 {
			into[cl.id] = cl
		}
	}
}

// clients asks every server of the ensemble who is connected to it. The error
// tells of servers that did not say. Of a state that is over it is the sessions that
// lived then.
func (c *Call) clients() (clientSet, error) {
	if past, ok := c.pastClients(); ok {
		return past, nil
	}
	all := clientSet{}
	var errs []error
	for _, server := range c.servers() {
		answer, err := c.fourLetter(server, "cons")
		if err != nil {
			errs = append(errs, err)
			continue
		}
		parseCons(answer, server, all)
	}
	return all, errors.Join(errs...)
}

// name is a session's id with its client's address, if that is known.
func (s clientSet) name(id int64) string {
	if cl, ok := s[id]; ok {
		return fmt.Sprintf("%s (%s)", hex(id), cl.address)
	}
	return hex(id)
}

func (c *Call) servers() []string {
	c.sh.mu.Lock()
	defer c.sh.mu.Unlock()
	return slices.Clone(c.sh.servers)
}

var notAllowed = regexp.MustCompile(`is not executed because it is not in the whitelist`)

// fourLetter asks a server a four-letter word; a refusal is an error.
func (c *Call) fourLetter(server, word string) (string, error) {
	ctx, cancel := context.WithTimeout(c.ctx, c.sh.timeout())
	defer cancel()
	answer, err := c.sh.cfg.Security.FourLetter(ctx, server, word)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s does not answer %s: %w", server, word, err)
	case notAllowed.MatchString(answer):
		return "", fmt.Errorf("%s does not allow %s (its 4lw.commands.whitelist)", server, word)
	}
	return answer, nil
}

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
