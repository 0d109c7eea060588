package walkthrough

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
)

const page = `---
title: Two
summary: Two roles.
dialect: 3.4
---

Here.

` + "```zk first" + `
[zk] create /a x
Created /a
` + "```" + `

<!-- goal: Make /b. -->

` + "```zk second" + `
[zk] create /b y
Created /b
` + "```" + `
`

// A screen is a host that writes down what is wanted of it.
type screen struct {
	wanted []string
	typed  string // at the prompt in front
	own    bool   // which is no role's
	todo   []ui.Do
}

func (s *screen) Send(i ui.Intent) {
	if d, ok := i.(intent.Dictate); ok && d.Role != "" && s.last("intent.Dictate") {
		return // letter by letter
	}
	if do, ok := i.(ui.Do); ok {
		s.todo = append(s.todo, do)
		return
	}
	text := fmt.Sprintf("%T", i)
	switch i := i.(type) {
	case ui.Focus:
		text += " " + string(i.Pane)
	case intent.OpenRole:
		text += " " + i.Role
	case intent.FrontRole:
		text += " " + i.Role
	case intent.HoldPrompt:
		text += " " + i.Role + ": " + i.Line
	case intent.ReleasePrompt:
		text += fmt.Sprint(" ", i.Role, " replaced ", i.Replaced)
	case intent.ClaimPrompt:
		text += " " + i.Role
	case intent.ClearPrompt:
		text += " " + i.Role
	case intent.Dictate:
		text += " " + i.Role
	case intent.OpenTree:
		text += " " + i.Select
	case intent.ShowZnode:
		text += " " + i.Path
	case intent.PutLine:
		text += " " + i.Line
	case intent.GoOn:
		text += " " + i.Role
	case ui.Leave:
		text += fmt.Sprint(" ", i.Err)
	case ui.Say:
		text += " " + i.Text
	}
	s.wanted = append(s.wanted, text)
}

func (s *screen) last(begins string) bool {
	return len(s.wanted) > 0 && strings.HasPrefix(s.wanted[len(s.wanted)-1], begins)
}

func (s *screen) Front() sessions.Session { return sessions.Session{Lesson: !s.own, Typed: s.typed} }
func (s *screen) All() []sessions.Session { return nil }

// taken is what was wanted since the last time, once it was carried out.
func (s *screen) taken() []string {
	for _, do := range s.todo {
		do()
	}
	s.todo = nil
	wanted := s.wanted
	s.wanted = nil
	return wanted
}

