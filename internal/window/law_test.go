package window

import (
	"testing"
	"time"
)

const (
	us = time.Microsecond
	ms = time.Millisecond
)

// A world is a server that does one operation after the other, at the end of a road, and
// a client that always has something to send; its clock is a number.
type world struct {
	road  time.Duration // a round trip on it
	each  time.Duration // how long an operation takes
	other time.Duration // how long the server is busy with others before each request
	batch int           // operations in a request; 0 is what suits the size
}

// under plays until a moment and returns how many were answered, and how long the last
// requests took.
func (w world) under(l *Law, from, until time.Time) (answered int, took time.Duration) {
	type flight struct {
		sent, back time.Time
		operations int
	}
	var flights []flight
	now, free, underWay := from, from, 0
	for now.Before(until) {
		for {
			n := w.batch
			if n == 0 {
				n = max(l.Size()/3, 1)
			}
			if underWay > 0 && underWay+n > l.Size() {
				break
			}
			if underWay == 0 {
				l.Begin(now)
			}
			begin := now.Add(w.road / 2)
			if begin.Before(free) {
				begin = free
			}
			free = begin.Add(w.other + time.Duration(n)*w.each)
			flights = append(flights, flight{now, free.Add(w.road / 2), n})
			underWay += n
		}
		f := flights[0] // they come in order
		flights = flights[1:]
		now, underWay, answered, took = f.back, underWay-f.operations, answered+f.operations, f.back.Sub(f.sent)
		l.Answered(f.operations, f.sent, now, true)
	}
	return answered, took
}

var dawn = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// TestLaw plays what there is of servers and roads. A second of it is enough to find the
// size, two and a half with a long road.
func TestLaw(t *testing.T) {
	for name, test := range map[string]struct {
		w           world
		least, most int           // the size after some time
		rate        int           // operations a second, at least
		late        time.Duration // a request in the end, at most
	}{
		"same machine, many in a request":    {world{road: 130 * us, each: 2 * us}, 60, 220, 250_000, 700 * us},
		"same machine, one in a request":     {world{road: 130 * us, each: 40 * us, batch: 1}, 40, 72, 24_000, 2500 * us},
		"local network":                      {world{road: 500 * us, each: 2 * us}, 200, 700, 300_000, 2 * ms},
		"far away, many in a request":        {world{road: 160 * ms, each: 2 * us}, most, most, 15_000, 180 * ms},
		"far away, one in a request":         {world{road: 160 * ms, each: 20 * us, batch: 1}, 1000, most, 5000, 200 * ms},
		"far away and slow":                  {world{road: 160 * ms, each: 1 * ms, batch: 1}, 100, 250, 600, 250 * ms},
		"much in each operation":             {world{road: 200 * us, each: 5 * ms, batch: 1}, leastSingly, leastSingly, 190, 90 * ms},
		"transactions, larger than the size": {world{road: 200 * us, each: 10 * us, batch: 1000}, least, most, 50_000, 60 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			l := Law{singly: test.w.batch == 1}
			test.w.under(&l, dawn, dawn.Add(3*time.Second))
			answered, took := test.w.under(&l, dawn.Add(3*time.Second), dawn.Add(6*time.Second))
			if l.Size() < test.least || l.Size() > test.most {
				t.Errorf("the size is %d", l.Size())
			}
			if rate := answered / 3; rate < test.rate {
				t.Errorf("%d operations a second", rate)
			}
			if took > test.late {
				t.Errorf("a request takes %v", took)
			}
		})
	}
}

// TestLawGivesWay: when the server gets other work the size shrinks, and grows again when
// that is over.
func TestLawGivesWay(t *testing.T) {
	var l Law
	idle := world{road: 500 * us, each: 2 * us}
	busy := world{road: 500 * us, each: 2 * us, other: 3 * ms}
	now := dawn
	var sizes []int
	for _, w := range []world{idle, busy, idle} {
		w.under(&l, now, now.Add(2*time.Second))
		now = now.Add(2 * time.Second)
		sizes = append(sizes, l.Size())
	}
	if sizes[1] != least || sizes[0] < 3*least || sizes[2] < 3*least {
		t.Errorf("the sizes are %v", sizes)
	}
}

