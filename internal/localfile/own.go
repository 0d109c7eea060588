package localfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// OpenOwn opens a file that zoosh keeps for its user, to read it and to add to it. It is
// made with its folder if it is not there, and is private from then on. regular is false
// for a device such as /dev/null, by which users say that nothing is to be kept.
func OpenOwn(name string) (f *os.File, regular bool, err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, false, err
	}
	at, err := find(name, true)
	if err != nil {
		return nil, false, err
	}
	if at.info != nil && at.info.Mode()&fs.ModeCharDevice != 0 && !at.descriptor {
		f, err := os.OpenFile(at.path, os.O_WRONLY|noFollow|noWait, 0)
		return f, false, err
	}
	if at.descriptor || at.info != nil && !at.info.Mode().IsRegular() {
		return nil, false, &KindError{name, kindOf(at.info)}
	}
	// By its folder it is opened so that on Windows, too, another can take its place.
	dir, err := os.OpenRoot(filepath.Dir(at.path))
	if err != nil {
		return nil, false, err
	}
	defer dir.Close()
	f, err = dir.OpenFile(filepath.Base(at.path), os.O_RDWR|os.O_CREATE|os.O_APPEND|noWait, private)
	if err != nil {
		return nil, false, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = &KindError{name, kindOf(info)}
	default:
		err = makePrivate(f)
	}
	if err != nil {
		f.Close()
		return nil, false, err
	}
	return f, true, nil
}

// ReadOwn reads a file of OpenOwn, of most bytes at most.
func ReadOwn(name string, most int64) ([]byte, error) {
	at, err := find(name, true)
	if err != nil {
		return nil, err
	}
	return Read(at.path, most)
}

// lockWait is how long another process may take that is at work on the file: none is for
// long, but one may stand still.
const lockWait = 2 * time.Second

// errBusy says that another holds the lock.
var errBusy = errors.New("another process is at work on it")

// LockOwn has f, of OpenOwn, be this process's alone until unlock is called. If another
// process has put another file in its place, f is closed and now is that one. An error of
// the lock leaves f as it was.
func LockOwn(f *os.File, name string) (now *os.File, unlock func(), err error) {
	for until := time.Now().Add(lockWait); ; {
		held, err := tryLock(f)
		switch {
		case err != nil:
			return f, nil, fmt.Errorf("lock %s: %w", name, err)
		case !held && time.Now().After(until):
			return f, nil, fmt.Errorf("lock %s: %w", name, errBusy)
		case !held:
			time.Sleep(lockWait / 1000)
			continue
		}
		if opens(name, f) || time.Now().After(until) {
			return f, func() { unlockFile(f) }, nil
		}
		unlockFile(f)
		next, regular, err := OpenOwn(name)
		if err == nil && !regular {
			next.Close()
			err = &KindError{name, "a device by now"}
		}
		if err != nil {
			return f, nil, err
		}
		f.Close()
		f = next
	}
}

// opens tells whether a name still leads to an opened file.
func opens(name string, f *os.File) bool {
	there, err := os.Stat(name)
	if err != nil {
		return false
	}
	opened, err := f.Stat()
	return err == nil && os.SameFile(there, opened)
}

// ReplaceOwn puts a file with that text in the place of one that is locked.
func ReplaceOwn(name, text string) error {
	at, err := find(name, true)
	if err != nil {
		return err
	}
	dir, err := os.OpenRoot(filepath.Dir(at.path))
	if err != nil {
		return err
	}
	defer dir.Close()
	base := filepath.Base(at.path)
	sweep(dir, base, func([]byte) bool { return true }) // it is locked: nobody else replaces it
	return replaceIn(dir, base, name, true, func(w *os.File) error {
		_, err := w.WriteString(text)
		return err
	})
}
