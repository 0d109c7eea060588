package shell

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"zoosh/internal/control"
)

// This file shows what the embedded server is.

// serverLine is the server, as JSON has it.
type serverLine struct {
	Server   string              `json:"server"`
	State    string              `json:"state"`
	Failure  string              `json:"failure,omitempty"`
	Mode     string              `json:"mode"`
	Zxid     string              `json:"zxid"`
	Znodes   int                 `json:"znodes"`
	AheadMS  int64               `json:"clockAheadMs"`
	Sessions []serverSessionLine `json:"sessions"`
}

type serverSessionLine struct {
	Session    string `json:"session"`
	Name       string `json:"name,omitempty"`
	Own        bool   `json:"own,omitempty"`
	For        string `json:"for,omitempty"`
	Over       bool   `json:"over,omitempty"`
	TimeoutMS  int64  `json:"timeoutMs,omitempty"`
	Client     string `json:"client,omitempty"`
	Ephemerals int    `json:"ephemerals"`
	DelayMS    int64  `json:"delayMs,omitempty"`
	Cut        bool   `json:"cut,omitempty"`
}

// serverMode is what an embedded server is.
func serverMode(st *control.Status) string {
	if st.DataDir == "" {
		return "standalone, in memory"
	}
	return "standalone, in " + st.DataDir
}

// stateText is the condition, with why it is that if there is a reason.
func stateText(st *control.Status) string {
	if st.Failure != nil {
		return fmt.Sprintf("%v: %v", st.Condition, st.Failure)
	}
	return st.Condition.String()
}

// A serverStatus is what the embedded server is, and who is connected to it.
type serverStatus struct {
	control.Status
	sessions []serverSession
}

// A serverSession is a session of the embedded server, and what it is to this program.
type serverSession struct {
	control.Session
	name, purpose string
	own           bool
}

func (c *Call) serverStatus(st control.Status) *serverStatus {
	out := &serverStatus{Status: st}
	for _, s := range st.Sessions {
		out.sessions = append(out.sessions, serverSession{s, c.sh.nameOf(s.ID), c.sh.aides()[s.ID], c.owns(s.ID)})
	}
	return out
}

func (st *serverStatus) text(w *textOut) {
	sessions := 0
	for _, s := range st.sessions {
		if !s.Over {
			sessions++
		}
	}
	clock := "the system's"
	if st.Ahead > 0 {
		clock = fmt.Sprintf("%v ahead of the system's", st.Ahead)
	}
	for _, row := range [][2]string{
		{"server", st.Addr}, {"mode", serverMode(&st.Status)}, {"state", stateText(&st.Status)}, {"zxid", hex(st.Zxid)},
		{"znodes", strconv.Itoa(st.Znodes)}, {"clock", clock}, {"sessions", strconv.Itoa(sessions)},
	} {
		w.outln("%-9s %s", row[0], row[1])
	}
	for _, s := range st.sessions {
		w.outln("  %s", strings.Join(s.words(), "  "))
	}
}

func (st *serverStatus) objects() iter.Seq[any] {
	line := serverLine{
		Server: st.Addr, State: st.Condition.String(), Mode: serverMode(&st.Status), Zxid: hex(st.Zxid), Znodes: st.Znodes,
		AheadMS: st.Ahead.Milliseconds(), Sessions: []serverSessionLine{},
	}
	if st.Failure != nil {
		line.Failure = st.Failure.Error()
	}
	for _, s := range st.sessions {
		line.Sessions = append(line.Sessions, serverSessionLine{
			Session: hex(s.ID), Name: s.name, Own: s.own, For: s.purpose, Over: s.Over, TimeoutMS: s.Timeout.Milliseconds(),
			Client: s.Client, Ephemerals: s.Ephemerals, DelayMS: s.Delay.Milliseconds(), Cut: s.Cut,
		})
	}
	return one(line)
}

// words tells of a session in the list.
func (s *serverSession) words() []string {
	text := []string{hex(s.ID)}
	if s.name != "" {
		text = append(text, s.name)
	}
	if s.own {
		text = append(text, "(this one)")
	}
	if s.purpose != "" {
		text = append(text, "("+s.purpose+")")
	}
	if wrong := lineText(s.Session); wrong != "" {
		text = append(text, wrong)
	}
	switch {
	case s.Over:
		text = append(text, "over")
	case s.Client == "":
		text = append(text, fmt.Sprintf("timeout %v", s.Timeout), "not connected")
	default:
		text = append(text, fmt.Sprintf("timeout %v", s.Timeout))
	}
	if s.Session.Ephemerals > 0 {
		text = append(text, fmt.Sprintf("ephemerals %d", s.Session.Ephemerals))
	}
	if s.Client != "" && s.foreign() {
		text = append(text, "client "+s.Client)
	}
	return text
}

// foreign tells whether a session is none of this program.
func (s *serverSession) foreign() bool { return !s.own && s.name == "" && s.purpose == "" }

func (c *Call) owns(id int64) bool {
	zk := c.sh.Session()
	return zk != nil && zk.ID() == id
}

// aides is what zoosh's own sessions are for, by their ids.
func (sh *Shell) aides() map[int64]string {
	if sh.cfg.Aides == nil {
		return nil
	}
	return sh.cfg.Aides()
}

// nameOf is what a session is called here, "" if it has no name.
func (sh *Shell) nameOf(id int64) string {
	name := ""
	for n, sh := range sh.peers() {
		if zk := sh.Session(); zk != nil && zk.ID() == id && (name == "" || n > name) {
			name = n // of a tab's number and its title the title
		}
	}
	return name
}

// A serverActed is what was done to the embedded server, or to the line of a session.
type serverActed struct {
	act
	Act      string `json:"act"`
	Session  string `json:"session,omitempty"`
	DelayMS  *int64 `json:"delayMs,omitempty"`
	Sessions *int   `json:"sessions,omitempty"` // of heal all: how many
	Forget   bool   `json:"forget,omitempty"`
	AheadMS  *int64 `json:"clockAheadMs,omitempty"`
	Deleted  int    `json:"deleted,omitempty"` // of clock: znodes that are overdue by it
	says     string
}

// acted yields what was done, in words for text.
func (c *Call) acted(did serverActed, format string, args ...any) error {
	did.act, did.Act, did.says = c.act(""), c.args[0], fmt.Sprintf(format, args...)
	return c.yield(&did)
}

// did is what was done to a session.
func (t target) did() serverActed { return serverActed{Session: hex(t.id)} }

func (a *serverActed) text(w *textOut) { w.note("%s", a.says) }

func (a *serverActed) objects() iter.Seq[any] { return one(a) }
