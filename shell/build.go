package shell

import (
	"sync"

	"zoosh/internal/build"
)

// builtOn says when the binary was built, as far as that is known: the time of
// the commit.
var builtOn = sync.OnceValue(func() string {
	if t, ok := build.Time(); ok {
		return t.Format("2006-01-02 15:04 MST")
	}
	return "an unknown date"
})
