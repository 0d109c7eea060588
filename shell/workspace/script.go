package workspace

import (
	"context"
	"errors"
	"fmt"

	"zoosh/internal/session"
	"zoosh/shell"
)

// A scriptLine is a line of a script, which is not to go on as if nothing had
// happened when its connection or its session is lost.
type scriptLine struct {
	in *Session
	*Job
}

// run runs the line if its session is there, and waits for the connection if that was
// lost meanwhile. The error says why the script cannot go on.
func (l *scriptLine) run(ctx context.Context) (code int, err error) {
	sh := l.in.shell
	zk := sh.Session()
	if zk == nil {
		return l.do(ctx), nil
	}
	was, before := zk.ID(), zk.Losses()
	if sh.UsesSession(l.Text) {
		if err := l.expired(zk); err != nil {
			return codeFailed, err
		}
	}
	code = l.do(ctx)
	if sh.Session() != zk || ctx.Err() != nil {
		return code, nil // the line has left the session
	}
	return code, l.settle(ctx, zk, was, before)
}

// codeFailed is zkCli's exit code of a command that failed.
const codeFailed = 1

// do runs the line, and says so if it is not known what it has done.
func (l *scriptLine) do(ctx context.Context) (code int) {
	code = l.in.shell.Run(ctx, l.Text)
	if doubt := l.in.shell.Doubt(); doubt != "" {
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
	case now.Lost == before.Lost, l.in.shell.HeldUp():
		return nil
	case was == 0 && zk.ID() == 0 && zk.Expired() == nil:
		return nil // there never was a connection
	}
	if now.Unknown == before.Unknown && l.in.shell.Writes(l.Text) {
		l.put(shell.Item{}, "%s was not done, or not all of it: there was no connection", l)
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

// shownLine is how much of a line a message repeats.
const shownLine = 60

// String names the line, without what may be a password.
func (l Line) String() string {
	text := shell.Printable(l.Text)
	if shell.Secret(text) {
		return fmt.Sprintf("line %d", l.Number)
	}
	if r := []rune(text); len(r) > shownLine {
		text = string(r[:shownLine]) + "…"
	}
	return fmt.Sprintf("line %d (%s)", l.Number, text)
}

// put puts a message among what comes out, past the recording.
func (l *scriptLine) put(it shell.Item, format string, args ...any) {
	it.Kind, it.Text = shell.Stderr, l.in.w.cfg.Says+fmt.Sprintf(format, args...)+"\n"
	l.in.w.Put(it)
}
