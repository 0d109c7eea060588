package transcript

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// Head is what stands at the top of a recorded page.
type Head struct {
	Title    string
	Language string // en if it is empty
	Dialect  shell.Dialect
	// Typed: a person types the lines; see shell.Config.Typed.
	Typed bool
	// Notes say what a reader has to know, a sentence each. They are comments.
	Notes []string
}

// A Recorder writes sessions down as a page that passes when it is replayed. It
// takes the items of all sessions in the order in which they came out, and is for
// one goroutine at a time.
//
// A command is written when it is over. Commands that ran at the same time stand
// one behind the other, in the order in which they ended, but what a session did
// after it was told of an event stands behind all that may have caused the event.
//
// What would not come out the same again is left out, with a comment that says so:
// a command whose connection was lost or that was broken off, an event of a watch
// that was armed before. Passwords are replaced by others (see mask), and a line
// that may hold one in a place that is not known is left out too. A session that
// expires by itself is written down as the command expire.
type Recorder struct {
	page     pageWriter
	name     func(shell string) string
	dialect  shell.Dialect
	sessions map[string]*recorded // by their shell's name
	pending  []*unit              // what is not written yet, in the order in which it began
	mask     mask
	// controlled: the page has had something done to the server, and to connections.
	controlled bool
	needs      []string // what its front matter says that it needs
	typed      bool     // it says that its lines were typed at a prompt
}

// recorded is a session that is being recorded.
type recorded struct {
	by       *Recorder
	shell    string          // the name of its shell
	called   string          // its name in the page, once that is needed: see name
	lines    map[int]string  // by the number in their prompt
	armed    map[string]bool // lines that may have armed a watch
	count    int             // commands that a replay has run by then; -1 if they are others
	own      int             // lines of the front end's that the prompt counts too
	met      bool            // a command was seen
	changing bool            // it is connecting or closing as it was told to
	shown    bool            // the page has it
	doomed   bool            // it was ended by command, and has not heard of it yet
}

// A unit is what is written in one go: a command with what it put out, an event or
// a note.
type unit struct {
	session *recorded
	line    string // of a command, as typed
	prompt  string
	output  strings.Builder
	events  []shell.Item // of the session itself, or the one that the unit is
	notes   []string     // before it
	done    bool
	front   bool    // the front end's command, which no page can have
	after   []*unit // commands that may be its cause
	act     act     // what the command does to the server
	acted   bool    // and has done
	// beside: it ran beside another command of the session. first: it does not wait
	// for what is not over. anyOutput: it says something else each time.
	beside, first, anyOutput bool
}

// NewRecorder begins a page at the start of w. name gives the sessions the names
// that they have in the page, by those of their shells; nil leaves them as they are.
func NewRecorder(w PageFile, head Head, name func(shell string) string) (*Recorder, error) {
	if name == nil {
		name = func(shell string) string { return shell }
	}
	r := &Recorder{page: pageWriter{w: w}, name: name, dialect: head.Dialect, typed: head.Typed, sessions: map[string]*recorded{}}
	head.Notes = slices.Clone(head.Notes)
	for i, n := range head.Notes {
		head.Notes[i] = r.mask.text(n)
	}
	r.page.begin(head)
	return r, r.page.commit()
}

// Put takes what came out of a shell. The error is that of writing it.
func (r *Recorder) Put(it shell.Item) error {
	s := r.session(it.Shell)
	switch it.Kind {
	case shell.Began:
		r.began(s, it)
	case shell.Stdout, shell.Stderr:
		if u := r.running(s, it.Beside); u != nil {
			u.output.WriteString(it.Text)
		}
	case shell.Watch:
		r.event(s, it)
	case shell.State:
		r.state(s, it)
	case shell.Lost:
		r.note(s, "%d events of %s are not written down: they came too fast", it.Count, s.name())
	case shell.Done:
		r.ended(s, it)
	}
	return r.write()
}

// Close ends the page. Commands that are not over are left out.
func (r *Recorder) Close() error {
	for _, u := range r.pending {
		if !u.done && !u.front {
			u.leaveOut(r.mask.shown(u.line), "it was not over when the recording ended")
		}
		u.done = true
	}
	return r.write()
}

// running is the command of a session that is not over, or the one beside it; nil if
// there is none.
func (r *Recorder) running(s *recorded, beside bool) *unit {
	for _, u := range r.pending {
		if u.session == s && !u.done && u.beside == beside {
			return u
		}
	}
	return nil
}

