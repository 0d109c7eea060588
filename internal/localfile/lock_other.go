//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package localfile

import (
	"errors"
	"os"
)

// tryLock locks nothing: there is no call for it that all of these systems have.
func tryLock(*os.File) (held bool, err error) { return false, errors.ErrUnsupported }

func unlockFile(*os.File) {}
