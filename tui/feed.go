package tui

import (
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/tui/ui"
)

// feedLimit is how many items a batch holds at most. What is beyond it waits in
// the shell's stream, which bounds itself and counts what it had to leave out.
const feedLimit = 4096

// feedBytes is how many bytes of text: what is beyond waits, too.
const feedBytes = 2 << 20

// A feed is the one reader of the shells' stream: it hands what has come to
// Update once a frame, however much that is.
type feed struct {
	mu    sync.Mutex
	items []shell.Item
	bytes int           // of text
	full  sync.Cond     // there is room again
	wake  chan struct{} // something is there; holds one
	last  time.Time     // when the last batch was handed over
}

// A feedMsg is what came out of the shells since the last one, in order.
type feedMsg struct{ items []shell.Item }

func newFeed(stream *shell.Stream) *feed {
	f := &feed{wake: make(chan struct{}, 1)}
	f.full.L = &f.mu
	go f.read(stream)
	return f
}

func (f *feed) read(stream *shell.Stream) {
	for {
		it, ok := stream.Next()
		if !ok {
			return
		}
		f.mu.Lock()
		for len(f.items) >= feedLimit || f.bytes >= feedBytes {
			f.full.Wait()
		}
		f.bytes += len(it.Text) + len(it.Object)
		f.items = append(f.items, it)
		f.mu.Unlock()
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
}

// next waits for the next batch. Only one such command may be under way.
func (f *feed) next() tea.Cmd {
	return func() tea.Msg {
		<-f.wake
		time.Sleep(time.Until(f.last.Add(ui.Frame)))
		f.mu.Lock()
		defer f.mu.Unlock()
		items := f.items
		f.items = make([]shell.Item, 0, len(items)) // as many may come until the next one
		f.last, f.bytes = time.Now(), 0
		f.full.Broadcast()
		return feedMsg{items}
	}
}
