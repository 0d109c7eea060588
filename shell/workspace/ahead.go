package workspace

import (
	"slices"
	"sync"

	"zoosh/shell"
)

// This file sends the requests of a script's lines before those in front of them are
// answered: ZooKeeper answers those of a session in their order. A line begins when the one
// before it has sent its request, or has none. It waits with its answer until that one has
// ended; from then on all is as if it had begun then.

// What may be under way.
const (
	linesUnderWay = 4096
	bytesUnderWay = 16 << 20 // of lines and of answers that wait
	eventsHeld    = 1 << 16
)

// LinesAhead is how many lines, and of how many bytes, may be handed over to be sent ahead
// before the first of them has ended.
const (
	LinesAhead = linesUnderWay + 16
	BytesAhead = bytesUnderWay
)

// A pipeline is the lines of a session that are under way.
type pipeline struct {
	s *Session

	mu       sync.Mutex // nobody waits while it is held; w.mu is not taken
	changed  sync.Cond  // lines, or broken
	lines    []*aheadLine
	bytes    int
	events   int         // that lines hold
	broken   bool        // a connection was lost with lines under way; the last of them finds out more
	stopped  bool        // the script cannot go on
	lost     *scriptLine // the first line whose request a broken connection had
	doubtful []int
}

func newPipeline(s *Session) *pipeline {
	p := &pipeline{s: s}
	p.changed.L = &p.mu
	return p
}

// ahead makes a run of a line that may be sent ahead; nil if it has to wait for those
// before it.
func (p *pipeline) ahead(j *Job) *aheadLine {
	s := p.s
	zk := s.shell.Session()
	if !s.w.sendsAhead() || j.Words != nil || zk == nil || zk.Expired() != nil || s.controls && s.shell.HeldUp() {
		return nil
	}
	l := &aheadLine{
		p: p, scriptLine: &scriptLine{s, j}, zk: zk, size: len(j.Text),
		passed: make(chan struct{}), promoted: make(chan struct{}),
	}
	l.pass = sync.OnceFunc(func() { close(l.passed) })
	l.run = s.shell.Ahead(j.Text, l.puts, func(text string) {
		l.puts(shell.Item{Kind: shell.Stderr, Text: s.w.cfg.Says + text + "\n"})
	})
	if l.run == nil {
		return nil
	}
	return l
}

// sendsAhead tells whether lines are sent ahead now: not while there are several sessions,
// whose answers have no order, and not for a recording.
func (w *Workspace) sendsAhead() bool {
	if !w.cfg.Ahead || w.Recording() != "" {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.all) == 1
}

// runAhead runs the lines of a script, from j on, until none waits.
func (s *Session) runAhead(j *Job) {
	for j != nil {
		s.keep(j)
		if l := s.lines.ahead(j); l != nil && s.lines.start(l) {
			<-l.passed
			j = s.handOn()
			continue
		}
		s.lines.wait()
		if s.stops(j) {
			return
		}
		code, err := (&scriptLine{s, j}).run(j.ctx)
		j = s.ended(j, code, err)
	}
}

// stops drops a line that has waited for the end of the script.
func (s *Session) stops(j *Job) bool {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.w.stopped == nil {
		return false
	}
	s.leave()
	s.w.dropped(j)
	return true
}

// leave has the next line begin without waiting for the end of the one that runs. w.mu is
// held.
func (s *Session) leave() {
	s.unwatch()
	s.running = nil
}

// handOn leaves a line that is under way, and begins the next one.
func (s *Session) handOn() *Job {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.leave()
	return s.next()
}

// start has a line begin once there is room for it; false if the script cannot go on.
func (p *pipeline) start(l *aheadLine) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.lines) > 0 && (p.broken || len(p.lines) >= linesUnderWay || p.bytes+l.size > bytesUnderWay) {
		p.changed.Wait()
	}
	if p.stopped {
		return false
	}
	p.lines = append(p.lines, l)
	p.bytes += l.size
	if len(p.lines) == 1 {
		close(l.promoted)
	}
	go l.work()
	return true
}

// stop has no other line begin.
func (p *pipeline) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
}

// wait waits until no line is under way.
func (p *pipeline) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.lines) > 0 {
		p.changed.Wait()
	}
}

// cancel breaks off what is under way.
func (p *pipeline) cancel() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.lines {
		l.cancel()
	}
}

// takes takes an event, which is put out at once or kept for its place: the output
// of the first line that is not answered, and behind that of all before.
func (p *pipeline) takes(it shell.Item) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.lines, func(l *aheadLine) bool { return !l.settled })
	switch {
	case len(p.lines) == 0, i == 0 && len(p.lines[0].held) == 0 && !p.lines[0].flushing:
		p.s.w.stream.Put(it) // which does not wait for an event
	case i < 0:
		last := p.lines[len(p.lines)-1]
		p.hold(&last.after, it)
	default:
		p.hold(&p.lines[i].held, it)
	}
}

// hold keeps an event, or counts it if there are too many. p.mu is held.
func (p *pipeline) hold(to *[]shell.Item, it shell.Item) {
	if p.events < eventsHeld {
		p.events++
		*to = append(*to, it)
		return
	}
	if n := len(*to); n > 0 && (*to)[n-1].Kind == shell.Lost {
		(*to)[n-1].Count++
		return
	}
	*to = append(*to, it.AsLost())
}

// ends takes a line out whose turn is over, once the events behind it are put out.
func (p *pipeline) ends(l *aheadLine) {
	for !p.leaves(l) {
		l.flushAfter()
	}
}

// leaves takes a line out if no event waits for its end.
func (p *pipeline) leaves(l *aheadLine) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(l.after) > 0 {
		return false
	}
	p.lines[0] = nil
	p.lines = p.lines[1:]
	p.bytes -= l.size
	if len(p.lines) > 0 {
		close(p.lines[0].promoted)
	}
	p.changed.Broadcast()
	return true
}

func countEvents(items []shell.Item) (n int) {
	for i := range items {
		if isEvent(&items[i]) {
			n++
		}
	}
	return n
}

func isEvent(it *shell.Item) bool { return it.Kind == shell.Watch || it.Kind == shell.State }

// endedAhead takes note of the end of a line that was under way.
func (s *Session) endedAhead(j *Job, out Outcome) {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	j.cancel()
	j.out = out
	if out.Err != nil {
		w.stopped = out.Err
		s.drop()
	}
	close(j.done)
}
