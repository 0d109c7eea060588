package transcript

import (
	"strings"

	"zoosh/shell"
)

// A Recorder writes sessions down as a page: the blocks of one, without prose.
// Changes of the connection are left out. It is not made for use by several
// goroutines, nor for commands that run at the same time.
type Recorder struct {
	b       strings.Builder
	session string       // whose block is open; "" for none
	running string       // whose command runs; "" for none
	items   []shell.Item // of that command, and events that came in the meantime
}

// recordedFence is the fence of a recorded block. Output that would end it is
// written as a pattern.
const recordedFence = "```"

// Command writes down a line that is about to be run, behind the prompt that was
// shown for it.
func (r *Recorder) Command(session, prompt, line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	r.flush()
	r.open(session)
	r.b.WriteString(strings.TrimRight(prompt, " ") + " " + shell.Printable(line) + "\n")
	r.running = session
}

// Put writes down what came out of the shells.
func (r *Recorder) Put(it shell.Item) {
	switch {
	case it.Kind == shell.Done:
		r.flush()
	case it.Kind == shell.Stdout, it.Kind == shell.Stderr:
		r.items = append(r.items, it)
	case it.Kind == shell.Watch && r.running != "":
		r.items = append(r.items, it)
	case it.Kind == shell.Watch:
		r.event(it)
	}
}

// flush writes the output of the command that ran, with the session's own events
// before it, and then the events of the others: they stand in blocks of their own.
func (r *Recorder) flush() {
	var others []shell.Item
	var output strings.Builder
	for _, it := range r.items {
		switch {
		case it.Kind != shell.Watch:
			output.WriteString(it.Text)
		case it.Shell == r.running:
			r.event(it)
		default:
			others = append(others, it)
		}
	}
	for l := range strings.Lines(shell.Printable(output.String())) {
		r.b.WriteString(literal(strings.TrimSuffix(l, "\n"), recordedFence) + "\n")
	}
	r.items, r.running = nil, ""
	for _, it := range others {
		r.event(it)
	}
}

func (r *Recorder) event(it shell.Item) {
	line, ok := shown(it)
	if !ok {
		return
	}
	r.open(it.Shell)
	r.b.WriteString("\n" + eventHead + "\n\n" + literal(line.text, recordedFence) + "\n")
}

// open begins a block of the session unless it is the one that is open.
func (r *Recorder) open(session string) {
	if r.session == session {
		return
	}
	r.close()
	if r.b.Len() > 0 {
		r.b.WriteByte('\n')
	}
	r.b.WriteString(recordedFence + "zk " + session + "\n")
	r.session = session
}

func (r *Recorder) close() {
	if r.session != "" {
		r.b.WriteString(recordedFence + "\n")
	}
	r.session = ""
}

// Bytes ends the recording and returns its blocks.
func (r *Recorder) Bytes() []byte {
	r.flush()
	r.close()
	return []byte(r.b.String())
}
