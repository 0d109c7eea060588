// Package znode is what several panes know and say of a znode: the name of an error, who
// owns it, which of ours have made it, and why it must not be touched through the
// session of the prompt. It asks nothing of a server.
package znode

import (
	"cmp"
	"errors"
	"fmt"

	"charm.land/lipgloss/v2"

	"zoosh/internal/wire"
	"zoosh/tui/ui"
	"zoosh/tui/ui/sessions"
)

// ErrorName is an error in a word, if ZooKeeper has one for it.
func ErrorName(err error) string {
	var e *wire.Error
	if errors.As(err, &e) {
		return e.Code.String()
	}
	return ui.OneLine(err.Error())
}

// Parent is the path above, "/" for the root.
func Parent(path string) string {
	if parent, _ := wire.SplitPath(path); parent != "" {
		return parent
	}
	return "/"
}

// Owner is the session that an ephemeral znode belongs to: by its name at the prompt and
// in its colour, if it is one of ours.
func Owner(all sessions.Sessions, t *ui.Theme, id int64) (name string, style lipgloss.Style, ours bool) {
	for _, s := range all.All() {
		if zk := s.Shell.Session(); zk != nil && zk.ID() == id {
			return ui.OneLine(cmp.Or(s.Title, s.Name)), t.Session(s.Number), true
		}
	}
	return fmt.Sprintf("0x%x", uint64(id)), t.Ephemeral, false
}

// Elsewhere says why a znode on a server must not be touched through the session of the
// prompt: that one may be on another server by now, with a znode of the same name. It is
// "" if it may be. server is a connect string, place what its user calls it.
func Elsewhere(front sessions.Session, server, place, follow string) string {
	switch {
	case front.Shell.Session() == nil:
		return "the session of the prompt is not open"
	case front.Busy:
		return "a command runs at the prompt"
	case server != front.Shell.ConnectString():
		return "the tree is of " + place + ", the prompt is not: " + follow + " lets the tree follow"
	}
	return ""
}
