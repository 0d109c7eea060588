package datadir

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// lockName is the file that whoever writes in a directory holds a lock on. It
// stays when the lock has gone.
const lockName = "zoosh.lock"

// heldError says that another process has a data directory open.
type heldError struct {
	Dir string
	PID int // 0 if it does not say
}

// Error implements error.
func (e *heldError) Error() string {
	who := "another process"
	if e.PID == os.Getpid() {
		who = "this process itself"
	} else if e.PID != 0 {
		who = fmt.Sprintf("the process %d", e.PID)
	}
	return fmt.Sprintf("the data directory %s is in use by %s", e.Dir, who)
}

// lockDir locks a directory. The file is nil where the system has no locks.
func lockDir(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockName)
	f, held, err := lockFile(path)
	if held {
		return nil, &heldError{Dir: dir, PID: holder(path)}
	}
	if err != nil {
		return nil, fmt.Errorf("locking the data directory %s: %w", dir, err)
	}
	if f != nil {
		err = f.Truncate(0)
		if err == nil {
			_, err = fmt.Fprintln(f, os.Getpid())
		}
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("locking the data directory %s: %w", dir, err)
		}
	}
	return f, nil
}

// unlockDir ends a lock.
func unlockDir(f *os.File) error {
	err := f.Truncate(0)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// holder is the process that the lock file names.
func holder(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 32))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return pid
}
