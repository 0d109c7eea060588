package shell

import (
	"runtime/debug"
	"sync"
	"time"
)

// builtOn says when the binary was built, as far as that is known: the time of
// the commit.
var builtOn = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "an unknown date"
	}
	for _, setting := range info.Settings {
		if setting.Key != "vcs.time" {
			continue
		}
		if t, err := time.Parse(time.RFC3339, setting.Value); err == nil {
			return t.UTC().Format("2006-01-02 15:04 MST")
		}
	}
	return "an unknown date"
})
