package main

import (
	"fmt"
	"math"

	"zoosh/internal/session"
	"zoosh/internal/window"
)

// limitFlags are the flags about what a server may cost.
func limitFlags(fs *flagSet, l *session.Limits) {
	for _, f := range []struct {
		name, what string
		bytes      *int
	}{
		{session.ReplyFlag, fmt.Sprintf("read replies of up to `N` MiB (default: 128 times jute.maxbuffer, and %d at least)", session.DefaultReply>>20), &l.Reply},
		{session.HeldFlag, fmt.Sprintf("hold up to `N` MiB of a tree in a command that walks over it (default %d)", session.DefaultHeld>>20), &l.Held},
	} {
		fs.Func(f.name[1:], f.what, func(s string) error {
			n, err := atLeast(s, 1)
			if err != nil {
				return err
			}
			*f.bytes = min(n, math.MaxInt32>>20) << 20
			if f.bytes == &l.Held {
				*f.bytes = min(n, math.MaxInt>>20) << 20
			}
			return nil
		})
	}
}

// windowFlag is the flag about how much is under way.
func windowFlag(fs *flagSet, n *int) {
	fs.Func("window", "have `N` operations under way at a time in a command that walks over a tree, and in a script (default: as many as the server's answers suggest)", func(s string) (err error) {
		*n, err = atLeast(s, 1)
		*n = min(*n, window.Most)
		return err
	})
}
