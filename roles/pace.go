package roles

import (
	"strings"
	"time"
	"unicode"
)

// A Pace is how fast a lesson plays by itself: 0 as most people read and type, each
// step above it half as fast again, each below it slower by as much.
type Pace int

// The bounds of a pace.
const (
	Slowest Pace = -4
	Fastest Pace = 8
)

func (p Pace) of(d time.Duration) time.Duration {
	f := 1.0
	for range max(p, -p) {
		f *= 1.5
	}
	if p > 0 {
		f = 1 / f
	}
	return time.Duration(float64(d) * f)
}

// Faster is the pace that many steps faster, within the bounds.
func (p Pace) Faster(by int) Pace { return max(Slowest, min(p+Pace(by), Fastest)) }

// Typing is the time from one character of a command to the next.
func (p Pace) Typing() time.Duration { return p.of(45 * time.Millisecond) }

// The time that reading takes: of a word, of a Chinese character, and to look at
// what a step has brought.
const (
	perWord = 240 * time.Millisecond
	perHan  = 160 * time.Millisecond
	glance  = 1200 * time.Millisecond
)

// Reading is how long a step is left to be read before its command is typed.
func (p Pace) Reading(s *Step) time.Duration {
	d := glance
	for _, word := range strings.Fields(s.Narration) {
		han := 0
		for _, r := range word {
			if unicode.Is(unicode.Han, r) {
				han++
			}
		}
		d += max(perWord, time.Duration(han)*perHan)
	}
	return p.of(d)
}
