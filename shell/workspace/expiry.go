package workspace

import (
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// noteOf says what zkCli leaves to be guessed of a change of the connection: what went with
// a session that has expired and why, where that is known, and why a server has failed.
func noteOf(ev session.Event) string {
	note := ""
	if ev.State == wire.StateExpired {
		why := ""
		if ev.Err != nil {
			why = ": " + ev.Err.Error()
		}
		note = fmt.Sprintf("(session 0x%x is gone, and with it its ephemeral znodes and its watches%s)\n", uint64(ev.SessionID), why)
	}
	return note + shell.FailedNote(ev.Err)
}

// whatWent tells what a session has taken with it.
func whatWent(gone *session.ExpiredError) string {
	var watches []string
	for _, w := range gone.Watches {
		if !slices.Contains(watches, w.Path) {
			watches = append(watches, w.Path)
		}
	}
	var parts []string
	for _, p := range []struct {
		names []string
		what  string
	}{{gone.Ephemerals, "its ephemerals"}, {watches, "its watches on"}, {gone.Schemes, "its identities of scheme"}} {
		if len(p.names) > 0 {
			parts = append(parts, p.what+" "+someOf(p.names))
		}
	}
	if len(parts) == 0 {
		return "no ephemeral, watch or identity of the script's"
	}
	return strings.Join(parts, ", ")
}

// shownNames is how many names a message lists.
const shownNames = 5

func someOf(names []string) string {
	text := strings.Join(names[:min(len(names), shownNames)], " ")
	if more := len(names) - shownNames; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return shell.Printable(text)
}
