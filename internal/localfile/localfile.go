// Package localfile writes the files of this machine that zoosh is asked for or keeps for
// its user: exports, recordings, pages that are updated, the history, the lessons that
// were finished, data for an editor. All of them are written here, so that one rule holds:
// only a regular file has its mode changed, is cut short or has another put in its place.
//
//   - What is no file but a way to somebody is written to as a stream: a character device,
//     a named pipe, a descriptor such as /dev/stdout. It needs no leave to be replaced, for
//     it is not. A block device is a stream, too, but has something to lose.
//   - A link is followed and stays: what it leads to is written. One that another user has
//     put into a folder for all, such as /tmp, is refused, as Linux does. The user's own
//     files follow no link but the user's and root's.
//   - Directories and sockets are refused.
//
// Names can change hands between looking and opening, so what counts is looked at on the
// opened descriptor, the last part of a name is not followed when it is opened, and
// folders are held open while files in them come and go.
package localfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
)

// private is the mode of what is made here: the data and digests of others may be in it.
const private fs.FileMode = 0o600

// ErrThere says that something would be replaced, and that this was not asked for.
var ErrThere = errors.New("it is there already")

// A KindError says that a name is none of a file that can be written.
type KindError struct{ Name, Kind string }

// Error implements error.
func (e *KindError) Error() string { return fmt.Sprintf("%s is %s", e.Name, e.Kind) }

// A place is what a name leads to.
type place struct {
	path       string      // with no link at its end, unless it is a descriptor
	info       fs.FileInfo // nil if nothing is there
	descriptor bool
}

// maxLinks is how many links are followed.
const maxLinks = 40

// descriptors are the names of what a process has open already. Their links are none that
// could be read and followed.
var descriptors = regexp.MustCompile(`^(/proc/[^/]+(/task/[^/]+)?/fd|/dev/fd)/[0-9]+$`)

// find follows a name to its end. With own no link counts that another user has made.
func find(name string, own bool) (place, error) {
	if name == "" {
		return place{}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	path := name
	for range maxLinks {
		path = inFolder(path)
		if descriptors.MatchString(path) {
			info, err := os.Stat(path)
			return place{path, info, true}, err
		}
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return place{path: path}, nil
		case err != nil:
			return place{}, err
		case info.Mode()&fs.ModeSymlink == 0:
			return place{path: path, info: info}, nil
		case !trusted(filepath.Dir(path), info, own):
			return place{}, &KindError{path, "a link that another user has made"}
		}
		to, err := os.Readlink(path)
		if err != nil {
			return place{}, err
		}
		if !filepath.IsAbs(to) { // as it stands: .. is of the folder, not of its name
			to = filepath.Dir(path) + string(filepath.Separator) + to
		}
		path = to
	}
	return place{}, &KindError{name, "a link that leads nowhere"}
}

// inFolder is a path with the real name of its folder, if there is one.
func inFolder(path string) string {
	dir, base := filepath.Split(path)
	if base == "" || base == "." || base == ".." {
		return path
	}
	if dir == "" {
		dir = "."
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return path // what is done there fails, and says why
	}
	return filepath.Join(real, base)
}

// trusted tells whether a link in dir may be followed.
func trusted(dir string, link fs.FileInfo, own bool) bool {
	by, known := Owner(link)
	if !known || by == os.Geteuid() {
		return true
	}
	if own {
		return by == 0
	}
	in, err := os.Stat(dir)
	if err != nil {
		return false
	}
	of, _ := Owner(in)
	return in.Mode()&fs.ModeSticky == 0 || in.Mode()&0o002 == 0 || by == of
}

// stream tells whether it is written to as it comes, without being replaced.
func (p place) stream() bool {
	return p.descriptor || p.info != nil && p.info.Mode()&(fs.ModeDevice|fs.ModeNamedPipe) != 0
}

// writable is an error for what is neither a file, nor a stream, nor nothing.
func (p place) writable(name string) error {
	if p.info == nil || p.stream() || p.info.Mode().IsRegular() {
		return nil
	}
	return &KindError{name, kindOf(p.info)}
}

func kindOf(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode.IsRegular():
		return "a regular file"
	}
	return "no regular file"
}

// Replaces tells whether writing to a name would replace something: a file, what a link
// leads to, or a link that leads to nothing yet.
func Replaces(name string) bool {
	at, err := find(name, false)
	return err == nil && at.writable(name) == nil && at.replaced(name)
}

