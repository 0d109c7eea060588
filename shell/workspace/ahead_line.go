package workspace

import (
	"context"
	"errors"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// An aheadLine is a line that is under way.
type aheadLine struct {
	p *pipeline
	*scriptLine
	zk       *session.Session
	run      *shell.Ahead
	passed   chan struct{} // closed once the next line may be sent
	pass     func()
	promoted chan struct{} // closed once all lines before have ended

	// Of its goroutine:

	speaks  bool  // what it puts out is for the stream
	retries bool  // it was not sent, and is run once more when its turn has come
	failed  error // of its request

	// With p.mu held:

	settled  bool         // it was answered, or has no request
	flushing bool         // what is held is on its way to the stream
	held     []shell.Item // what came before its answer, or before its turn
	after    []shell.Item // events that came after its answer
	size     int
}

// work runs the line.
func (l *aheadLine) work() {
	l.runs(false)
	out := l.outcome()
	l.flushAfter()
	l.p.s.endedAhead(l.Job, out)
	l.p.ends(l)
	l.pass()
}

// runs runs the command; waits is whether it waits for a connection.
func (l *aheadLine) runs(waits bool) {
	sent := l.pass
	if l.run.HoldsNext {
		sent = func() {}
	}
	l.run.Run(session.Ordered(l.ctx, &session.Order{Sent: sent, Replied: l.settle, Turn: l.turn, Waits: waits}))
}

// outcome is how the line has ended, once it has.
func (l *aheadLine) outcome() (out Outcome) {
	if l.retries {
		l.flush(func(it shell.Item) bool { return isEvent(&it) || it.Kind == shell.Lost })
		if out.Err = l.mayRetry(); out.Err != nil {
			out.Code = codeFailed
			return out
		}
		l.retries, l.run = false, l.run.Again()
		l.runs(true)
	}
	l.settle(0)
	l.speak()
	out.End = l.run.End()
	out.Code, out.Err = out.End.Code, l.concludes(out.End)
	return out
}

// mayRetry is why a line that was not sent cannot be run. Those before it have ended.
func (l *aheadLine) mayRetry() error {
	if err := l.mends(); err != nil {
		return err
	}
	if gone := l.expired(l.zk); gone != nil && l.in.shell.UsesSession(l.Text) {
		return gone
	}
	return nil
}

// settle notes that an answer is here, or none will be: what comes now stands behind the
// line.
func (l *aheadLine) settle(bytes int) {
	l.p.mu.Lock()
	l.settled = true
	l.size += bytes
	l.p.bytes += bytes
	l.p.mu.Unlock()
	l.pass()
}

// turn waits until the lines before have ended.
func (l *aheadLine) turn(err error) {
	l.failed = err
	if errors.Is(err, session.ErrNotSent) {
		l.retries = true
		<-l.promoted
		return
	}
	if isGone(err) {
		l.p.stop()
	}
	l.settle(0)
	l.speak()
}

// speak puts out what the line has held back, once its turn has come.
func (l *aheadLine) speak() {
	if l.speaks {
		return
	}
	<-l.promoted
	l.speaks = true
	l.run.Begin()
	l.flush(func(shell.Item) bool { return true })
}

// flush puts out what is held.
func (l *aheadLine) flush(which func(shell.Item) bool) {
	for {
		l.p.mu.Lock()
		batch := l.held
		l.held, l.flushing = nil, len(batch) > 0
		l.p.events -= countEvents(batch)
		l.p.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		for _, it := range batch {
			if which(it) {
				l.p.s.w.stream.Put(it)
			}
		}
	}
}

// puts takes what the line puts out.
func (l *aheadLine) puts(it shell.Item) {
	switch {
	case l.retries: // it will be put out again
	case l.speaks:
		l.p.s.w.stream.Put(it)
	default:
		l.p.mu.Lock()
		defer l.p.mu.Unlock()
		l.held = append(l.held, it)
	}
}

// concludes says what has become of a line that was sent, if its connection was lost, and
// finds out whether another may follow it.
func (l *aheadLine) concludes(end shell.Item) error {
	if end.Doubt != "" {
		l.put(shell.Item{Doubt: end.Doubt}, "%s: %s", l, end.Doubt)
	}
	if l.ctx.Err() != nil || l.in.shell.Session() != l.zk {
		return nil
	}
	switch {
	case isGone(l.failed):
		return l.expired(l.zk)
	case l.zk.ID() == 0 && l.zk.Expired() == nil:
		return nil // there never was a connection
	case isLoss(l.failed):
		if end.Doubt == "" && l.in.shell.Writes(l.Text) {
			l.put(shell.Item{}, "%s was not done, or not all of it: there was no connection", l)
		}
		l.breaks(end.Doubt != "")
	}
	return l.mends()
}

// isGone tells whether a request was refused since its session had expired.
func isGone(err error) bool {
	var gone *session.ExpiredError
	return errors.As(err, &gone)
}

// isLoss tells whether a request failed of its connection or session.
func isLoss(err error) bool {
	var e *wire.Error
	return session.IsLongReply(err) || errors.As(err, &e) && (e.Code == wire.ConnectionLoss || e.Code == wire.SessionExpired)
}

// breaks has no other line begin before those under way have ended.
func (l *aheadLine) breaks(doubt bool) {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	if !l.p.broken {
		l.p.broken, l.p.lost = true, l.scriptLine
	}
	if doubt {
		l.p.doubtful = append(l.p.doubtful, l.Number)
	}
}

// mends, for the last line that was under way when a connection was lost, says which were
// and waits for the connection to come back. The error says why the script cannot go on.
func (l *aheadLine) mends() error {
	p := l.p
	p.mu.Lock()
	last := p.broken && len(p.lines) == 1
	doubtful, lost := p.doubtful, p.lost
	if last {
		p.doubtful = nil
	}
	p.mu.Unlock()
	if !last {
		return nil
	}
	if len(doubtful) > 1 {
		l.put(shell.Item{}, "%s were under way when the connection was lost: whether they were done is not known", lineRanges(doubtful))
	}
	err := l.p.comesBack(l.ctx, lost, l.zk)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken, p.stopped = false, err != nil
	p.changed.Broadcast()
	return err
}

// comesBack waits for the connection that a line had lost, unless it is known why it does
// not come.
func (p *pipeline) comesBack(ctx context.Context, lost *scriptLine, zk *session.Session) error {
	if p.s.shell.HeldUp() {
		return nil
	}
	return lost.awaitConnection(ctx, zk)
}

// flushAfter puts out the events that came after the answer.
func (l *aheadLine) flushAfter() {
	l.p.mu.Lock()
	batch := l.after
	l.after = nil
	l.p.events -= countEvents(batch)
	l.p.mu.Unlock()
	for _, it := range batch {
		l.p.s.w.stream.Put(it)
	}
}
