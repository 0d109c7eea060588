package tui

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/tree"
	"zoosh/tui/ui/intent"
)

// These are the figures on the manual's page performance. A frame that is to be drawn sixty times a second
// has 16 ms.

// A hundred znodes, all of them open, have a million below them.
const (
	benchOpen  = 100
	benchBelow = 1_000_000 / benchOpen
)

// benchMiddle is the znode in the middle of them.
var benchMiddle = fmt.Sprintf("/node-%010d/node-%010d", benchOpen/2, 0)

// benchNames are sorted names.
func benchNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("node-%010d", i)
	}
	return names
}

// millionModel has the tree in the middle of a million znodes.
func millionModel(b *testing.B) *Model {
	open, names := benchNames(benchOpen), benchNames(benchBelow)
	m := treeModel(b, 200, 60, open...)
	press(b, m, "end")
	for _, name := range slices.Backward(open) {
		press(b, m, "right")
		m.Update(listing("/"+name, names))
		if rows := treeRows(m); !strings.Contains(rows, fmt.Sprintf("%s %s (%d)", name, m.theme.Glyph.Sequence, benchBelow)) {
			b.Fatalf("the tree is\n%s", rows)
		}
		press(b, m, "up")
	}
	selectIn(m, benchMiddle)
	return m
}

// selectIn selects a znode in the tree.
func selectIn(m *Model, path string) {
	m.Send(intent.ShowZnode{Path: path})
	m.carryOutAll()
}

// BenchmarkMillionFrame is the whole screen drawn anew.
func BenchmarkMillionFrame(b *testing.B) {
	m := millionModel(b)
	runtime.GC()
	for b.Loop() {
		m.drawn = drawn{}
		_ = m.View()
	}
}

// BenchmarkMillionKey is a key and the frame after it.
func BenchmarkMillionKey(b *testing.B) {
	for key, times := range map[string]int{"down": benchOpen * benchBelow / 4, "pgdown": benchOpen * benchBelow / 4 / 60, "end": 1} {
		b.Run(key, func(b *testing.B) {
			m := millionModel(b)
			runtime.GC()
			for i := 1; b.Loop(); i++ {
				press(b, m, key)
				_ = m.View()
				if i%times == 0 { // before the end, where there is nothing to be done
					press(b, m, "home")
				}
			}
		})
	}
	b.Run("shut and open", func(b *testing.B) {
		m := millionModel(b)
		selectIn(m, fmt.Sprintf("/node-%010d", 0))
		runtime.GC()
		for i := 0; b.Loop(); i++ {
			press(b, m, []string{"left", "right"}[i%2])
			_ = m.View()
		}
	})
}

// BenchmarkMillionLoad is what it takes until a million znodes are in the tree, the
// names having come, and what of the memory stays, the names included.
func BenchmarkMillionLoad(b *testing.B) {
	var before, after runtime.MemStats
	for b.Loop() {
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&before)
		names := benchNames(1_000_000)
		b.StartTimer()
		m := treeModel(b, 200, 60, names...)
		_ = m.View()
		b.StopTimer()
		names = nil
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(m)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1_000_000, "B/znode")
		b.StartTimer()
	}
}

// BenchmarkMillionReread is what comes after a reconnect: the names of a million
// children that are there already, of which one in a hundred is another one now.
func BenchmarkMillionReread(b *testing.B) {
	names := benchNames(1_000_000)
	others := slices.Clone(names)
	for i := 0; i < len(others); i += 100 {
		others[i] += "x"
	}
	m := treeModel(b, 200, 60, names...)
	runtime.GC()
	var frames frameTimes
	for b.Loop() {
		for more := []tea.Msg{listing("/", others)}; len(more) > 0; {
			cmd := frames.draw(m, more[0])
			more = append(more[1:], followUps(cmd)...)
		}
		names, others = others, names
	}
	b.ReportMetric(milliseconds(frames.longest), "longest-frame-ms")
}

// followUps are the messages with which the tree goes on in the next frame.
func followUps(cmd tea.Cmd) (more []tea.Msg) {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, one := range msg {
			more = append(more, followUps(one)...)
		}
	case tree.ChangesMsg:
		more = append(more, msg)
	}
	return more
}

