package shell

import (
	"fmt"
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

func (c *Call) showServer(ct Control) error {
	st := ct.Status()
	if c.asJSON {
		return c.object(c.serverJSON(st))
	}
	p := c.printer()
	defer p.flush()
	sessions := 0
	for _, s := range st.Sessions {
		if !s.Over {
			sessions++
		}
	}
	clock := "the system's"
	if st.Ahead > 0 {
		clock = fmt.Sprintf("%v ahead of the system's", st.Ahead)
	}
	for _, row := range [][2]string{
		{"server", st.Addr}, {"mode", serverMode(&st)}, {"state", stateText(&st)}, {"zxid", hex(st.Zxid)},
		{"znodes", strconv.Itoa(st.Znodes)}, {"clock", clock}, {"sessions", strconv.Itoa(sessions)},
	} {
		p.line("%-9s %s", row[0], row[1])
	}
	for _, s := range st.Sessions {
		p.line("  %s", strings.Join(c.sessionWords(s), "  "))
	}
	return nil
}

// sessionWords tells of a session in the list.
func (c *Call) sessionWords(s control.Session) []string {
	text := []string{hex(s.ID)}
	if name := c.sh.nameOf(s.ID); name != "" {
		text = append(text, name)
	}
	if c.owns(s.ID) {
		text = append(text, "(this one)")
	}
	if purpose := c.sh.aides()[s.ID]; purpose != "" {
		text = append(text, "("+purpose+")")
	}
	if wrong := lineText(s); wrong != "" {
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
	if s.Ephemerals > 0 {
		text = append(text, fmt.Sprintf("ephemerals %d", s.Ephemerals))
	}
	if s.Client != "" && c.foreign(s.ID) {
		text = append(text, "client "+s.Client)
	}
	return text
}

// foreign tells whether a session is none of this program.
func (c *Call) foreign(id int64) bool {
	return !c.owns(id) && c.sh.nameOf(id) == "" && c.sh.aides()[id] == ""
}

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

func (c *Call) serverJSON(st control.Status) serverLine {
	line := serverLine{
		Server: st.Addr, State: st.Condition.String(), Mode: serverMode(&st), Zxid: hex(st.Zxid), Znodes: st.Znodes,
		AheadMS: st.Ahead.Milliseconds(), Sessions: []serverSessionLine{},
	}
	if st.Failure != nil {
		line.Failure = st.Failure.Error()
	}
	for _, s := range st.Sessions {
		line.Sessions = append(line.Sessions, serverSessionLine{
			Session: hex(s.ID), Name: c.sh.nameOf(s.ID), Own: c.owns(s.ID), For: c.sh.aides()[s.ID], Over: s.Over, TimeoutMS: s.Timeout.Milliseconds(),
			Client: s.Client, Ephemerals: s.Ephemerals, DelayMS: s.Delay.Milliseconds(), Cut: s.Cut,
		})
	}
	return line
}
