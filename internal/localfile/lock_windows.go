package localfile

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// beyond is the byte that is locked: behind all there is, for Windows keeps others from
// reading what is locked.
var beyond = windows.Overlapped{OffsetHigh: 0x7fffffff}

// tryLock locks a file, unless another has. It ends with the process, too.
func tryLock(f *os.File) (held bool, err error) {
	at := beyond
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, os.NewSyscallError("LockFileEx", err)
}

func unlockFile(f *os.File) {
	at := beyond
	windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &at)
}
