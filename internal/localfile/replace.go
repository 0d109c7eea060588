package localfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// Options are how a file is replaced.
type Options struct {
	Force bool // replace what is there
	// Ours tells by its beginning whether a file was begun by a call like this one, so that
	// what a kill has left may be removed. An empty one is.
	Ours func(head []byte) bool
}

// Replace writes a file so that it is there whole or not at all: write gets one beside it,
// which then takes its name. Of those that were broken off it removes what they left. A
// stream is written to as it comes. The error is ErrThere if there is something to replace
// and no Force.
func Replace(ctx context.Context, name string, o Options, write func(w *os.File) error) error {
	at, err := find(name, false)
	if err == nil {
		err = at.writable(name)
	}
	switch {
	case err != nil:
		return err
	case !o.Force && at.replaced(name):
		return ErrThere
	case at.stream():
		return writeStream(ctx, name, at, write)
	}
	dir, err := os.OpenRoot(filepath.Dir(at.path))
	if err != nil {
		return err
	}
	defer dir.Close()
	base := filepath.Base(at.path)
	sweep(dir, base, o.Ours)
	return replaceIn(dir, base, name, o.Force, write)
}

func writeStream(ctx context.Context, name string, at place, write func(w *os.File) error) error {
	f, err := openStream(ctx, name, at)
	if err != nil {
		return err
	}
	// A pipe whose reader stands still is given up with ctx.
	stop := context.AfterFunc(ctx, func() { f.Close() })
	err = write(f)
	if !stop() {
		return errors.Join(context.Cause(ctx), err)
	}
	return errors.Join(err, f.Close())
}

// replaceIn writes a file in a folder beside its name and gives it that.
func replaceIn(dir *os.Root, base, name string, force bool, write func(w *os.File) error) error {
	f, temp, err := makeTemp(dir, base)
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = put(dir, temp, base, name, force)
	}
	// Its lock is held until it has its name, so that nobody takes it for left behind.
	if err != nil {
		dir.Remove(temp)
	}
	return errors.Join(err, f.Close())
}

// put gives a file its name. Without force nothing is replaced that has come there since.
func put(dir *os.Root, temp, base, name string, force bool) error {
	if !force {
		err := dir.Link(temp, base)
		if errors.Is(err, fs.ErrExist) {
			return ErrThere
		}
		if err == nil {
			dir.Remove(temp)
			return nil
		}
		// There are no hard links there.
	}
	switch info, err := dir.Lstat(base); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !force:
		return ErrThere
	case !info.Mode().IsRegular():
		return &KindError{name, kindOf(info) + " by now"}
	}
	return dir.Rename(temp, base)
}

// makeTemp makes a file beside base, and locks it.
func makeTemp(dir *os.Root, base string) (f *os.File, name string, err error) {
	for range 100 {
		name = "." + base + "-" + strconv.FormatUint(uint64(rand.Uint32()), 10)
		f, err = dir.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, private)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		held, err := tryLock(f)
		if (held || err != nil) && stillIs(dir, name, f) {
			return f, name, nil // a folder that has no locks is written to without
		}
		f.Close() // somebody was quicker, and has removed it as left behind
	}
	return nil, "", fmt.Errorf("no name is free beside %s", base)
}

// stillIs tells whether a name in a folder is that of an opened file.
func stillIs(dir *os.Root, name string, f *os.File) bool {
	there, err := dir.Lstat(name)
	if err != nil {
		return false
	}
	opened, err := f.Stat()
	return err == nil && os.SameFile(there, opened)
}

// headSize is how much of a file tells whose it is.
const headSize = 64

// sweep removes the files beside base that killed processes have left: of this user,
// begun like ours, and locked by nobody.
func sweep(dir *os.Root, base string, ours func(head []byte) bool) {
	if ours == nil {
		return
	}
	d, err := dir.Open(".")
	if err != nil {
		return
	}
	defer d.Close()
	left := regexp.MustCompile(`^\.` + regexp.QuoteMeta(base) + `-[0-9]{1,10}$`)
	for {
		names, err := d.Readdirnames(1000)
		for _, name := range names {
			if left.MatchString(name) {
				removeLeft(dir, name, ours)
			}
		}
		if err != nil {
			return
		}
	}
}

func removeLeft(dir *os.Root, name string, ours func(head []byte) bool) {
	info, err := dir.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	if by, known := Owner(info); known && by != os.Geteuid() {
		return
	}
	f, err := dir.OpenFile(name, os.O_RDWR|noWait, 0)
	if err != nil {
		return
	}
	defer f.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || n > 0 && !ours(head[:n]) {
		return
	}
	if held, err := tryLock(f); held && err == nil && stillIs(dir, name, f) {
		dir.Remove(name)
	}
}
