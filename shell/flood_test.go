package shell

import (
	"testing"
	"time"
)

func TestFlood(t *testing.T) {
	var f Flood
	now := time.Now()
	shown := func(n int, each time.Duration) (in int) {
		for range n {
			if f.Shows(now) {
				in++
			}
			now = now.Add(each)
		}
		return in
	}
	if n := shown(200, 50*time.Millisecond); n != 200 {
		t.Errorf("of 20 a second %d of 200 are shown", n)
	}
	now = now.Add(time.Minute)
	if n := shown(30_000, 100*time.Microsecond); n != FloodLimit {
		t.Errorf("of 10,000 a second %d are shown", n)
	}
	if !f.High(now) {
		t.Error("it is not high")
	}
	now = now.Add(1900 * time.Millisecond)
	f.High(now)
	now = now.Add(1100 * time.Millisecond)
	if f.High(now) {
		t.Error("it is high for ever")
	}
	if n := shown(1, 0); n != 1 {
		t.Error("what comes after the flood is not shown")
	}
	now = now.Add(time.Hour)
	if n := shown(FloodLimit+5, 0); n != FloodLimit {
		t.Errorf("of a burst %d are shown", n)
	}
}