func newPlayer(t *testing.T, s *screen, alone bool) *Player {
	t.Helper()
	ws := workspace.New(workspace.Config{Tabs: true})
	t.Cleanup(ws.Stream().Close)
	p := New(Config{
		Context: context.Background(), Host: s, Sessions: s, Workspace: ws, Alone: alone,
		Wait:   func(time.Duration, func(time.Time) tea.Msg) tea.Cmd { return nil },
		Lesson: "Lesson", Stage: "Stage", Prompt: "Command", Tree: "Tree",
	})
	t.Cleanup(func() {
		if err := p.Clean(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func lesson(t *testing.T) *roles.Lesson {
	t.Helper()
	l, err := roles.ParseLesson("two.md", []byte(page))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// What the screen is asked for at each turn of a lesson, in its order.
func TestIntents(t *testing.T) {
	s := &screen{}
	p := newPlayer(t, s, false)
	hears := func(in roles.Input) func() { return func() { p.Receive(news{p.now, in}) } }
	for _, turn := range []struct {
		name string
		do   func()
		want []string
	}{
		{"play", func() { p.Play(lesson(t), Options{Turn: true}) }, []string{
			"ui.KeepPlace", "intent.KeepTree", "intent.KeepFront", "ui.Unzoom", "ui.Focus Lesson", "intent.LeaveTree"}},
		{"focus", func() { p.Receive(ui.Focused{Pane: "Lesson"}) }, nil},
		{"session", func() {
			p.Receive(cleared{p.now})
			s := p.cfg.Workspace.Adopt("first 1.1", shell.Config{Dialect: shell.D34}, p.now)
			p.Receive(joined{p.now, "first", s, shell.D34})
		}, []string{"intent.ClearRoles", "intent.Forget", "intent.OpenRole first", "intent.FrontRole first"}},
		{"laid out", hears(roles.LaidOut{}), []string{"intent.DropRoles", "intent.OpenTree "}},
		{"opened", hears(roles.Opened{}), []string{"intent.FrontRole first", "roles.Arrive"}},
		{"next", func() { p.Tell(roles.Next{}) }, nil},
		{"its prompt", hears(roles.Opened{}), []string{"intent.Dictate first", "intent.FrontRole first", "intent.ClearPrompt first"}},
		{"at once", func() { p.Tell(roles.Next{}) }, []string{"intent.Dictate first", "intent.ClaimPrompt first"}},
		{"another's prompt", func() { p.Receive(intent.PromptFree{Role: "second"}) }, nil},
		{"free", func() { p.Receive(intent.PromptFree{Role: "first"}) }, []string{"intent.HoldPrompt first: create /a x"}},
		{"ran", hears(roles.Ran{}), []string{
			"intent.ReleasePrompt first replaced false", "intent.Dictate ", "roles.Report", "intent.ShowZnode /a", "roles.Arrive"}},
		{"your turn", hears(roles.Opened{}), []string{"intent.FrontRole second", "ui.Focus Command"}},
		{"the keyboard", func() { p.Receive(ui.Focused{Pane: "Command"}) }, nil},
		{"solution", func() { p.Tell(roles.Solution{}) }, []string{"intent.FrontRole second", "intent.PutLine create /b y"}},
		{"try", func() { p.Receive(intent.LineEnded{Role: "second", End: shell.Item{Line: "create /b z"}}) }, []string{
			"intent.HoldPrompt second: create /b z", "intent.GoOn second"}},
		{"missing", hears(roles.Checked{Why: []string{"no"}}), []string{"intent.ReleasePrompt second replaced false", "roles.TellMissing"}},
		{"again", func() { p.Receive(intent.LineEnded{Role: "second", End: shell.Item{Line: "create /b y"}}) }, []string{
			"intent.HoldPrompt second: create /b y", "intent.GoOn second"}},
		{"strayed", hears(roles.Checked{Strayed: true}), []string{"intent.LeaveTree"}},
		{"laid out anew", hears(roles.LaidOut{Steps: 2}), []string{
			"intent.ReleasePrompt second replaced false", "intent.DropRoles", "intent.FrontRole second", "intent.OpenTree /b",
			"roles.Report", "intent.ShowZnode /b", "roles.Arrive", "roles.Finish"}},
		{"the end", func() { p.Tell(roles.Next{}) }, []string{"roles.TellOver"}},
		{"leave", func() { p.Tell(roles.Leave{}) }, []string{
			"intent.DropRoles", "intent.Forget", "ui.Arrange", "ui.BackToPlace", "intent.LeaveTree", "intent.BackToTree"}},
		{"late", func() { p.Receive(intent.LineEnded{Role: "second"}) }, nil},
	} {
		turn.do()
		if got := s.taken(); !slices.Equal(got, turn.want) {
			t.Fatalf("%s: %q, not %q", turn.name, got, turn.want)
		}
	}
	if p.Playing() || p.State() != nil || p.Lesson() != nil {
		t.Error("it is still played")
	}
}

// A lesson that is all there is takes zoosh with it, and one that cannot be laid out says
// why.
func TestAlone(t *testing.T) {
	s := &screen{}
	p := newPlayer(t, s, true)
	p.Play(lesson(t), Options{})
	p.Receive(ui.Focused{Pane: "Stage"})
	s.taken()
	p.Receive(news{p.now, roles.Failed{Err: errors.New("no server")}})
	want := []string{"intent.DropRoles", "intent.Forget", "ui.Arrange", "ui.Focus Command", "ui.Leave no server", "ui.Say no server"}
	if got := s.taken(); !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

// The keyboard is taken back from a role's prompt only, and only if nothing is typed there,
// once that is in front which is to be.
func TestTakeBack(t *testing.T) {
	for _, test := range []struct {
		focus    ui.ID
		typed    string
		was, own bool // in front is a session of the user's own: at first, and then
		want     []string
	}{
		{"Command", "", false, false, []string{"ui.Focus Lesson"}},
		{"Command", "ls /", false, false, nil},
		{"Events", "", false, false, nil},
		{"Command", "", true, false, []string{"ui.Focus Lesson"}},
		{"Command", "", true, true, nil},
	} {
		s := &screen{typed: test.typed, own: test.was}
		p := newPlayer(t, s, false)
		p.Play(lesson(t), Options{})
		p.Receive(ui.Focused{Pane: test.focus})
		s.taken()
		p.now.carryOut(time.Now(), roles.TakeBack{})
		s.own = test.own
		if got := s.taken(); !slices.Equal(got, test.want) {
			t.Errorf("in %s with %q: %q, not %q", test.focus, test.typed, got, test.want)
		}
	}
}

// What came out of a lesson's sessions is forgotten when it is laid out anew, and what still
// comes of them is nobody's.
func TestLaidOutAnew(t *testing.T) {
	s := &screen{}
	p := newPlayer(t, s, false)
	p.Play(lesson(t), Options{})
	w := p.now
	var names []string
	for range 2 {
		w.heardCleared()
		p.Receive(cleared{w})
		name := w.sessionName("first")
		session := p.cfg.Workspace.Adopt(name, shell.Config{Dialect: shell.D34}, w)
		p.Receive(joined{w, "first", session, shell.D34})
		names = append(names, name)
		if rows, _ := p.Timeline(); len(rows) > 0 {
			t.Errorf("at the beginning of %s: %v", name, rows)
		}
		for _, of := range names {
			p.Take(&shell.Item{Shell: of, Kind: shell.Began, Line: "create /a " + of})
		}
		if rows, _ := p.Timeline(); len(rows) != 1 || rows[0].Role != "first" || !strings.Contains(rows[0].Text, name) {
			t.Errorf("of %q: %v", names, rows)
		}
	}
	if names[0] == names[1] {
		t.Errorf("both are called %s", names[0])
	}
}

// What comes out of sessions is late when the lesson was left.
func TestLate(t *testing.T) {
	s := &screen{}
	p := newPlayer(t, s, false)
	p.Play(lesson(t), Options{})
	w := p.now
	w.laid.Add(1)
	if name := w.sessionName("first"); name != "first 1.1" || ui.Owner(w).Late() {
		t.Errorf("%s is late: %v", name, w.Late())
	}
	s.taken()
	p.Play(lesson(t), Options{})
	s.taken()
	p.Receive(cleared{w})
	p.Receive(joined{w, "first", nil, shell.D34})
	if got := s.taken(); !w.Late() || len(got) > 0 {
		t.Errorf("it is of a lesson that was left: %q", got)
	}
}
