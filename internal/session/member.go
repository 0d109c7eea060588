package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"zoosh/internal/fault"
)

const (
	// MemberWait is how long a member may keep those waiting who ask it: for the first
	// byte of its answer, and for each next one.
	MemberWait = 3 * time.Second
	// probeWait bounds each question that is to find out why there was no answer.
	probeWait = time.Second
)

// A Member is a server of an ensemble as a connect string names it, or one of those
// that the name there stands for.
type Member struct {
	Server  string // host:port
	Address string // ip:port, if the host stands for several; "" otherwise
}

// String is what the member is called.
func (m Member) String() string {
	if m.Address != "" {
		return fmt.Sprintf("%s (%s)", m.Server, m.Address)
	}
	return m.Server
}

// address is where it is reached.
func (m Member) address() string {
	if m.Address != "" {
		return m.Address
	}
	return m.Server
}

// LookupFunc finds the addresses of a host, as net.Resolver.LookupNetIP does for
// network "ip".
type LookupFunc func(ctx context.Context, host string) ([]netip.Addr, error)

func lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// Members are all that the servers of a connect string stand for: a name may have
// several addresses, each of a member of its own. A name that is not found is left to
// whoever connects to it. A nil find asks the resolver.
func Members(ctx context.Context, servers []string, find LookupFunc) (members []Member) {
	if find == nil {
		find = lookup
	}
	ctx, cancel := context.WithTimeout(ctx, probeWait)
	defer cancel()
	found, waits := make([][]Member, len(servers)), make([]func(), len(servers))
	for i, server := range servers {
		waits[i] = fault.Go(func() { found[i] = membersOf(ctx, server, find) })
	}
	for i, wait := range waits {
		wait()
		for _, m := range found[i] {
			if !slices.Contains(members, m) {
				members = append(members, m)
			}
		}
	}
	return members
}

func membersOf(ctx context.Context, server string, find LookupFunc) []Member {
	alone := []Member{{Server: server}}
	host, port, err := net.SplitHostPort(server)
	if err != nil || isAddr(host) {
		return alone
	}
	all, _ := find(ctx, host)
	// A host with an address of each family is one host, as localhost is.
	var of4, of6 []Member
	for _, ip := range all {
		m := Member{server, net.JoinHostPort(ip.Unmap().String(), port)}
		if ip.Unmap().Is4() {
			of4 = append(of4, m)
		} else {
			of6 = append(of6, m)
		}
	}
	several := of4
	if len(of6) > len(of4) {
		several = of6
	}
	if len(several) < 2 {
		return alone
	}
	slices.SortFunc(several, func(a, b Member) int { return strings.Compare(a.Address, b.Address) })
	return several
}

// Ask asks a member a four-letter word, and is for those who do not wait for one that
// hangs. The error says for people why there is no answer, and names the member.
func (sec Security) Ask(ctx context.Context, m Member, word string) (string, error) {
	probe, began := sec.probeTLS(ctx, m), time.Now()
	text, err := sec.ask(ctx, m, word, MemberWait)
	speaks := probe()
	var untrusted *TLSError
	var op *net.OpError
	switch {
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", ctx.Err()
	case err == nil && sec.TLS == nil && isAlert(text), err != nil && timedOut(err) && speaks:
		return "", &TLSError{Addr: m.String(), Why: plainToTLS}
	case err == nil && (text != "" || word == mayBeEmpty):
		return text, nil
	case err == nil, hungUp(err) && !errors.As(err, &untrusted):
		return "", sec.unanswered(ctx, m, word)
	case errors.As(err, &untrusted):
		return "", err
	case errors.As(err, &op) && op.Op == "dial" && timedOut(err):
		return "", fmt.Errorf("%s does not answer %s: there is no connection within %v", m, word, MemberWait)
	case ctx.Err() != nil && time.Since(began) > MemberWait+probeWait: // it is slow, and has not hung
		return "", fmt.Errorf("%s has not come to the end of its answer to %s within %v", m, word, time.Since(began).Round(time.Second))
	case timedOut(err):
		return "", fmt.Errorf("%s accepts connections but does not answer %s: nothing has come for %v", m, word, MemberWait)
	case errors.As(err, &op):
		return "", fmt.Errorf("%s does not answer %s: %w", m, word, plainCause(op))
	}
	return "", fmt.Errorf("%s does not answer %s: %w", m, word, err)
}

