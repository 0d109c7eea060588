package tui

import (
	"context"
	"flag"
	"maps"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// This file is what the driver does in place of Bubble Tea, and how it knows that
// all has settled.

// patience bounds every wait; none takes that long unless something is wrong.
const patience = 60 * time.Second

// askPatience is how long a server is asked that may hang.
const askPatience = 5 * time.Second

// TestMain runs more tests beside each other than there are processors: most of their
// time they wait for a server, or for a frame.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0)))
	}
	os.Exit(m.Run())
}

// A flight is a command that is under way.
type flight struct {
	name string // of the function that it is
	only bool   // it only waits for what comes from outside
}

// ended is the end of a command.
type ended struct {
	of  *flight
	msg tea.Msg
}

// A timer ends when it is due.
type timer struct {
	due time.Time
	msg func(time.Time) tea.Msg
}

// listeners are the commands that wait for what nobody asked for. Whether something
// of that is there and not yet shown, settled finds out for each of them.
var listeners = []string{"(*feed).next", "tree.(*Pane).next"}

// do runs a command beside the test.
func (d *commandDriver) do(cmd tea.Cmd) {
	if sent := d.m.carryOutAll(); sent != nil { // by what the test has called
		d.do(sent)
	}
	if cmd == nil {
		return
	}
	f := &flight{name: runtime.FuncForPC(reflect.ValueOf(cmd).Pointer()).Name()}
	f.only = slices.ContainsFunc(listeners, func(l string) bool { return strings.Contains(f.name, l) })
	d.underway[f] = true
	go func() {
		select {
		case d.msgs <- ended{f, cmd()}:
		case <-d.over:
		}
	}()
}

func (d *commandDriver) send(msg tea.Msg) {
	switch its := msg.(type) {
	case nil:
		return
	case tea.BatchMsg:
		for _, cmd := range its {
			d.do(cmd)
		}
		return
	case ui.TimerMsg:
		d.timers = append(d.timers, timer{time.Now().Add(its.D), its.Msg})
		return
	case feedMsg:
		if its.items = d.unmarked(its.items); len(its.items) == 0 {
			d.handled-- // it woke for nothing
		}
		msg = its
	}
	d.handled++
	d.do(d.update(msg))
}

// lends gives the terminal to an editor: what is done there is done to the file, which
// is its last argument.
func (d *commandDriver) lends(c tea.ExecCommand, over tea.ExecCallback) tea.Cmd {
	return func() tea.Msg {
		args := c.(*loan).ExecCommand.(process).Args
		d.editor(args[len(args)-1])
		return over(nil)
	}
}

// step waits for the next message, at most until it is too late, and handles it. A
// pane that reads is looked at again in between: it may end without a message.
func (d *commandDriver) step(late <-chan time.Time) (came bool) {
	var again <-chan time.Time
	if d.reads {
		again = time.After(2 * time.Millisecond)
	}
	var due <-chan time.Time
	first := -1
	for i := range d.timers {
		if first < 0 || d.timers[i].due.Before(d.timers[first].due) {
			first = i
		}
	}
	if first >= 0 {
		t := time.NewTimer(time.Until(d.timers[first].due))
		defer t.Stop()
		due = t.C
	}
	select {
	case end := <-d.msgs:
		delete(d.underway, end.of)
		d.send(end.msg)
	case now := <-due:
		t := d.timers[first]
		d.timers = slices.Delete(d.timers, first, first+1)
		d.send(t.msg(now))
		d.handled-- // it only shows that time passes
	case <-again:
	case <-late:
		return false
	}
	return true
}

// until handles messages until something holds.
func (d *commandDriver) until(what string, holds func() bool) {
	d.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for !holds() {
		if !d.step(late.C) {
			d.t.Fatalf("waited in vain for %s; under way: %s; the screen is\n%s", what, strings.Join(d.busy(), ", "), d.plain())
		}
	}
}

// busy names what is under way but for timers and for what waits for the unforeseen.
func (d *commandDriver) busy() []string {
	d.reads = false
	var names []string
	for f := range d.underway {
		if !f.only {
			names = append(names, f.name)
		}
	}
	for _, e := range registry {
		if p, ok := d.m.panes[e.id].(ui.Reader); ok && p.Reads() {
			d.reads = true
			names = append(names, "the reading of "+string(e.id))
		}
	}
	return names
}

