package shell

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"zoosh/internal/session"
)

// Kind says what an Item is.
type Kind int

// The kinds of items.
const (
	Stdout Kind = iota // data: what zkCli writes to standard output
	Stderr             // messages: what zkCli writes to standard error
	Watch              // a watch fired
	State              // the connection changed
	Began              // a command begins
	Done               // the command that ran has ended
	Lost               // the stream was full: Count events are missing here
	Mark               // a front end, or its workspace, has put it there; no shell does
)

// Given says how a line came to its shell.
type Given int

// The ways.
const (
	GivenElsewhere Given = iota // not through a workspace
	GivenAtOnce                 // and nothing ran then
	GivenBefore                 // and it waited for others
)

// An Item is one piece of what comes out of a shell. The items of a shell form
// one sequence: a watch event stands before the output of any later read.
type Item struct {
	Kind  Kind
	Shell string // Config.Name of the shell it comes from
	// Text is exactly what zkCli would write, line ends included, raw: what a
	// terminal is to show goes through Printable first. It is empty for a watch
	// event that printwatches keeps from the prompt, for Began, Done and Lost.
	Text   string
	Event  session.Event // of Watch and State
	Line   string        // of Began and Done: the command
	Prompt string        // of Began: the prompt that the command was given at
	Given  Given         // of Began and Done: how the line came; no shell sets it
	Note   string        // of State: what zkCli leaves to be guessed; no shell sets it
	Code   int           // of Done: the exit code
	Err    error         // of Done: why the command failed
	// Doubt, of Done, is why it is not known what the command has done, "" if it is
	// known; see Shell.Doubt. What says so has it, too.
	Doubt  string
	Made   *Made  // of Done: what the command made, if no stat will tell
	Auth   bool   // of Done: the session may prove another identity since
	Named  *Named // of Done: the session that the line names, but for self
	Beside bool   // of all but events: it is of a line that runs beside another
	// Object, of events and of Lost, is the event as a JSON object, a line, where JSON is
	// printed; see Shown.
	Object string
	Count  int // of Lost
	Mark   any // of Mark: what it means, of a type of its own
	// Owner is whose session it comes from, where a front end has some that are not
	// the user's; no shell sets it.
	Owner any

	asJSON bool // of Lost: the events that are missing were objects
}

// Shown is what is printed of the item: its text or, where JSON is printed, an event's
// object.
func (it *Item) Shown() string { return cmp.Or(it.Object, it.Text) }

// Named is a session of the embedded server by the word that a line has for it.
type Named struct {
	Word  string
	Shell string // Config.Name of the shell whose session it is; "" for that of nobody here
}

// Made is a container or a TTL znode that a command has made. Nobody can ask a
// server afterwards which znodes those are.
type Made struct {
	Server string        // the connect string of the session
	Path   string        // as it was made, with a sequential znode's number
	Czxid  int64         // tells it from others that have been there
	TTL    time.Duration // 0: it is a container
}

// The bounds of a stream: a command waits while streamBacklog items are unread;
// events cannot wait, and beyond streamLimit they are counted instead of kept.
const (
	streamBacklog = 1 << 10
	streamLimit   = 1 << 16
	// The same in bytes of text and paths.
	streamBacklogBytes = 4 << 20
	streamLimitBytes   = 32 << 20
)

// A Stream is the queue between shells and the one front end that shows what
// they put out. It keeps order, it never makes an event wait, and it is bounded.
type Stream struct {
	mu     sync.Mutex
	change sync.Cond // items were added or taken, or the stream was closed
	items  []Item
	bytes  int // of text and paths
	taken  int // items that were taken so far
	read   int // of those, with which the reader is through
	closed bool
}

// NewStream makes an empty stream.
func NewStream() *Stream {
	s := &Stream{}
	s.change.L = &s.mu
	return s
}

// Put appends an item. A command's output waits while the reader is far behind;
// an event never does.
func (s *Stream) Put(it Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	event := it.Kind == Watch || it.Kind == State
	for !event && (len(s.items) >= streamBacklog || s.bytes >= streamBacklogBytes) && !s.closed {
		s.change.Wait()
	}
	if event && len(s.items) > 0 && (len(s.items) >= streamLimit || s.bytes+it.size() > streamLimitBytes) {
		s.countLost(it)
		return
	}
	s.bytes += it.size()
	s.items = append(s.items, it)
	s.change.Broadcast()
}

// size is how many bytes of text the item has, its object and its path among them.
func (it *Item) size() int { return len(it.Text) + len(it.Object) + len(it.Event.Path) }

// countLost counts an event as not kept, in an item of its shell at the end.
func (s *Stream) countLost(event Item) {
	for i := len(s.items) - 1; i >= 0 && s.items[i].Kind == Lost; i-- {
		if s.items[i].Shell == event.Shell {
			s.items[i].Count++
			return
		}
	}
	s.items = append(s.items, Item{Kind: Lost, Shell: event.Shell, Owner: event.Owner, Count: 1, asJSON: event.Object != ""})
}

// Next waits for the next item. ok is false when the stream was closed and
// everything in it has been read.
func (s *Stream) Next() (it Item, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read < s.taken {
		s.read = s.taken
		s.change.Broadcast()
	}
	for len(s.items) == 0 && !s.closed {
		s.change.Wait()
	}
	if len(s.items) == 0 {
		return Item{}, false
	}
	s.taken++
	it = s.items[0]
	s.bytes -= it.size()
	s.items[0] = Item{} // let go of the text
	s.items = s.items[1:]
	s.change.Broadcast()
	if it.Kind == Lost {
		it.Text = fmt.Sprintf("(%d events are not shown: they came faster than they could be printed)\n", it.Count)
		if it.asJSON {
			it.Object = lostObject(&it)
		}
	}
	return it, true
}

// Drain waits until the reader is through with all that is in the stream now, or ctx ends.
func (s *Stream) Drain(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.change.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for all := s.taken + len(s.items); s.read < all && ctx.Err() == nil; {
		s.change.Wait()
	}
}

// Left takes what is unread out of a stream that is closed.
func (s *Stream) Left() []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.items
	s.items = nil
	return left
}

// Len is the number of items that are unread.
func (s *Stream) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.items)
}

// Close ends the stream: what is in it can still be read, and nothing that is
// put into it waits any more.
func (s *Stream) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.change.Broadcast()
}
