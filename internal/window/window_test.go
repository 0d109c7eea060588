package window

import (
	"testing"
	"testing/synctest"
	"time"
)

// begin enters and tells when it is in.
func begin(w *Window, k Kind, operations, bytes int) (p *Pass, in func() bool) {
	let := false
	p = w.Pass(k, operations, bytes)
	p.Enter(func() func() {
		let = true
		return func() {}
	})
	return p, func() bool { return let }
}

func enter(t *testing.T, w *Window, operations, bytes int) *Pass {
	t.Helper()
	p, in := begin(w, Reads, operations, bytes)
	if !in() {
		t.Fatal("there is no room")
	}
	return p
}

// TestRoom: operations, requests and bytes are bounded, and one request always goes.
func TestRoom(t *testing.T) {
	for name, test := range map[string]struct {
		fixed, before      int // requests under way
		operations, bytes  int // of each
		fits               bool
		nextOps, nextBytes int
	}{
		"the first goes, however large":      {fixed: 10, nextOps: 1000, nextBytes: 2 * mostBytes, fits: true},
		"up to the size":                     {fixed: 10, before: 3, operations: 3, nextOps: 1, fits: true},
		"not beyond it":                      {fixed: 10, before: 3, operations: 3, nextOps: 2},
		"to the size that there is at first": {before: 1, operations: 31, nextOps: 1, fits: true},
		"and not beyond that":                {before: 1, operations: 31, nextOps: 2},
		"up to so many bytes":                {fixed: 10, before: 1, operations: 1, bytes: 1000, nextOps: 1, nextBytes: mostBytes - 1000, fits: true},
		"and no more":                        {fixed: 10, before: 1, operations: 1, bytes: 1001, nextOps: 1, nextBytes: mostBytes - 1000},
	} {
		t.Run(name, func(t *testing.T) {
			w := New(test.fixed)
			var under []*Pass
			for range test.before {
				under = append(under, enter(t, w, test.operations, test.bytes))
			}
			_, in := begin(w, Reads, test.nextOps, test.nextBytes)
			if in() != test.fits {
				t.Errorf("it fits: %v", !test.fits)
			}
			for _, p := range under {
				p.Leave()
			}
			if !in() {
				t.Error("it does not go when all is free")
			}
		})
	}
}

// TestFIFO: nobody overtakes, who leaves makes room for those behind, and reads do not
// wait for writes.
func TestFIFO(t *testing.T) {
	w := New(0)
	w.lanes[Reads].law.size = 4
	all := enter(t, w, 4, 0)
	large, largeIn := begin(w, Reads, 4, 0)
	small, smallIn := begin(w, Reads, 1, 0)
	if largeIn() || smallIn() {
		t.Fatal("there was no room")
	}
	if write, in := begin(w, Writes, 4, 0); !in() {
		t.Error("a write waits for reads")
	} else {
		write.Leave()
	}
	all.Leave()
	all.Leave() // which is nothing
	if !largeIn() || smallIn() {
		t.Fatal("the small one has overtaken")
	}
	large.Leave()
	if !smallIn() {
		t.Fatal("there is room for the small one")
	}
	small.Leave()

	some := enter(t, w, 3, 0)
	large, largeIn = begin(w, Reads, 4, 0)
	small, smallIn = begin(w, Reads, 1, 0)
	if smallIn() {
		t.Fatal("it has overtaken")
	}
	large.Leave()
	if !smallIn() || largeIn() {
		t.Error("it waits for one that has left")
	}
	small.Leave()
	some.Leave()
	if l := &w.lanes[Reads]; l.requests != 0 || l.operations != 0 || l.bytes != 0 {
		t.Errorf("%+v is left", l)
	}
}

// TestFollows: answers in time make the window larger and what the server refuses makes it
// smaller; another server is met anew; a fixed size stays.
func TestFollows(t *testing.T) {
	for _, fixed := range []int{0, 5} {
		synctest.Test(t, func(t *testing.T) {
			w := New(fixed)
			before := w.Size(Reads)
			p := enter(t, w, firstSingly, 10)
			second, in := begin(w, Reads, firstSingly, 10)
			sent := time.Now()
			time.Sleep(time.Millisecond)
			p.Answered(sent, time.Now(), 3200)
			if !in() {
				t.Fatal("there is no room")
			}
			if got := w.Size(Reads); (fixed == 0) != (got == 2*before) {
				t.Errorf("fixed %d: the size is %d, before %d", fixed, got, before)
			}
			if l := &w.lanes[Reads]; l.reply != 3200/firstSingly/16 {
				t.Errorf("an answer has %d bytes for an operation", l.reply)
			}
			second.Leave()
			enter(t, w, 1, 0).Refused(time.Now())
			if got := w.Size(Reads); (fixed == 0) != (got == 2*before*3/4) {
				t.Errorf("fixed %d: the size is %d after a refusal", fixed, got)
			}
			w.Reset()
			if got := w.Size(Reads); got != before {
				t.Errorf("fixed %d: the size is %d on another server", fixed, got)
			}
			if got := w.Size(Writes); fixed > 0 && got != fixed || fixed == 0 && got != first {
				t.Errorf("fixed %d: the size of writes is %d", fixed, got)
			}
		})
	}
}

// TestFixed: a fixed size is for all kinds together.
func TestFixed(t *testing.T) {
	w := New(4)
	read := enter(t, w, 3, 0)
	write, in := begin(w, Writes, 2, 0)
	if in() {
		t.Error("a write goes beside the reads")
	}
	read.Leave()
	if !in() {
		t.Error("the write does not go")
	}
	write.Leave()
}