// settle handles messages until all that was asked for has come, and all that
// followed from it: no command is under way but timers and those that listen, no pane
// reads, and what the servers had to tell has been told and taken.
func (d *commandDriver) settle() {
	d.t.Helper()
	d.settleOr(func() bool { return false })
}

// settleOr does so, unless something holds before that. It tells whether that holds.
func (d *commandDriver) settleOr(holds func() bool) bool {
	d.t.Helper()
	quiet := func() bool { return len(d.busy()) == 0 }
	d.until("all to settle", func() bool { return holds() || quiet() })
	for !holds() {
		before := d.handled
		d.marks++
		d.do(d.askAll(d.marks))
		d.until("all to settle", func() bool { return holds() || d.told == d.marks && quiet() })
		if d.handled == before {
			return holds() // nothing has come since the question
		}
	}
	return true
}

// ownSessions are those of panes, by what they are for.
func (d *commandDriver) ownSessions() map[*session.Session]string {
	all := map[*session.Session]string{}
	for _, p := range d.m.panes {
		if o, ok := p.(ui.SessionOwner); ok {
			maps.Copy(all, o.OwnSessions())
		}
	}
	return all
}

// An askedMark says which of the driver's rounds of questions was answered.
type askedMark int

// askAll asks every session's server something, once it has had the time to connect:
// what it answers comes behind the events that were there to be told. Then it puts a
// mark into the stream, behind what was there to be shown.
func (d *commandDriver) askAll(number int) tea.Cmd {
	sessions := slices.Collect(maps.Keys(d.ownSessions()))
	for _, t := range d.m.sessions.All() {
		sessions = append(sessions, t.Shell.Session())
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(d.t.Context(), askPatience)
		defer cancel()
		for _, zk := range sessions {
			if zk != nil && zk.ID() == 0 { // one that is lost is not waited for
				zk.Attempt(ctx)
			}
			if zk != nil && zk.State() == session.Connected {
				zk.Exists(ctx, "/", nil)
			}
		}
		d.m.ws.Put(shell.Item{Kind: shell.Mark, Mark: askedMark(number)})
		return nil
	}
}

// unmarked is what came out of the shells, but for the mark.
func (d *commandDriver) unmarked(items []shell.Item) []shell.Item {
	return slices.DeleteFunc(items, func(it shell.Item) bool {
		number, ours := it.Mark.(askedMark)
		if ours {
			d.told = int(number)
		}
		return ours
	})
}

// passes lets time pass for the marks in the tree. The timers that end meanwhile end
// at once.
func (d *commandDriver) passes(lapse time.Duration) {
	d.t.Helper()
	then := time.Now().Add(lapse)
	d.m.now = func() time.Time { return time.Now().Add(lapse) }
	waiting := d.timers
	d.timers = nil
	for _, t := range waiting {
		if t.due.After(then) {
			d.timers = append(d.timers, t)
		} else {
			d.send(t.msg(then))
		}
	}
	d.settle()
}

// TestLookingChangesNothing: what is seen is no other for having been looked at.
func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	d.starts()
	d.run("create /a x", "create /b x", "delete /a")
	d.settle()
	seen, timers := d.plain(), len(d.timers)
	d.screen()
	if len(d.timers) != timers || len(d.busy()) > 0 {
		t.Errorf("it does something: %d timers instead of %d, %v", len(d.timers), timers, d.busy())
	}
	if now := d.plain(); now != seen {
		t.Errorf("the screen is another one:\n%s", differing(now, seen))
	}
}

// TestTimersGoThroughUpdate: a timer ends with its message.
func TestTimersGoThroughUpdate(t *testing.T) {
	t.Parallel()
	m := testModel(t, 80, 24, Config{})
	_, cmd := m.Update(ui.After(1, func(time.Time) tea.Msg { return "over" })())
	if got := cmd(); got != "over" {
		t.Errorf("it ended with %v", got)
	}
}
