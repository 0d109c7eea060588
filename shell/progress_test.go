package shell

import (
	"testing"
	"time"
)

// TestProgress: it is told once a command has taken a while, and taken away.
func TestProgress(t *testing.T) {
	var told []string
	c := &Call{sh: New(Config{Progress: func(text string) { told = append(told, text) }})}
	of, plain := c.progressOf("deleted", 10), c.progressOf("found", 0)
	of(1)
	plain(2)
	c.endProgress()
	if len(told) != 0 {
		t.Errorf("at once: %q", told)
	}
	c.progressAt = time.Now().Add(-progressEvery)
	of(3)
	of(4)
	c.progressAt = time.Now().Add(-progressEvery)
	plain(1)
	c.endProgress()
	c.endProgress()
	if len(told) != 3 || told[0] != "deleted 3 of 10 znodes" || told[1] != "found 1 znode" || told[2] != "" {
		t.Errorf("%q", told)
	}
}
