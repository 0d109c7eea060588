package shell

import (
	"context"
	"errors"
	"iter"
	"strings"

	"zoosh/internal/printable"
)

// A FrontEnd does what is asked of a front end for the commands that are about more than one
// shell, or about what becomes of their output.
type FrontEnd interface {
	// Sessions lists the sessions' shells, in the order in which they were opened.
	Sessions() []*Shell
	// Switch has the lines that follow go to the session of that name. It opens
	// one if there is none.
	Switch(ctx context.Context, name string) error
	// Record begins to write the sessions down in a file, with what is to be known
	// about that, a sentence each.
	Record(ctx context.Context, from *Shell, file string) (notes []string, err error)
	// StopRecording ends that and returns the file's name, "" if there was none.
	StopRecording() (file string, err error)
	// Recording is the file that is being written, "" if there is none.
	Recording() string
}

// ErrNoSessions is what a FrontEnd says that cannot open sessions by name.
var ErrNoSessions = errors.New("not here: each session has a tab of its own")

// frontCommands are the commands that a front end does.
var frontCommands = []Command{
	{
		Name: "session", Run: runSession, Results: []Result{&openSession{}, &sessionSwitched{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true, FrontEnd: true,
		Usage:   always("[name]"),
		Summary: "go on in another session, a new one if there is none of that name; or list them",
		Example: "session backup",
		Args:    []ArgKind{ArgSession}, MaxArgs: 1,
	},
	{
		Name: "record", Run: runRecord, Results: []Result{&recordingState{}}, Effect: Reads, Reaches: OwnServer | LocalFiles, Beyond: recordBeyond, Needs: NeedsNothing, Own: true, FrontEnd: true,
		Usage:   always("[file.md|stop]"),
		Summary: "write the sessions down in a file, from here on or no longer",
		Example: "record page.md\nrecord stop",
		Args:    []ArgKind{ArgFile}, MaxArgs: 1,
	},
}

// ForFront tells whether a command is one that the front end does: it is about the
// front end, and no part of a session.
func ForFront(name string) bool {
	c := byName[name]
	return c != nil && c.FrontEnd
}

// front is who does the command.
func (c *Call) front() (FrontEnd, error) {
	if f := c.sh.cfg.FrontEnd; f != nil {
		return f, nil
	}
	return nil, failf("%s works at a prompt and in scripts only", c.cmd.Name)
}

// Name is the name of the shell that the front end has given it.
func (sh *Shell) Name() string { return sh.cfg.Name }

func runSession(c *Call) error {
	f, err := c.front()
	if err != nil {
		return err
	}
	switch {
	case len(c.args) > 1:
		return c.cmd.usageError(c.dialect)
	case len(c.args) == 0:
		return c.listSessions(f.Sessions())
	}
	name := c.args[0]
	if name == "" || strings.ContainsAny(name, " \t=`") || !printable.Is(name) {
		return failf("a session's name is one word, without = and `")
	}
	if err := f.Switch(c.ctx, name); err != nil {
		return failf("session %s: %v", name, err)
	}
	return c.yield(&sessionSwitched{c.act(""), name})
}

// A sessionSwitched is the name of the session that the lines that follow go to.
type sessionSwitched struct {
	act
	Name string `json:"name"`
}

func (*sessionSwitched) text(*textOut) {}

func (s *sessionSwitched) objects() iter.Seq[any] { return one(s) }

// listSessions prints the sessions, the one of the call with a mark.
func (c *Call) listSessions(all []*Shell) error {
	if len(all) == 0 {
		return failf("session: %v", ErrNoSessions)
	}
	width := 0
	for _, sh := range all {
		width = max(width, len(sh.Name()))
	}
	p := c.printer()
	defer p.flush()
	for _, sh := range all {
		line := &openSession{Name: sh.Name(), Server: sh.Place(), State: "CLOSED", Own: sh == c.sh, width: width}
		if zk := sh.Session(); zk != nil {
			line.State, line.Session = zk.State().String(), hex(zk.ID())
		}
		if err := p.yield(line); err != nil {
			return err
		}
	}
	return nil
}

// An openSession is a session of the front end. Own is that of the line.
type openSession struct {
	Name    string `json:"name"`
	Server  string `json:"server"`
	State   string `json:"state"`
	Session string `json:"session,omitempty"`
	Own     bool   `json:"own,omitempty"`
	width   int    // of the names' column
}

func (s *openSession) text(w *textOut) {
	mark, state := " ", s.State
	if s.Own {
		mark = "*"
	}
	if s.Session != "" {
		state += " " + s.Session
	}
	w.outln("%s %-*s %s %s", mark, s.width, s.Name, s.Server, state)
}

func (s *openSession) objects() iter.Seq[any] { return one(s) }

func (sh *Shell) sessionCandidates() []Candidate {
	if sh.cfg.FrontEnd == nil {
		return nil
	}
	var out []Candidate
	for _, other := range sh.cfg.FrontEnd.Sessions() {
		out = append(out, Candidate{Text: other.Name()})
	}
	return out
}

func runRecord(c *Call) error {
	f, err := c.front()
	if err != nil {
		return err
	}
	switch {
	case len(c.args) > 1:
		return c.cmd.usageError(c.dialect)
	case len(c.args) == 0:
		return c.yield(&recordingState{act: c.act(""), File: f.Recording(), Recording: f.Recording() != "", asked: true})
	case c.args[0] == "stop":
		file, err := f.StopRecording()
		switch {
		case err != nil:
			return failf("record: %v", err)
		case file == "":
			return failf("nothing is being recorded")
		}
		return c.yield(&recordingState{act: c.act(""), File: file})
	}
	notes, err := f.Record(c.ctx, c.sh, c.args[0])
	if err != nil {
		return failf("record: %v", err)
	}
	return c.yield(&recordingState{act: c.act(""), File: c.args[0], Recording: true, Notes: notes})
}

// A recordingState is the file that is being recorded, or no longer is.
type recordingState struct {
	act
	File      string   `json:"file,omitempty"`
	Recording bool     `json:"recording"`
	Notes     []string `json:"notes,omitempty"`
	asked     bool
}

func (r *recordingState) text(w *textOut) {
	switch {
	case r.asked && r.Recording:
		w.outln("%s is being recorded", r.File)
	case r.asked:
		w.outln("nothing is being recorded")
	case r.Recording:
		w.errln("Recording %s, until record stop", r.File)
		for _, n := range r.Notes {
			w.errln("Note: %s", n)
		}
	default:
		w.errln("Recorded %s", r.File)
	}
}

func (r *recordingState) objects() iter.Seq[any] { return one(r) }
