// Package build tells which zoosh this is: what a release was made as, else what Go has
// noted in the binary.
package build

import (
	"cmp"
	"runtime/debug"
	"time"
)

// Set by the linker in a release, which is made without what Go notes of a working tree:
// .ci/release.
var (
	version  string
	revision string
	date     string // of the commit, RFC 3339
)

// Version is the version, "(devel)" if it has none.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		return cmp.Or(info.Main.Version, "(devel)")
	}
	return cmp.Or(version, "(unknown build)")
}

// Revision is the commit's hash, "" if it is not known.
func Revision() string { return cmp.Or(revision, setting("vcs.revision")) }

// Time is when the commit was made; ok is false if that is not known.
func Time() (t time.Time, ok bool) {
	t, err := time.Parse(time.RFC3339, cmp.Or(date, setting("vcs.time")))
	return t.UTC(), err == nil
}

func setting(key string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == key {
				return s.Value
			}
		}
	}
	return ""
}
