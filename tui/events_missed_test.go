package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// watchRows is the face with the watches as it is read, as it is a while later.
func (d *commandDriver) watchRows() string {
	p := d.m.events
	p.armed.stale = true
	for i := range p.armed.gone {
		p.armed.gone[i].firedAt = p.armed.gone[i].firedAt.Add(-2 * fadeTime)
	}
	return ansi.Strip(strings.Join(p.Rows(true), "\n"))
}

func (d *commandDriver) untilWatches(part string) {
	d.t.Helper()
	d.until(part, func() bool { return strings.Contains(d.watchRows(), part) })
}

func TestUnseenChanges(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.m.setFocus(paneCommand)
	d.run("create /a x", "get /a true", "ls /a true", "set /a 1")
	d.settle()
	d.do(d.m.events.flip())
	d.untilWatches("child")
	if rows := d.watchRows(); strings.Contains(rows, "unseen") || strings.Contains(rows, "data fired") {
		t.Errorf("nothing changed since:\n%s", rows)
	}
	// It comes back, and stays, once there is something that was not seen.
	d.run("set /a 2", "set /a 3", "create /a/x x")
	d.untilWatches("since then 2 changes unseen")
	if title := d.m.events.Title(80); title != "Watches armed now: 0; 2 changes unseen" {
		t.Error(title)
	}
	d.run("delete /a/x", "create /a/y x")
	d.until("both", func() bool { return strings.Count(d.watchRows(), "since then 2 changes unseen") == 2 })
	d.run("get /a true")
	d.until("one to be armed again", func() bool { return strings.Count(d.watchRows(), "unseen") == 1 })
	d.run("set /a 4", "set /a 5")
	d.untilWatches("1 change unseen")
	d.m.setFocus(paneEvents)
	d.press("home", "x", "home", "x")
	if rows := d.watchRows(); strings.Contains(rows, "unseen") {
		t.Errorf("it is not put away:\n%s", rows)
	}
}

// Of a session that is over, and of a server that the tree does not show, nothing
// is said.
func TestUnseenIsForgotten(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.m.setFocus(paneCommand)
	d.run("create /a x", "get /a true", "set /a 1", "set /a 2")
	d.do(d.m.events.flip())
	d.untilWatches("1 change unseen")
	d.run("close")
	d.until("it to be forgotten", func() bool { return !strings.Contains(d.watchRows(), "unseen") })
	d.run("connect")
	d.until("the session", func() bool { return d.m.events.kept.len() > 3 })
	d.m.events.server = "elsewhere:2181"
	d.run("get /a true", "set /a 1", "set /a 2")
	d.until("the event", func() bool {
		return len(d.m.events.armed.gone) > 0 && d.m.events.armed.gone[0].firedAt.After(time.Now().Add(-fadeTime))
	})
	if d.m.events.armed.gone[0].missed != nil {
		t.Error("it counts on another server")
	}
}