// others are the commands of other sessions that are not over.
func (r *Recorder) others(s *recorded) []*unit {
	var all []*unit
	for _, u := range r.pending {
		if u.session != s && !u.done && !u.front {
			all = append(all, u)
		}
	}
	return all
}

// changesConnection are the commands after which a session comes or goes as it was
// told to.
var changesConnection = []string{"connect", "close", "quit", "exit", "crash", "expire"}

func (r *Recorder) began(s *recorded, it shell.Item) {
	u := &unit{session: s, line: it.Line, prompt: it.Prompt, beside: it.Beside}
	words := shell.Split(it.Line)
	if strings.TrimSpace(it.Line) == "" || len(words) == 0 {
		u.front = true
	} else {
		u.front = shell.ForFront(words[0])
		u.act = actOf(words)
		if strings.Contains(it.Prompt, "(CONNECTED") {
			s.changing = false
		}
		s.changing = s.changing || slices.Contains(changesConnection, words[0])
	}
	if n, ok := promptNumber(it.Prompt); ok {
		s.lines[n] = it.Line
		if !s.met && n > s.own {
			u.notes = append(u.notes, fmt.Sprintf("session %s had run commands before the recording began", s.name()))
		}
	}
	s.met = true
	s.armed[it.Line] = true
	if it.Beside {
		s.count = -1 // a replay's history has the two the other way round
	}
	r.controls(u, it.Beside)
	r.pending = append(r.pending, u)
}

var numberInPrompt = regexp.MustCompile(`\) (\d+)\] $`)

// promptNumber is the number in a prompt: that of the line in the history.
func promptNumber(prompt string) (int, bool) {
	m := numberInPrompt.FindStringSubmatch(prompt)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

// event has an event follow what may have caused it.
func (r *Recorder) event(s *recorded, it shell.Item) {
	if it.Text == "" {
		return // printwatches is off
	}
	if by := it.Event.ArmedBy; len(by) > 0 && !slices.ContainsFunc(by, func(line string) bool { return s.armed[line] }) {
		r.note(s, "left out: an event of a watch that session %s had armed before the recording began", s.name())
		return
	}
	others := r.others(s)
	if u := r.running(s, false); u != nil && len(others) == 0 {
		u.events = append(u.events, it)
		return
	}
	r.pending = append(r.pending, &unit{session: s, events: []shell.Item{it}, done: true, after: others})
}

func (r *Recorder) note(s *recorded, format string, args ...any) {
	r.pending = append(r.pending, &unit{session: s, notes: []string{fmt.Sprintf(format, args...)}, done: true})
}

// state notes what became of a connection that nobody has touched.
func (r *Recorder) state(s *recorded, it shell.Item) {
	if r.byControl(s, it) {
		return
	}
	changing := s.changing
	switch it.Event.State {
	case wire.StateSyncConnected, wire.StateConnectedReadOnly:
		if s.changing = false; !changing {
			r.note(s, "session %s is connected again", s.name())
		}
	case wire.StateDisconnected:
		if !changing {
			r.note(s, "session %s lost its connection", s.name())
		}
	case wire.StateExpired:
		if !changing {
			s.count = -1
			s.changing = true // another takes its place
			u := &unit{session: s, line: "expire", prompt: "[zk] ", done: true}
			u.notes = append(u.notes, fmt.Sprintf("session %s expired by itself", s.name()))
			u.output.WriteString("Session expired: a new one has taken its place\n")
			r.pending = append(r.pending, u)
		}
	case wire.StateAuthFailed:
		r.note(s, "session %s was refused: its credential is not valid", s.name())
	}
}

// ended ends a command: now it is known whether a page can have it.
func (r *Recorder) ended(s *recorded, it shell.Item) {
	u := r.running(s, it.Beside)
	if u == nil {
		if words := shell.Split(it.Line); len(words) > 0 && shell.ForFront(words[0]) {
			s.own++ // the one that began the recording
		}
		return
	}
	u.done = true
	if u.front {
		return
	}
	line, why := r.replayable(u, it.Err)
	if why == "" && it.Doubt != "" {
		why = "it is not known what it has done"
	}
	if why == "" {
		line, why = r.replayableAct(u, line, &it)
	}
	if why != "" {
		u.leaveOut(r.mask.shown(u.line), why)
		return
	}
	u.acted = u.act.name != "" && it.Code == 0
	if u.line = line; s.count >= 0 {
		s.count++
	}
}

// leaveOut makes a note of a command.
func (u *unit) leaveOut(line, why string) {
	u.notes = append(u.notes, fmt.Sprintf("left out: %s, for %s", line, why))
	u.session.count = -1
	u.line = ""
	u.output.Reset()
}

// replayable is the line that does in a replay what a command's did here, or why
// there is none.
func (r *Recorder) replayable(u *unit, err error) (line, why string) {
	var server *wire.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "", "it was broken off"
	case errors.As(err, &server) && (server.Code == wire.ConnectionLoss || server.Code == wire.SessionExpired):
		return "", "the connection was lost meanwhile"
	case shell.Printable(u.line) != u.line:
		return "", "it holds control characters"
	}
	line = u.line
	n, numbered := promptNumber(u.prompt)
	inStep := numbered && n == u.session.count // the replay's history is this one
	words := shell.Split(line)
	switch {
	case words[0] == "history" && !inStep:
		return "", "the page has not all of the history"
	case words[0] == "redo" && len(words) > 1 && !inStep:
		n, err := strconv.ParseInt(words[1], 0, 32)
		again, known := u.session.lines[int(n)]
		if err != nil || !known {
			return "", "the page has not all of the history"
		}
		line = again
	case words[0] == "connect" && len(words) > 1 && strings.HasPrefix(u.prompt, "[zk: "+words[1]+"("):
		line, u.session.count = "connect", -1 // a replay is on another server
	}
	if shell.Reached(r.dialect, line)&shell.LocalPrograms != 0 {
		return "", "it is about a profile, which no page can name"
	}
	masked, ok := r.mask.line(line)
	if !ok {
		return "", "it may hold a password"
	}
	if why := r.unwritable(masked); why != "" {
		return "", why
	}
	if masked != r.mask.text(line) { // the history, which is output, will have it otherwise
		u.session.count = -1
	}
	return masked, ""
}

