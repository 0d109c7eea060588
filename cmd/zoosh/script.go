package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/session"
	"zoosh/shell"
)

// A scriptLine is a line of a script, which is not to go on as if nothing had
// happened when its connection or its session is lost.
type scriptLine struct {
	sessions *sessions
	shell    *shell.Shell
	number   int
	text     string
}

// run runs the line if its session is there, and waits for the connection if that was
// lost meanwhile. The error says why the script cannot go on.
func (l *scriptLine) run(ctx context.Context, line string) (code int, err error) {
	zk := l.shell.Session()
	if zk == nil {
		return l.do(ctx, line), nil
	}
	was, before := zk.ID(), zk.Losses()
	if l.shell.UsesSession(line) {
		if err := l.expired(zk); err != nil {
			return codeFailed, err
		}
	}
	code = l.do(ctx, line)
	if l.shell.Session() != zk || ctx.Err() != nil {
		return code, nil // the line has left the session
	}
	return code, l.settle(ctx, zk, was, before)
}

// do runs the line, and says so if it is not known what it has done.
func (l *scriptLine) do(ctx context.Context, line string) (code int) {
	code = l.shell.Run(ctx, line)
	if doubt := l.shell.Doubt(); doubt != "" {
		l.put(shell.Item{Doubt: doubt}, "%s: %s", l, doubt)
	}
	return code
}

// settle finds out what the loss of a connection in the course of the line has come
// to: another may follow it only if the session is still there.
func (l *scriptLine) settle(ctx context.Context, zk *session.Session, was int64, before session.Losses) error {
	now := zk.Losses()
	switch {
	case now.Refused > before.Refused:
		return l.expired(zk)
	case now.Lost == before.Lost, l.shell.HeldUp():
		return nil
	case was == 0 && zk.ID() == 0 && zk.Expired() == nil:
		return nil // there never was a connection
	}
	if now.Unknown == before.Unknown && l.shell.Writes(l.text) {
		l.say("%s was not done, or not all of it: there was no connection", l)
	}
	return l.awaitConnection(ctx, zk)
}

// awaitConnection waits for the connection to come back, as long as the session may
// last without one.
func (l *scriptLine) awaitConnection(ctx context.Context, zk *session.Session) error {
	limit := zk.NegotiatedTimeout()
	wait, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := zk.WaitConnected(wait)
	if gone := l.expired(zk); gone != nil {
		return gone
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, session.ErrClosed) {
		return nil
	}
	why := ""
	if last := zk.LastError(); last != nil {
		why = ": " + shell.Printable(last.Error())
	}
	return fmt.Errorf("the script ends at %s: the connection did not come back within %v%s", l, limit, why)
}

// expired is why the line cannot be run on the session, nil if that is still there.
func (l *scriptLine) expired(zk *session.Session) error {
	gone := zk.Expired()
	if gone == nil {
		return nil
	}
	why := ""
	if gone.Why != nil {
		why = " (" + shell.Printable(gone.Why.Error()) + ")"
	}
	return fmt.Errorf("the script ends at %s, which could not be run: %v%s, and with it went %s; -new-session goes on in a new one",
		l, gone, why, whatWent(gone))
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

// shownLine is how much of a line a message repeats.
const shownLine = 60

// String names the line, without what may be a password.
func (l *scriptLine) String() string {
	text := shell.Printable(l.text)
	if shell.Secret(text) {
		return fmt.Sprintf("line %d", l.number)
	}
	if r := []rune(text); len(r) > shownLine {
		text = string(r[:shownLine]) + "…"
	}
	return fmt.Sprintf("line %d (%s)", l.number, text)
}

// say puts a message among what comes out, past the recording.
func (l *scriptLine) say(format string, args ...any) { l.put(shell.Item{}, format, args...) }

func (l *scriptLine) put(it shell.Item, format string, args ...any) {
	it.Kind, it.Text = shell.Stderr, "zoosh: "+fmt.Sprintf(format, args...)+"\n"
	l.sessions.stream.Put(it)
}
