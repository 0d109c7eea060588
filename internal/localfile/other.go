//go:build !unix

package localfile

import (
	"errors"
	"io/fs"
)

// There is nothing of the kind: what was opened is looked at all the same.
const (
	noFollow = 0
	noWait   = 0
)

// errNoReader does not come: such pipes are no files there.
var errNoReader = errors.New("nobody reads it")

// Owner is the user whose file it is, if the system knows.
func Owner(fs.FileInfo) (uid int, known bool) { return 0, false }
