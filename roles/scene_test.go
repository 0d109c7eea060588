package roles

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What is wrong with a line, and with the clock, is told, and no more because of it.
func TestMissesOfControl(t *testing.T) {
	made := func(l line, ahead time.Duration) *scene {
		sc := &scene{
			znodes: map[string]znode{}, closed: map[string]bool{"master": false},
			lines: map[string]line{"master": l}, ahead: ahead,
		}
		if !l.cut {
			sc.znodes["/master"] = znode{owner: "master"}
		}
		return sc
	}
	for _, test := range []struct {
		have, want *scene
		why        string
	}{
		{made(line{}, 0), made(line{}, 0), ""},
		{made(line{cut: true}, 0), made(line{cut: true}, 0), ""},
		{made(line{}, 0), made(line{cut: true}, 0), "master is to be cut off from the server."},
		{made(line{cut: true}, 0), made(line{}, 0), "master is cut off from the server, and is not to be."},
		{made(line{}, 0), made(line{delay: time.Second}, 0), "The traffic of master is delayed by 0s each way, and is to be by 1s."},
		{made(line{}, time.Hour), made(line{}, 0), "The server's clock is 1h0m0s ahead, and is to be 0s."},
	} {
		if got := strings.Join(test.have.misses(test.want, English), "\n"); got != test.why {
			t.Errorf("%q, want %q", got, test.why)
		}
		for _, zh := range test.have.misses(test.want, Chinese) {
			if slices.ContainsFunc([]rune(zh), func(r rune) bool { return r == '%' }) {
				t.Errorf("%q", zh)
			}
		}
	}
}
