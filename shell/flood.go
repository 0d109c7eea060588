package shell

import (
	"fmt"
	"time"

	"zoosh/internal/english"
)

// FloodLimit is how many watch events a second a person is shown in full.
const FloodLimit = 25

// A Flood tells which watch events are shown in full at a prompt: those that come
// faster than anybody reads are counted. Scripts and recordings have all of them. The
// zero value is ready.
type Flood struct {
	second time.Time // when the second began that is counted in
	came   int       // in it
	high   bool      // more came in the one before than are shown
}

// Shows tells whether an event that comes now is shown in full.
func (f *Flood) Shows(now time.Time) bool {
	f.turn(now)
	f.came++
	return !f.high && f.came <= FloodLimit
}

// High tells whether more come than are shown.
func (f *Flood) High(now time.Time) bool {
	f.turn(now)
	return f.high || f.came > FloodLimit
}

// turn goes on to the second that it is now. What was too fast is shown again after a
// second that was not.
func (f *Flood) turn(now time.Time) {
	since := now.Sub(f.second)
	if since < time.Second {
		return
	}
	f.high = f.came > FloodLimit && since < 2*time.Second
	f.second, f.came = now, 0
}

// FloodNote is the line that stands for so many events, and says where each of them is.
func FloodNote(n int, where string) string {
	return fmt.Sprintf("(%s, too fast to be read: %s)", english.Count(n, "more watch event"), where)
}
