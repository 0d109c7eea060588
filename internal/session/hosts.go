package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"zoosh/internal/fault"
	"zoosh/internal/wire"
)

const defaultPort = 2181

// ParseConnect splits zkCli's connect string, "host:port,host:port/chroot", the
// way ZooKeeper's ConnectStringParser does: the port is 2181 if it is left out,
// empty entries and spaces around entries are ignored, an IPv6 address may stand
// in brackets, and without them what follows the last colon is the port (unless
// only the whole is an address). Each server is returned as host:port. A chroot
// of "/" is none.
func ParseConnect(s string) (servers []string, chroot string, err error) {
	hosts := s
	if i := strings.IndexByte(s, '/'); i >= 0 {
		hosts, chroot = s[:i], s[i:]
		if chroot == "/" {
			chroot = ""
		} else if err := wire.ValidatePath(chroot); err != nil {
			return nil, "", fmt.Errorf("chroot %q: %w", chroot, err)
		}
	}
	for entry := range strings.SplitSeq(hosts, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		server, err := parseServer(entry)
		if err != nil {
			return nil, "", err
		}
		servers = append(servers, server)
	}
	if len(servers) == 0 {
		return nil, "", fmt.Errorf("no server in %q, want host:port,host:port/chroot", s)
	}
	return servers, chroot, nil
}

// parseServer makes host:port of one entry.
func parseServer(entry string) (string, error) {
	host, port, err := splitServer(entry)
	if err != nil {
		return "", err
	}
	if host == "" {
		return "", fmt.Errorf("server %q has no host", entry)
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '[' || r == ']' }) {
		return "", fmt.Errorf("server %q: %q is no host", entry, host)
	}
	n := uint64(defaultPort)
	if port != "" {
		if n, err = strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", fmt.Errorf("server %q: the port %q is no number from 1 to 65535", entry, port)
		}
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

// splitServer finds host and port, which is "" if it is left out.
func splitServer(entry string) (host, port string, err error) {
	if rest, ok := strings.CutPrefix(entry, "["); ok {
		host, rest, ok = strings.Cut(rest, "]")
		switch {
		case !ok:
			return "", "", fmt.Errorf("server %q starts with '[' but has no ']'", entry)
		case rest == "":
			return host, "", nil
		case rest[0] != ':':
			return "", "", fmt.Errorf("server %q has no ':' after ']'", entry)
		case rest == ":":
			return "", "", fmt.Errorf("server %q has no port after the colon", entry)
		}
		return host, rest[1:], nil
	}
	i := strings.LastIndexByte(entry, ':')
	if i < 0 {
		return entry, "", nil
	}
	host, port = entry[:i], entry[i+1:]
	if strings.Contains(host, ":") && !isAddr(host) {
		if isAddr(entry) {
			return entry, "", nil
		}
		return "", "", fmt.Errorf("server %q is neither host:port nor an IPv6 address", entry)
	}
	return host, port, nil
}

func isAddr(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// Resolve finds out whether the name of any of the servers stands for an address now.
// The error is that of the first.
func Resolve(ctx context.Context, servers []string) error {
	found := make(chan error, len(servers))
	for _, server := range servers {
		host, _, err := net.SplitHostPort(server)
		if err != nil {
			return err
		}
		go func() {
			found <- fault.Do(func() error {
				_, err := net.DefaultResolver.LookupHost(ctx, host)
				return err
			})
		}()
	}
	var first error
	for range servers {
		err := <-found
		if err == nil {
			return nil
		}
		first = cmp.Or(first, err)
	}
	return first
}

// flapping is how long a connection must have held for the next attempt to
// start without a pause.
const flapping = time.Second

// hosts is the library's HostProvider. Unlike the library's own it keeps names
// instead of addresses, so that a name is resolved whenever it is dialed. The
// library has shuffled the servers before Init, and it waits a second when Next
// says that a round is over.
type hosts struct {
	mu        sync.Mutex
	servers   []string
	curr      int       // index of the server Next gave last, -1 at first
	last      int       // where the round began, -1 at first
	since     time.Time // when curr was connected, zero if it was not
	atOnce    bool      // the next attempt need not wait
	preferred string    // to be tried next, if not ""
	stopped   bool
}

// Init implements zk.HostProvider.
func (h *hosts) Init(servers []string) error {
	if len(servers) == 0 {
		return errors.New("no servers")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.servers = append([]string(nil), servers...)
	h.curr, h.last = -1, -1
	return nil
}

// Len implements zk.HostProvider.
func (h *hosts) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.servers)
}

// Next implements zk.HostProvider.
func (h *hosts) Next() (server string, retryStart bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.curr = (h.curr + 1) % len(h.servers)
	for i, s := range h.servers {
		if s == h.preferred {
			h.curr = i
		}
	}
	// Servers that take a connection only to drop it must not be tried in a
	// circle without end: each of them would begin a new round.
	drops := !h.since.IsZero() && time.Since(h.since) < flapping
	wait := h.stopped || (h.curr == h.last || drops) && !h.atOnce
	if h.last == -1 {
		h.last = 0
	}
	h.since, h.atOnce, h.preferred = time.Time{}, false, ""
	return h.servers[h.curr], wait
}

// Connected implements zk.HostProvider.
func (h *hosts) Connected() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = h.curr
	h.since = time.Now()
}

// hurry lets the next attempt start without a pause, at the server preferred if
// that is not "". It is for when the connection ended for a reason that cannot
// come up again at once.
func (h *hosts) hurry(preferred string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.atOnce, h.preferred = true, preferred
}

// stop makes every further Next announce a pause, in which the library notices
// that it is to quit.
func (h *hosts) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
}
