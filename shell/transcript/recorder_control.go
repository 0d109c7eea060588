package transcript

import (
	"slices"
	"strings"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// This file is how commands that control the embedded server are recorded. A replay
// has other sessions, which go by their names in the page, and runs one line at a
// time: what has a line end that waited stands before it.

// An act is what a command of a unit does to the server.
type act struct {
	name    string // "" shows it
	session string // the word that names one
	rest    string // behind it
	of      bool   // the unit is such a command
	expired bool   // a session was seen to expire by it
}

// actOf reads the words of a line.
func actOf(words []string) act {
	name, ok := shell.ServerAct(words)
	a := act{name: name, of: ok}
	if words = append([]string{"server"}, shell.ServerArgs(words[min(1, len(words)):])...); ok && name != "" && len(words) > 2 {
		a.session, a.rest = words[2], strings.Join(words[3:], " ")
	}
	return a
}

// mends tells whether lines that waited may end by it.
func (a *act) mends() bool {
	return a.of && slices.Contains([]string{"resume", "start", "restart", "heal"}, a.name)
}

// expires tells whether a session ends by it, forgets whether all do.
func (a *act) expires() bool { return a.of && (a.name == "expire" || a.forgets()) }

func (a *act) forgets() bool { return a.of && a.session == "-forget" }

// controls takes note of a command that has begun. What runs meanwhile, and may only
// end by it, is to stand behind it.
func (r *Recorder) controls(u *unit, beside bool) {
	if !u.act.of {
		return
	}
	r.controlled = r.controlled || u.act.name != ""
	u.first = beside || u.act.mends()
	for _, p := range r.pending {
		if u.first && !p.done {
			p.after = append(p.after, u)
		}
	}
	for _, s := range r.sessions {
		s.doomed = s.doomed || u.act.forgets()
	}
}

// replayableAct is the line that does in a replay what a command did to the server,
// and has u say what that one will.
func (r *Recorder) replayableAct(u *unit, line string, it *shell.Item) (replayable, why string) {
	if !u.act.of || it.Code != 0 {
		return line, ""
	}
	if u.act.name == "" {
		u.output.Reset()
		u.anyOutput = true // another server, with other sessions
		return line, ""
	}
	named := u.session
	if it.Named != nil {
		if it.Named.Shell == "" {
			return "", "it is about a session that the page does not have"
		}
		named = r.session(it.Named.Shell)
	}
	if u.act.name == "expire" && !u.act.expired {
		named.doomed = true
	}
	if it.Named == nil {
		return line, ""
	}
	r.opens(named, u)
	word, ok := shell.Quote(named.name())
	if named.name() == it.Named.Word || !ok {
		return line, ""
	}
	u.session.count = -1
	said := strings.ReplaceAll(u.output.String(), "session "+it.Named.Word, "session "+named.name())
	u.output.Reset()
	u.output.WriteString(said)
	return strings.TrimRight("server "+u.act.name+" "+word+" "+u.act.rest, " "), ""
}

// opens has the page have a session before the unit that names it.
func (r *Recorder) opens(s *recorded, before *unit) {
	if s.shown {
		return
	}
	s.shown = true
	text := shell.FormatEvent(r.dialect, session.Event{State: wire.StateSyncConnected, Type: wire.EventNone, Zxid: -1})
	u := &unit{session: s, events: []shell.Item{{Kind: shell.State, Text: text}}, done: true, first: true}
	r.pending = slices.Insert(r.pending, slices.Index(r.pending, before), u)
}

// struck tells whether a session that expires does so by a command.
func (r *Recorder) struck(s *recorded) bool {
	for _, u := range r.pending {
		if !u.done && u.act.expires() {
			u.act.expired = true
			s.doomed = true
		}
	}
	doomed := s.doomed
	s.doomed = false
	return doomed
}

// byControl records an event of a connection as one that a replay sees too, if it is
// the doing of the commands that control the server.
func (r *Recorder) byControl(s *recorded, it shell.Item) bool {
	switch {
	case !r.controlled || s.changing:
		return false
	case it.Event.State == wire.StateExpired && !r.struck(s):
		return false // a replay is not as long about it: it has to be told
	case it.Event.State == wire.StateAuthFailed:
		return false
	}
	r.event(s, it)
	return true
}