// TestLawNoticesAnotherRoad: a longer road, which no answer tells from a busy server, is
// found out in time, and a shorter one at once.
func TestLawNoticesAnotherRoad(t *testing.T) {
	near, far := world{road: 1 * ms, each: 2 * us}, world{road: 100 * ms, each: 2 * us}
	for name, roads := range map[string][]world{"longer": {near, far}, "shorter": {far, near}} {
		t.Run(name, func(t *testing.T) {
			var l Law
			roads[0].under(&l, dawn, dawn.Add(5*time.Second))
			roads[1].under(&l, dawn.Add(5*time.Second), dawn.Add(50*time.Second))
			if short := l.shortest; short < roads[1].road || short > 2*roads[1].road {
				t.Errorf("the shortest round trip is %v", short)
			}
			var fresh Law
			roads[1].under(&fresh, dawn, dawn.Add(45*time.Second))
			if l.Size() < fresh.Size()/2 {
				t.Errorf("the size is %d, without the other road before %d", l.Size(), fresh.Size())
			}
		})
	}
}

// TestLawSteps shows what single answers do to the size.
func TestLawSteps(t *testing.T) {
	type answer struct {
		operations int
		took       time.Duration
		full       bool
		want       int
	}
	for name, answers := range map[string][]answer{
		"doubles while it is in time":            {{32, ms, true, 64}, {32, ms, true, 64}, {32, ms, true, 128}},
		"stays where more is not asked for":      {{32, ms, false, 32}, {32, ms, false, 32}},
		"shrinks when late, then grows by steps": {{32, ms, true, 64}, {64, 4 * ms, true, 48}, {48, ms, true, 56}, {56, ms, true, 64}},
		"one answer in time is enough":           {{32, ms, true, 64}, {32, 9 * ms, true, 64}, {32, ms, true, 128}},
		"twice as late is in time":               {{32, ms, true, 64}, {64, 2 * ms, true, 128}},
		"shrinks to the least": {{32, ms, true, 64}, {64, 9 * ms, true, 48}, {64, 9 * ms, true, 36}, {64, 9 * ms, true, 27},
			{64, 9 * ms, true, 20}, {64, 9 * ms, true, 16}, {64, 9 * ms, true, 16}},
		"grows to the most": {{32, ms, true, 64}, {64, ms, true, 128}, {128, ms, true, 256}, {256, ms, true, 512},
			{512, ms, true, 1024}, {1024, ms, true, 2048}, {2048, ms, true, 4096}, {4096, ms, true, 4096}},
	} {
		t.Run(name, func(t *testing.T) {
			l := Law{singly: true}
			now := dawn
			for i, a := range answers {
				sent := now.Add(1)
				now = sent.Add(a.took)
				l.Answered(a.operations, sent, now, a.full)
				if l.Size() != a.want {
					t.Errorf("%d: the size is %d, not %d", i, l.Size(), a.want)
				}
			}
		})
	}
}

// TestLawForgets: after a long pause it begins anew, and what was sent before it shrank
// does not make it shrink once more.
func TestLawForgets(t *testing.T) {
	var l Law
	world{road: ms, each: us}.under(&l, dawn, dawn.Add(time.Second))
	l.Begin(dawn.Add(2 * time.Second))
	if l.Size() <= first {
		t.Fatalf("the size is %d", l.Size())
	}
	l.Begin(dawn.Add(2*time.Second + 2*stale))
	if l != (Law{}) {
		t.Errorf("it knows %+v after a pause", l)
	}

	l.Answered(first, dawn, dawn.Add(ms), true)
	l.Refused(dawn.Add(2 * ms))
	size := l.Size()
	l.Answered(10*first, dawn.Add(ms), dawn.Add(time.Second), true)
	if l.Size() != size || size >= 2*first {
		t.Errorf("the size is %d, then %d", size, l.Size())
	}
}
