package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/server"
	"zoosh/roles"
	"zoosh/tui/ui/intent"
)

// This file is how tests play lessons.

// takeover is a small lesson: two roles, an event, a crash, goals.
const takeover = `---
title: Takeover
summary: One goes, another comes.
dialect: 3.4
---

The first takes the place.

<!-- goal: Make /master, with the data one, so that it goes with you. -->
<!-- hint: It is called ephemeral. -->

` + "```zk first" + `
[zk] create -e /master "one"
Created /master
` + "```" + `

The second is refused, and watches.

` + "```zk second" + `
[zk] create -e /master "two"
Node already exists: /master
[zk] stat /master true
cZxid = 0xc
...
` + "```" + `

The first dies.

` + "```zk first" + `
[zk] crash
Connection dropped: the server keeps the session until its timeout
` + "```" + `

The second is told, and takes over.

<!-- goal: Make /master with the data two, ephemeral. -->

` + "```zk second" + `
WATCHER::

WatchedEvent state:SyncConnected type:NodeDeleted path:/master
[zk] create -e /master "two"
Created /master
` + "```" + `

That is all.
`

func inline(t *testing.T, src string) *roles.Lesson {
	t.Helper()
	l, err := roles.ParseLesson("takeover.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// driveLesson starts a model in which nobody waits for anything to be read or
// typed.
func driveLesson(t *testing.T, w, h int, cfg Config) *commandDriver {
	t.Helper()
	return driveLessonOn(t, startServer(t), w, h, cfg)
}

// driveLessonOn does so beside a server.
func driveLessonOn(t *testing.T, srv *server.Server, w, h int, cfg Config) *commandDriver {
	t.Helper()
	d := driveCommandOn(t, srv, w, h, cfg)
	t.Cleanup(func() {
		if err := d.m.cleanPanes(); err != nil {
			t.Error(err)
		}
	})
	d.atOnce()
	d.starts()
	return d
}

// atOnce has no lesson wait for time to pass.
func (d *commandDriver) atOnce() {
	d.m.wait = func(_ time.Duration, msg func(time.Time) tea.Msg) tea.Cmd {
		return func() tea.Msg { return msg(time.Time{}) }
	}
}

// byHand has a test say when a timer ends.
func (d *commandDriver) byHand() {
	d.m.wait = func(_ time.Duration, msg func(time.Time) tea.Msg) tea.Cmd {
		d.waits = msg
		return nil
	}
}

// tick ends the timer that a lesson has begun last.
func (d *commandDriver) tick() { d.send(d.waits(time.Time{})) }

// at tells whether the lesson is in that phase.
func (d *commandDriver) at(p roles.Phase) bool {
	return d.m.player.Playing() && d.m.player.State().Phase() == p
}

// walkOptions say how a lesson is played.
type walkOptions struct {
	turn  bool
	stage bool
}

// play plays a lesson that is not in the list, and waits until it is laid out.
func (d *commandDriver) play(l *roles.Lesson, o walkOptions) {
	d.t.Helper()
	d.m.Send(intent.PlayLesson{Lesson: l, Turn: o.turn})
	d.do(nil)
	d.resting()
	if o.stage {
		d.press("Show the roles side by side, or not")
	}
}

// server is the server of the prompt in front.
func (d *commandDriver) server() string { return d.front().Shell.ConnectString() }

// turnsTo brings a role's prompt to the front.
func (d *commandDriver) turnsTo(role string) {
	d.t.Helper()
	for range d.m.sessions.All() {
		if d.front().Title == role {
			return
		}
		d.press("Next session")
	}
	d.t.Fatalf("there is no prompt of %s; the screen is\n%s", role, d.plain())
}

// begins presses the key of a lesson.
func (d *commandDriver) begins(key string) {
	d.t.Helper()
	d.press(key)
	d.until("the lesson", d.m.player.Playing)
	d.resting()
}

// resting waits until the lesson waits for somebody.
func (d *commandDriver) resting() {
	d.t.Helper()
	d.until("the lesson to rest", func() bool {
		return !d.m.player.Playing() || d.at(roles.Paused) || d.at(roles.YourTurn) || d.at(roles.Done)
	})
}

// steps plays so many steps with Space.
func (d *commandDriver) steps(n int) {
	d.t.Helper()
	for range n {
		d.press("space")
		d.resting()
	}
}

// allRight wants the lesson played to its end as it is written.
func (d *commandDriver) allRight() {
	d.t.Helper()
	e, l := d.m.player.State(), d.m.player.Lesson()
	if n := len(l.Steps); !d.at(roles.Done) || e.Count(roles.Right) != n || n == 0 {
		d.t.Errorf("%s: %v, %d of %d right", l.Name, e.Phase(), e.Count(roles.Right), n)
	}
}