// frameTimes is how long frames take, the change before them included.
type frameTimes struct{ longest time.Duration }

func (f *frameTimes) draw(m *Model, msg tea.Msg) tea.Cmd {
	begun := time.Now()
	_, cmd := m.Update(msg)
	_ = m.View()
	f.longest = max(f.longest, time.Since(begun))
	return cmd
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

const (
	stormRate = 100_000 // events a second
	stormTime = 10 * time.Second
	stormStep = time.Millisecond
	stormKey  = 23 * time.Millisecond
)

// BenchmarkStorm is events that come far faster than anybody reads, while somebody
// types and moves in a tree of a million znodes. Each event comes to the screen or is counted.
func BenchmarkStorm(b *testing.B) {
	for b.Loop() {
		m := millionModel(b)
		runtime.GC()
		s := &storm{m: m, msgs: make(chan tea.Msg), keys: make(chan time.Time, 1000), over: make(chan struct{})}
		s.run()
		if s.taken+s.lost != s.sent {
			b.Fatalf("%d events taken and %d lost of %d", s.taken, s.lost, s.sent)
		}
		slices.Sort(s.waits)
		b.ReportMetric(float64(s.sent)/s.took.Seconds(), "events/s")
		b.ReportMetric(float64(s.sent), "sent")
		b.ReportMetric(float64(s.taken), "taken")
		b.ReportMetric(float64(s.lost), "counted-as-lost")
		b.ReportMetric(float64(len(s.waits)), "keys")
		b.ReportMetric(milliseconds(s.waits[len(s.waits)/2]), "p50-ms")
		b.ReportMetric(milliseconds(s.waits[len(s.waits)*99/100]), "p99-ms")
		b.ReportMetric(milliseconds(s.waits[len(s.waits)-1]), "max-ms")
		b.ReportMetric(milliseconds(s.longest), "longest-frame-ms")
	}
}

// A storm is a model, and what Bubble Tea does for it.
type storm struct {
	frameTimes
	m    *Model
	msgs chan tea.Msg
	keys chan time.Time // when each was pressed
	over chan struct{}

	sent, taken, lost int
	took              time.Duration
	waits             []time.Duration // from each key to its frame
}

// do runs a command beside, and those it is made of.
func (s *storm) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for _, one := range batch {
				s.do(one)
			}
			return
		}
		select {
		case s.msgs <- msg:
		case <-s.over:
		}
	}()
}

func (s *storm) run() {
	defer close(s.over)
	sent := make(chan int)
	go s.press()
	go func() { sent <- s.send() }()
	s.do(s.m.feed.next())
	for s.sent == 0 || s.taken+s.lost < s.sent {
		select {
		case s.sent = <-sent:
		case at := <-s.keys:
			s.do(s.draw(s.m, keyPress([]string{"down", "pgdown", "up", "tab", "x"}[len(s.waits)%5])))
			s.waits = append(s.waits, time.Since(at))
		case msg := <-s.msgs:
			if batch, ok := msg.(feedMsg); ok {
				s.count(batch)
			}
			s.do(s.draw(s.m, msg))
		}
	}
}

func (s *storm) count(batch feedMsg) {
	for i := range batch.items {
		switch it := &batch.items[i]; it.Kind {
		case shell.Watch:
			s.taken++
		case shell.Lost:
			s.lost += it.Count
		}
	}
}

// press presses keys until the storm is over.
func (s *storm) press() {
	tick := time.NewTicker(stormKey)
	defer tick.Stop()
	for {
		select {
		case at := <-tick.C:
			s.keys <- at
		case <-s.over:
			return
		}
	}
}

// send puts the events into the shells' stream at their rate, as a session does.
func (s *storm) send() (n int) {
	begun := time.Now()
	for n < stormRate*int(stormTime/time.Second) {
		due := int(time.Since(begun).Seconds() * stormRate)
		for ; n < due; n++ {
			it := watchItem(n, wire.EventType(1+n%4), fmt.Sprintf("/workers/node-%d", n%5000), "stat -w /workers")
			it.Text = "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDataChanged path:" + it.Event.Path + "\n"
			s.m.ws.Put(it)
		}
		time.Sleep(stormStep)
	}
	s.took = time.Since(begun)
	return n
}
