package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"zoosh/internal/control"
	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// link is how the connection of a session is, in words and in colour.
type link struct {
	text  string
	tone  ui.Tone
	alarm bool // it is lost, or was refused: nobody may miss that
}

// linkOf looks at the session of a shell, and at the server if that is in this
// program's hand, without waiting for anything.
func linkOf(sh *shell.Shell) link {
	if why := sh.Failure(); why != nil {
		return link{text: "SERVER FAILED: " + shell.Printable(why.Error()), tone: ui.ToneBad, alarm: true}
	}
	l := linkOfSession(sh)
	if at := sh.Condition(); at != control.Running {
		l.text = "SERVER " + strings.ToUpper(at.String()) + ", " + l.text
		l.tone, l.alarm = ui.ToneBad, true
	}
	return l
}

func linkOfSession(sh *shell.Shell) link {
	zk := sh.Session()
	if zk == nil {
		return link{text: session.Closed.String(), tone: ui.ToneWarn}
	}
	state, why := zk.State(), ""
	if err := zk.LastError(); err != nil {
		why = ": " + shell.Printable(err.Error())
	}
	switch state {
	case session.Connected:
		return link{text: state.String(), tone: ui.ToneGood}
	case session.ConnectedReadOnly:
		return link{text: "CONNECTED, read-only", tone: ui.ToneWarn}
	case session.Closed:
		return link{text: state.String(), tone: ui.ToneWarn}
	case session.AuthFailed:
		return link{text: state.String() + why, tone: ui.ToneBad, alarm: true}
	}
	if zk.ID() != 0 {
		return link{text: "CONNECTION LOST" + why + ", trying again", tone: ui.ToneBad, alarm: true}
	}
	return link{text: state.String() + why, tone: ui.ToneWarn, alarm: why != ""}
}

// statusBar says how and where the session of the prompt stands: state, server,
// session id, dialect; or, for a while, what was last to say. The state always
// stays.
func (m *Model) statusBar() string {
	t := m.theme
	tab := m.sessions.Front()
	l := linkOf(tab.Shell)
	mark := t.Glyph.Bullet
	if l.tone == ui.ToneBad || l.alarm {
		mark = t.Glyph.Error
	}
	style := t.ToneBar(l.tone)
	notice := time.Now().Before(m.notice.until)
	if l.alarm && !notice {
		if m.readsOnly() {
			l.text = readOnlyMark + "  " + l.text
		}
		return style.Render(t.Fit(" "+mark+" "+l.text+"  "+m.where(tab.Shell)+m.sessionText(tab.Shell), m.width))
	}
	// The reason of a lost connection may be long; a notice has to fit beside it.
	state := " " + mark + " " + l.text + " "
	if room := max(12, m.width/2); ui.WidthOf(state) > room {
		state = t.Fit(state, room)
	}
	rest := max(0, m.width-ui.WidthOf(state))
	if notice {
		bar, sign := t.Status, ""
		if m.notice.bad {
			bar, sign = t.ToneBar(ui.ToneBad), t.Glyph.Error+" "
		}
		return style.Render(state) + bar.Render(t.Fit(" "+sign+m.notice.text, rest))
	}
	parts := []string{m.where(tab.Shell) + m.sessionText(tab.Shell)}
	if tab.Dialect != shell.Auto {
		parts = append(parts, "dialect "+tab.Dialect.String())
	}
	if m.ws.Recording() != "" {
		parts = append([]string{"REC"}, parts...)
	}
	if m.readsOnly() {
		parts = append([]string{readOnlyMark}, parts...)
	}
	if n := len(m.sessions.All()); n > 1 {
		parts = append(parts, fmt.Sprintf("%d sessions", n))
	}
	return style.Render(state) + m.statusStyle(tab.Shell).Render(t.Fit(" "+strings.Join(parts, "  "), rest))
}

// readOnlyMark says that this zoosh does not write, whatever the server would let it.
const readOnlyMark = "READ-ONLY"

// readsOnly tells whether the tab in front is kept from writing.
func (m *Model) readsOnly() bool {
	front := m.sessions.Front()
	return !front.Lesson && front.Shell.ReadsOnly()
}

// statusStyle is the look of the status line behind the state: that of the server
// it speaks of, if that has one.
func (m *Model) statusStyle(sh *shell.Shell) lipgloss.Style {
	if style, ok := m.theme.Marked[sh.Target().Colour]; ok {
		return style // of the profile that connect has named
	}
	style, ok := m.theme.Marked[m.cfg.StatusColor]
	if !ok || sh.ConnectString() != m.cfg.Shell.Connect {
		return m.theme.Status
	}
	return style
}

func (m *Model) sessionText(sh *shell.Shell) string {
	if zk := sh.Session(); zk != nil && zk.ID() != 0 {
		return fmt.Sprintf("  session 0x%x", uint64(zk.ID()))
	}
	return ""
}

// where names the server, and of an ensemble the member that is talked to.
func (m *Model) where(sh *shell.Shell) string {
	at := sh.ConnectString()
	text := at
	if place := sh.Place(); place != at {
		text = m.theme.Tail(ui.OneLine(place), max(12, m.width/3))
	}
	if zk := sh.Session(); zk != nil && zk.Server() != "" && strings.Contains(at, ",") {
		text = "ensemble " + at + ", member " + zk.Server()
		if ui.WidthOf(text) > m.width/2 { // the session and the rest are worth more
			text = fmt.Sprintf("member %s of %d", zk.Server(), strings.Count(at, ",")+1)
		}
	}
	if profile := sh.Target().ProfileName; profile != "" {
		text = profile + " " + text
	} else if m.cfg.Where != "" && at == m.cfg.Shell.Connect {
		text = m.cfg.Where + " " + text
	}
	return shell.Printable(text)
}

// keyBar is the keys that work here, those of the pane first. Help is always
// among them.
func (m *Model) keyBar() string {
	t := m.theme
	last := ""
	if a := m.actions[0]; a.Title == helpTitle && len(a.Keys) > 0 {
		last = m.keyItem(a)
	}
	var b strings.Builder
	used, room := 0, m.width-ui.WidthOf(last)
	for _, a := range m.keyed() {
		item := m.keyItem(a)
		if n := ui.WidthOf(item); used+n <= room {
			b.WriteString(item)
			used += n
		}
	}
	return t.Fit(b.String()+last, m.width)
}

// keyed is the actions for the line of keys: first those that are there for the
// moment only, as those are of what is open in the pane.
func (m *Model) keyed() []*ui.Action {
	var passing, always []*ui.Action
	mode := m.panes[m.focus].Mode()
	for _, where := range m.places() {
		for _, a := range m.actions {
			switch {
			case a.In != where || a.Short == "" || len(a.Keys) == 0 || a.Title == helpTitle:
			case a.Mode != ui.Normal:
				if where == m.focus && a.Mode == mode {
					passing = append(passing, a)
				}
			case a.When == nil:
				always = append(always, a)
			case a.When() && !slices.ContainsFunc(passing, func(b *ui.Action) bool { return b.Short == a.Short }):
				passing = append(passing, a)
			}
		}
	}
	return append(passing, always...)
}

// keyItem is a key and what it does; dim if that cannot be done now.
func (m *Model) keyItem(a *ui.Action) string {
	t, name := m.theme, ui.KeyName(a.Keys[0])
	if m.why(a) != "" {
		return t.Dim.Render(" " + name + " " + a.Short + " ")
	}
	return " " + t.Key.Render(name) + " " + a.Short + " "
}