// unwritable is why a page cannot have a command as one of it; "" if it can.
func (r *Recorder) unwritable(line string) string {
	_, whole := shell.FormatEntry(line)
	switch severalLines := strings.Contains(line, "\n"); {
	case severalLines && !whole:
		return "its lines are no one command"
	case severalLines && !r.typed:
		return "only a prompt has commands of several lines"
	case r.typed && !whole:
		return "one of its words begins with a quote and does not end"
	}
	return ""
}

// write writes all that is ready.
func (r *Recorder) write() error {
	for again := true; again; {
		again = false
		for i := 0; i < len(r.pending); i++ {
			if u := r.pending[i]; r.ready(i) {
				r.pending = slices.Delete(r.pending, i, i+1)
				i--
				r.put(u)
				again = true
			}
		}
	}
	return r.page.commit()
}

// ready tells whether the unit is over and nothing that belongs before it is not.
func (r *Recorder) ready(i int) bool {
	u := r.pending[i]
	switch {
	case !u.done:
		return false
	case u.first:
		return true
	}
	return !slices.ContainsFunc(r.pending[:i], func(o *unit) bool { return o.session == u.session }) &&
		!slices.ContainsFunc(r.pending, func(o *unit) bool { return slices.Contains(u.after, o) })
}

// put writes a unit, a command's events before its output.
func (r *Recorder) put(u *unit) {
	if u.front {
		u.line = ""
		u.output.Reset()
	}
	for _, n := range u.notes {
		r.page.note(r.mask.text(n))
	}
	r.need(u)
	u.session.shown = u.session.shown || u.line != "" || len(u.events) > 0
	if u.line != "" {
		text, whole := shell.FormatEntry(u.line)
		if !whole { // a word is open, which a script may have
			text = u.line
		}
		r.page.line(u.session.name(), strings.TrimRight(u.prompt, " ")+" "+text)
	}
	for i := range u.events {
		if line, ok := shown(u.events[i]); ok {
			r.page.event(u.session.name(), r.mask.text(line.text))
		}
	}
	if u.anyOutput {
		r.page.line(u.session.name(), anyLines)
	}
	if u.output.Len() > 0 {
		text := r.mask.text(shell.Printable(u.output.String()))
		for l := range strings.Lines(text) {
			r.page.line(u.session.name(), literal(strings.TrimSuffix(l, "\n"), recordedFence))
		}
	}
}
