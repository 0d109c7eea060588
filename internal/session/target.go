package session

import (
	"slices"
	"time"
)

// A Target says where an ensemble is, how it is reached and as whom. It is made once,
// from flags or a profile, and handed on whole: to shells, the tree, lessons,
// transcripts, the other side of a comparison.
type Target struct {
	// Connect is zkCli's connect string: host:port,…/chroot.
	Connect string
	// Place is what people know it as; "" if by its address.
	Place string
	// Timeout is that of sessions, as asked for; 0 is DefaultTimeout.
	Timeout time.Duration
	// Security is TLS and who the sessions are.
	Security Security
	// Auth is the identities that the sessions have from the start. No other server
	// gets to see them: see To.
	Auth []Credential
	// MaxRequest is the longest request to send, in bytes: see Config.
	MaxRequest int
	// Limits bound what the servers can cost.
	Limits Limits
	// Window is how much may be under way: see Config.
	Window int
	// ReadOnly accepts a server that is cut off from its quorum.
	ReadOnly bool
	// NoWrites refuses every request that writes: see Config.
	NoWrites bool

	// Of a profile:

	ProfileName string   // "" if it is none
	Colour      string   // of the status line
	Remarks     []string // what is to be known about it, a sentence each
}

// Config is the configuration of a session there, or why the connect string is none.
func (t Target) Config() (Config, error) {
	servers, chroot, err := ParseConnect(t.Connect)
	return Config{
		Servers: servers, Chroot: chroot, Timeout: t.Timeout, Security: t.Security, Auth: t.Auth,
		MaxRequest: t.MaxRequest, Limits: t.Limits, Window: t.Window, ReadOnly: t.ReadOnly, NoWrites: t.NoWrites,
	}, err
}

// To is another connect string, reached in the same way. The identities stay behind
// unless all of its servers are the target's.
func (t Target) To(connect string) (Target, error) {
	servers, _, err := ParseConnect(connect)
	if err != nil {
		return Target{}, err
	}
	own, _, err := ParseConnect(t.Connect)
	if err != nil || slices.ContainsFunc(servers, func(s string) bool { return !slices.Contains(own, s) }) {
		t.Auth = nil
	}
	if connect != t.Connect {
		t.Place, t.ProfileName = "", ""
	}
	t.Connect = connect
	return t, nil
}
