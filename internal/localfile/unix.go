//go:build unix

package localfile

import (
	"io/fs"
	"syscall"
)

const (
	noFollow = syscall.O_NOFOLLOW
	noWait   = syscall.O_NONBLOCK
)

// errNoReader is what opening a named pipe fails with that nobody reads.
const errNoReader = syscall.ENXIO

// Owner is the user whose file it is, if the system knows.
func Owner(info fs.FileInfo) (uid int, known bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}
