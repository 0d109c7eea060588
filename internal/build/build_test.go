package build

import (
	"testing"
	"time"
)

// What the linker has set goes before what Go knows.
func TestRelease(t *testing.T) {
	if Version() == "" {
		t.Error("no version")
	}
	if when, ok := Time(); ok && when.IsZero() {
		t.Error("a time that is none")
	}
	version, revision, date = "1.2.3", "abc", "2026-11-24T21:00:00+01:00"
	defer func() { version, revision, date = "", "", "" }()
	when, ok := Time()
	if Version() != "1.2.3" || Revision() != "abc" || !ok || when != time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC) {
		t.Errorf("%s, %s, %v, %v", Version(), Revision(), when, ok)
	}
}