// replaced is Replaces for a place that has been found.
func (p place) replaced(name string) bool {
	if p.info != nil {
		block := p.info.Mode()&(fs.ModeDevice|fs.ModeCharDevice) == fs.ModeDevice
		return !p.stream() || block && !p.descriptor
	}
	_, err := os.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// Create opens a file that is written as things happen, and is read back: regular tells
// whether it can be. What is there is replaced with force alone.
func Create(ctx context.Context, name string, force bool) (f *os.File, regular bool, err error) {
	at, err := find(name, false)
	if err == nil {
		err = at.writable(name)
	}
	switch {
	case err != nil:
		return nil, false, err
	case !force && at.replaced(name):
		return nil, false, &fs.PathError{Op: "open", Path: name, Err: fs.ErrExist}
	case at.stream():
		f, err = openStream(ctx, name, at)
		return f, false, err
	}
	flags := os.O_RDWR | os.O_CREATE
	if at.info == nil {
		flags |= os.O_EXCL
	}
	if f, err = openRegular(at.path, flags); err != nil {
		return nil, false, err
	}
	if err = errors.Join(f.Truncate(0), makePrivate(f)); err != nil {
		f.Close()
		return nil, false, err
	}
	return f, true, nil
}

// openRegular opens a file whose name has been followed to its end. It does not wait for
// anybody, should that be a pipe by now, and makes a private file.
func openRegular(path string, flags int) (*os.File, error) {
	f, err := os.OpenFile(path, flags|noFollow|noWait, private)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &KindError{path, kindOf(info)}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// makePrivate has a file that was found to be regular be readable by its owner alone.
func makePrivate(f *os.File) error {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm() == private {
		return err
	}
	return f.Chmod(private)
}

// An unreadError says that a named pipe was waited for until the context ended.
type unreadError struct {
	name string
	err  error
}

// Error implements error.
func (e *unreadError) Error() string { return e.name + " is a named pipe that nobody reads" }

// Unwrap is why it was waited for no longer.
func (e *unreadError) Unwrap() error { return e.err }

// readerWait is how often it is looked whether a named pipe has a reader.
const readerWait = 20 * time.Millisecond

// openStream opens what is written to as it comes. A named pipe is waited for until
// somebody reads it, or ctx ends.
func openStream(ctx context.Context, name string, at place) (*os.File, error) {
	flags := os.O_WRONLY | os.O_APPEND // a descriptor may be one of a file
	pipe := at.info.Mode()&fs.ModeNamedPipe != 0 && !at.descriptor
	if pipe {
		flags |= noWait
	}
	for {
		f, err := os.OpenFile(at.path, flags, 0)
		if pipe && errors.Is(err, errNoReader) {
			select {
			case <-ctx.Done():
				return nil, &unreadError{name, context.Cause(ctx)}
			case <-time.After(readerWait):
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err == nil && (info.Mode().IsDir() || info.Mode().IsRegular() && !at.descriptor) {
			err = &KindError{name, kindOf(info) + " by now"}
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		return f, nil
	}
}

// Rewrite writes a regular file anew, unless what is in it is not before any more. Its
// mode, its owner and the links to it stay.
func Rewrite(name string, before, after []byte) error {
	at, err := find(name, false)
	if err != nil {
		return err
	}
	if why := at.fixed(name); why != nil {
		return why
	}
	f, err := openRegular(at.path, os.O_RDWR)
	if err != nil {
		return err
	}
	now, err := io.ReadAll(io.LimitReader(f, int64(len(before))+1))
	if err == nil && string(now) != string(before) {
		err = fmt.Errorf("%s was changed while it was replayed: it is left as it is", name)
	}
	if err == nil {
		_, err = f.WriteAt(after, 0)
	}
	if err == nil {
		err = f.Truncate(int64(len(after)))
	}
	return errors.Join(err, f.Close())
}

// Rewritable is an error for what Rewrite refuses because it is no file.
func Rewritable(name string) error {
	at, err := find(name, false)
	if err != nil {
		return err
	}
	return at.fixed(name)
}

// fixed is an error for what is there and is no regular file.
func (p place) fixed(name string) error {
	switch {
	case p.descriptor:
		return &KindError{name, "a descriptor: it cannot be rewritten"}
	case p.info != nil && !p.info.Mode().IsRegular():
		return &KindError{name, kindOf(p.info) + ": it cannot be rewritten"}
	}
	return nil
}

// Temp writes data to a new file in the folder for such files that nobody else can read.
func Temp(pattern string, data []byte) (name string, err error) {
	f, err := os.CreateTemp("", pattern)
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// A SizeError says that a file is longer than it may be.
type SizeError struct{ Size, Most int64 }

// Error implements error.
func (e *SizeError) Error() string {
	return fmt.Sprintf("it has %d bytes; %d are the most", e.Size, e.Most)
}

// Read reads back a file of Temp, which may be another by now but must be a file, of most
// bytes at most.
func Read(name string, most int64) ([]byte, error) {
	f, err := openRegular(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Size() > most {
		return nil, &SizeError{info.Size(), most}
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f, most))
}

// Spool is a private file to read back what is then given to a stream. It is to be removed
// when it has been closed, where its name has not gone at once.
func Spool() (*os.File, error) {
	f, err := os.CreateTemp("", "zoosh-*")
	if err == nil {
		os.Remove(f.Name())
	}
	return f, err
}

// Output tells whether a name leads to this process's standard output.
func Output(name string) bool {
	at, err := find(name, false)
	return err == nil && at.descriptor && filepath.Base(at.path) == "1" && sameProcess(at.path)
}

// sameProcess tells whether a descriptor's name is one of this process.
func sameProcess(path string) bool {
	return strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, fmt.Sprintf("/proc/%d/", os.Getpid()))
}

// Terminal tells whether what is written there is shown on a terminal.
func Terminal(f *os.File) bool { return term.IsTerminal(f.Fd()) }