// probeTLS looks after a while whether the member wants TLS, which a client without it
// asks in vain: a TLS port waits for more than four letters. The function that it
// returns ends that, and tells what is known by then.
func (sec Security) probeTLS(ctx context.Context, m Member) (speaks func() bool) {
	if sec.TLS != nil {
		return func() bool { return false }
	}
	ctx, cancel := context.WithCancel(ctx)
	var found atomic.Bool
	probe := time.AfterFunc(probeWait, func() { found.Store(speaksTLS(ctx, m)) })
	return func() bool {
		probe.Stop()
		cancel()
		return found.Load()
	}
}

// mayBeEmpty is the word whose answer may have nothing in it.
const mayBeEmpty = "hash"

func timedOut(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

// plainCause is what lies below an error of package net, without the addresses.
func plainCause(op *net.OpError) error {
	var sys *os.SyscallError
	if errors.As(op.Err, &sys) {
		return sys.Err
	}
	return op.Err
}

// isAlert tells whether bytes from a server are a TLS alert.
func isAlert(text string) bool { return strings.HasPrefix(text, "\x15\x03") }

// NotServing tells whether an answer to a four-letter word is what a member says that
// has no quorum, or has just started.
func NotServing(answer string) bool {
	return strings.Contains(answer, "not currently serving requests")
}

// isReadOnly tells whether an answer to srvr is that of a member which is cut off from its
// quorum and only reads.
func isReadOnly(answer string) bool { return strings.Contains(answer, "Mode: read-only") }

// tooMany is the first of what it usually means that a server hangs up at once.
const tooMany = "it has as many connections from here as it takes (its maxClientCnxns)"

// unanswered is why a member has closed the connection without a byte.
func (sec Security) unanswered(ctx context.Context, m Member, word string) error {
	ctx, cancel := context.WithTimeout(ctx, probeWait)
	defer cancel()
	if sec.TLS == nil && speaksTLS(ctx, m) {
		return &TLSError{Addr: m.String(), Why: plainToTLS}
	}
	answer := ""
	if word != "srvr" {
		answer, _ = sec.ask(ctx, m, "srvr", 0)
	}
	why := "it answers srvr, so this is a word that it does not know or does not allow"
	if answer == "" {
		why = "perhaps " + tooMany + ", the word is not allowed there (4lw.commands.whitelist), " + sec.orTLS() + "or it is no ZooKeeper"
	}
	return fmt.Errorf("%s closed the connection without an answer to %s: %s", m, word, why)
}

// orTLS is what of a list of reasons is about TLS.
func (sec Security) orTLS() string {
	if sec.TLS != nil {
		return "this is the plain port, "
	}
	return "it wants TLS (-tls or -cacert turns it on), "
}

// unwelcome says what it usually means that a server has closed the connection of a
// session upon its first request, without a byte, as far as the server does not say
// itself when it is asked.
func (s *Session) unwelcome(addr string) string {
	ctx, cancel := context.WithTimeout(s.ctx, probeWait)
	defer cancel()
	sec := s.cfg.Security
	answer, err := sec.FourLetter(ctx, addr, "srvr")
	switch {
	case err == nil && NotServing(answer):
		return "it is not serving requests now: it has no quorum, or has just started"
	case err == nil && !s.cfg.ReadOnly && isReadOnly(answer):
		return "it is cut off from its quorum, and takes only sessions that will read (-r)"
	case err == nil && answer != "" && !isAlert(answer):
		return "it answers srvr, so perhaps " + tooMany + ", or it takes sessions only from those who log in"
	}
	return "perhaps " + tooMany + ", " + sec.orTLS() + "it has no quorum, or it is no ZooKeeper"
}
