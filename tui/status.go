package tui

import (
	"fmt"
	"strings"
	"time"

	"zoosh/internal/session"
	"zoosh/shell"
)

// statusBar says where the session of the prompt stands: server, state, session
// id, dialect; or, for a while, what was last to say.
func (m *Model) statusBar() string {
	t := m.theme
	if time.Now().Before(m.notice.until) {
		style := t.status
		mark := " "
		if m.notice.bad {
			style, mark = t.bad.Reverse(true), " "+t.glyph.error+" "
		}
		return style.Render(t.fit(mark+m.notice.text, m.width))
	}
	tab := m.command.tab()
	parts := []string{m.where(tab.shell), stateText(tab.shell)}
	if zk := tab.shell.Session(); zk != nil && zk.ID() != 0 {
		parts = append(parts, fmt.Sprintf("session 0x%x", uint64(zk.ID())))
	}
	parts = append(parts, "dialect "+tab.dialect.String())
	return t.status.Render(t.fit(" "+strings.Join(parts, "  "), m.width))
}

// where names the server.
func (m *Model) where(sh *shell.Shell) string {
	at := sh.ConnectString()
	if m.cfg.Where != "" {
		return m.cfg.Where + " " + at
	}
	if zk := sh.Session(); zk != nil && zk.Server() != "" && zk.Server() != at {
		return at + " (" + zk.Server() + ")"
	}
	return at
}

func stateText(sh *shell.Shell) string {
	zk := sh.Session()
	if zk == nil {
		return session.Closed.String()
	}
	text := zk.State().String()
	if err := zk.LastError(); err != nil && zk.State() == session.Connecting {
		text += ": " + shell.Printable(err.Error())
	}
	return text
}

// keyBar is the keys that work here, those of the pane first.
func (m *Model) keyBar() string {
	t := m.theme
	var b strings.Builder
	for _, where := range []paneID{m.focus, anywhere} {
		for i := range actions {
			a := &actions[i]
			if a.in != where || a.short == "" || len(a.keys) == 0 {
				continue
			}
			item := " " + t.key.Render(keyName(a.keys[0])) + " " + a.short + " "
			if widthOf(b.String())+widthOf(item) > m.width {
				return t.fit(b.String(), m.width)
			}
			b.WriteString(item)
		}
	}
	return t.fit(b.String(), m.width)
}

// keyName is a key as people write it.
func keyName(key string) string {
	replacer := strings.NewReplacer("ctrl+", "^", "shift+", "S-", "alt+", "M-", "enter", "Enter",
		"pgup", "PgUp", "pgdown", "PgDn", "space", "Space", "tab", "Tab", "esc", "Esc",
		"up", "Up", "down", "Down", "left", "Left", "right", "Right", "home", "Home", "end", "End")
	if len(key) > 1 && key[0] == 'f' && key[1] >= '0' && key[1] <= '9' {
		return strings.ToUpper(key)
	}
	if strings.HasPrefix(key, "ctrl+") && len(key) == 6 {
		return "^" + strings.ToUpper(key[5:])
	}
	return replacer.Replace(key)
}
