package window

import (
	"cmp"
	"time"
)

const (
	// first is the size to begin with, and least the smallest, for a server that has much
	// else to do: of operations of which a request has many, what takes a server a tenth
	// of a millisecond. firstSingly and leastSingly are those of requests of one operation.
	first, least             = 64, 64
	firstSingly, leastSingly = 32, 16
	// most is the largest: with a round trip of 160 ms, 25,000 operations a second.
	most = 4096
	// step is how much the size grows at a time, once it has been too large.
	step = 8
)

const (
	// twice: answers may be twice as late as on an idle server where those come within
	// this time, and this much later and a sixteenth where they take longer.
	twice = 20 * time.Millisecond
	// slack is how much later they may be at any rate: on the same machine the clients
	// take longer than the server.
	slack = 250 * time.Microsecond
	// slackSingly is the same for requests of one operation. Those of a connection a
	// server reads one by one, so that they wait in the connection, in nobody's way.
	slackSingly = 2 * time.Millisecond
	// stale is for how long the shortest round trip is believed. Roads change.
	stale = 30 * time.Second
)

// A Law is how many operations may be under way, as the answers so far have it. The zero
// value begins.
type Law struct {
	singly bool // they are those of requests of one operation
	size   int
	// shortest is the shortest round trip, 0 if there was none yet: that of a server
	// which has nothing else to do. It is of seen.
	shortest time.Duration
	seen     time.Time
	shrunk   bool // it has been too large: it grows by steps
	// since: what was sent before tells of a size that is no more.
	since    time.Time
	answered time.Time // when the last answer came
	round    round
	// probing is the size to go back to, while a small one finds out what the shortest
	// round trip is now; 0 otherwise.
	probing int
	before  time.Duration // the shortest round trip before that
}

// A round is over when as many operations are answered as may be under way.
type round struct {
	operations int
	fastest    time.Duration
	full       bool // there was more to send than there was room for
}

// Size is how many operations may be under way.
func (l *Law) Size() int {
	switch {
	case l.size == 0 && l.singly:
		return firstSingly
	case l.size == 0:
		return first
	}
	return l.size
}

// least is how small the size may become.
func (l *Law) least() int {
	if l.singly {
		return leastSingly
	}
	return least
}

// RoundTrip is the shortest one, as far as it is known; 0 if there was none yet.
func (l *Law) RoundTrip() time.Duration { return cmp.Or(l.shortest, l.before) }

// Begin notes that something is sent while nothing is under way. After a long time what
// was learned holds no more.
func (l *Law) Begin(now time.Time) {
	if !l.answered.IsZero() && now.Sub(l.answered) > stale {
		*l = Law{singly: l.singly}
	}
}

// Answered takes an answer into account: to so many operations, sent and answered then.
// full tells that more was to be sent than there was room for.
func (l *Law) Answered(operations int, sent, now time.Time, full bool) {
	l.answered = now
	if sent.Before(l.since) {
		return
	}
	took := max(now.Sub(sent), 1)
	if l.shortest == 0 || took <= l.shortest {
		l.shortest, l.seen = took, now
	}
	if l.round.operations == 0 || took < l.round.fastest {
		l.round.fastest = took
	}
	l.round.operations += operations
	l.round.full = l.round.full || full
	if l.round.operations >= l.Size() {
		l.decide(now)
		l.round = round{}
	}
}

// Refused shrinks, as the server has said that it has too much to do.
func (l *Law) Refused(now time.Time) {
	l.answered = now
	l.shrink(now)
}

// decide ends a round. The fastest answer of it tells best how long the others had to
// wait: what made it slower made all of them slower.
func (l *Law) decide(now time.Time) {
	late := l.round.fastest - l.shortest
	switch {
	case l.probing > 0:
		l.endProbe()
	case late > l.tolerance(l.shortest):
		l.shrink(now)
	case l.round.full && l.shrunk:
		l.size = min(l.Size()+step, most)
	case l.round.full:
		l.size = min(2*l.Size(), most)
	}
	if now.Sub(l.seen) > stale {
		l.probe(now)
	}
}

// tolerance is how much later than the shortest round trip answers may come.
func (l *Law) tolerance(shortest time.Duration) time.Duration {
	switch {
	case shortest > twice:
		return twice + (shortest-twice)/16
	case l.singly:
		return max(shortest, slackSingly)
	}
	return max(shortest, slack)
}

func (l *Law) shrink(now time.Time) {
	l.size, l.shrunk = max(l.Size()*3/4, l.least()), true
	l.settle(now)
}

// settle looks only at what is sent from now on.
func (l *Law) settle(now time.Time) { l.since, l.round = now, round{} }

// probe makes room on the server, to see how fast it is without us.
func (l *Law) probe(now time.Time) {
	l.probing, l.before = l.Size(), l.shortest
	l.size, l.shortest, l.seen = l.least(), 0, now
	l.settle(now)
}

// endProbe goes back to the size before, if the road is the same; else what that was has
// to be found out anew.
func (l *Law) endProbe() {
	if l.shortest <= l.before+l.tolerance(l.before) && l.before <= l.shortest+l.tolerance(l.shortest) {
		l.size = l.probing
	} else {
		l.shrunk = false
	}
	l.probing = 0
}
