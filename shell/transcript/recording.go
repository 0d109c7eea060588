package transcript

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// A RecordingSink is what a front end has its shells' items pass through, so that they can
// be recorded: all of them while a recording is on, none else. Writing is done
// beside the shells, which do not wait for it. The zero value records nothing yet.
type RecordingSink struct {
	mu sync.Mutex
	on *activeRecording
}

// A Recording is what a RecordingSink is to write.
type Recording struct {
	File  string
	Force bool // replaces a file that is there
	Head  Head
	// Name gives the sessions their names; see NewRecorder.
	Name func(shell string) string
	// Failed is told, once, that the file cannot be written any more; it may be nil.
	Failed func(error)
}

// activeRecording is a recording under way.
type activeRecording struct {
	Recording
	stream  *shell.Stream
	file    *recordingFile
	rec     *Recorder
	written chan error
}

// Put takes an item. It is made for shell.Config.Sink, before what shows the items.
func (t *RecordingSink) Put(it shell.Item) {
	t.mu.Lock()
	on := t.on
	t.mu.Unlock()
	if on != nil {
		on.stream.Put(it)
	}
}

// File is the file that is being written, "" if there is none.
func (t *RecordingSink) File() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.on == nil {
		return ""
	}
	return t.on.File
}

// Start begins a recording. A title that is missing is made from the file's name.
func (t *RecordingSink) Start(rec Recording) error {
	if err := t.idle(); err != nil {
		return err
	}
	if rec.Head.Title = strings.Join(strings.Fields(rec.Head.Title), " "); rec.Head.Title == "" {
		rec.Head.Title = titleOf(rec.File)
	}
	file, err := openRecordingFile(rec.File, rec.Force) // which may have to wait: the shells must not
	if err != nil {
		return fmt.Errorf("begin the recording: %w", err)
	}
	on := &activeRecording{Recording: rec, stream: shell.NewStream(), file: file, written: make(chan error, 1)}
	if on.rec, err = NewRecorder(file, rec.Head, rec.Name); err == nil {
		err = t.turnOn(on)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	go on.write()
	return nil
}

// idle is an error while a recording is on.
func (t *RecordingSink) idle() error {
	if file := t.File(); file != "" {
		return fmt.Errorf("%s is being recorded already", file)
	}
	return nil
}

// turnOn has what comes from here on be recorded.
func (t *RecordingSink) turnOn(on *activeRecording) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.on != nil {
		return fmt.Errorf("%s is being recorded already", t.on.File)
	}
	t.on = on
	return nil
}

// titleOf makes a title of a file's name.
func titleOf(file string) string {
	name, _ := splitExt(file)
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ' ' }), " ")
	if name == "" {
		return "A session"
	}
	return shell.Printable(strings.ToUpper(name[:1]) + name[1:])
}

func splitExt(file string) (name, ext string) {
	name = file[strings.LastIndexAny(file, `/\`)+1:]
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[:i], name[i:]
	}
	return name, ""
}

func (on *activeRecording) write() {
	var failed error
	for {
		it, ok := on.stream.Next()
		switch {
		case !ok && failed == nil:
			failed = on.rec.Close()
			fallthrough
		case !ok:
			on.written <- errors.Join(failed, on.file.Close())
			return
		case failed == nil:
			if failed = on.rec.Put(it); failed != nil && on.Failed != nil {
				on.Failed(failed)
			}
		}
	}
}

// Stop ends the recording, if there is one, and returns when it is on the disk.
func (t *RecordingSink) Stop() (file string, err error) {
	t.mu.Lock()
	on := t.on
	t.on = nil
	t.mu.Unlock()
	if on == nil {
		return "", nil
	}
	on.stream.Close()
	return on.File, <-on.written
}

// settleTime is how long the sessions have to tell of their last events.
const settleTime = time.Second

// StopAfter is Stop once the sessions of the shells have received the events of all
// that was done in them. A replay waits for those, too.
func (t *RecordingSink) StopAfter(shells []*shell.Shell) (file string, err error) {
	if t.File() == "" {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), settleTime)
	defer cancel()
	for _, sh := range shells {
		if zk := sh.Session(); zk != nil && zk.State() == session.Connected {
			zk.Sync(ctx, "/") // what the answer is does not matter: the events come before it
		}
	}
	return t.Stop()
}

// groundTimeout bounds looking at the tree before a recording.
const groundTimeout = 5 * time.Second

// Ground says in what a session and the tree that it is on differ from the fresh
// session and the empty tree that a replay begins with; nothing if they do not.
func Ground(ctx context.Context, zk *session.Session) (notes []string, err error) {
	if zk == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, groundTimeout)
	defer cancel()
	children, stat, err := zk.Children(ctx, "/", nil)
	if err != nil {
		return nil, fmt.Errorf("look at the tree: %w", err)
	}
	slices.Sort(children)
	children = slices.DeleteFunc(children, func(name string) bool { return name == "zookeeper" })
	used := stat.Cversion + stat.NumChildren // twice the changes of the root's children
	switch {
	case len(children) > 0:
		notes = append(notes, fmt.Sprintf("the tree was not empty when this was recorded, as it is when it is replayed: it had %s", some(children)))
	case used != 0:
		notes = append(notes, "the tree was not new when this was recorded: sequential znodes in / will count from 0 when it is replayed")
	}
	if len(zk.AuthTokens()) > 0 {
		notes = append(notes, "the session had shown who it is before this was recorded: what that allowed it will not be allowed when it is replayed")
	}
	return notes, nil
}

// some lists names, but not all of many.
func some(names []string) string {
	const most = 8
	more := ""
	if len(names) > most {
		names, more = names[:most], fmt.Sprintf(" and %d more", len(names)-most)
	}
	for i := range names {
		names[i] = wire.JoinPath("/", shell.Printable(names[i]))
	}
	return strings.Join(names, ", ") + more
}
