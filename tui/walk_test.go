package tui

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/tui/ui/sessions"
)

func init() {
	keyCodes["space"] = tea.KeySpace
	for i, name := range []string{"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11"} {
		keyCodes[name] = tea.KeyF1 + rune(i)
	}
	goldenScenes = append(goldenScenes, lessonScenes...)
}

func TestWalkthroughsBySpace(t *testing.T) {
	for _, key := range []string{"f2", "f3", "f4", "f5"} {
		for _, lang := range []string{roles.English, roles.Chinese} {
			t.Run(key+" "+lang, func(t *testing.T) {
				t.Parallel()
				d := driveLesson(t, 80, 24, Config{Language: lang})
				d.begins(key)
				d.steps(len(d.m.player.Lesson().Steps))
				d.allRight()
				pictured(t, d.m)
			})
		}
	}
}

func TestWalkthroughsByThemselves(t *testing.T) {
	for _, key := range []string{"f2", "f3", "f4", "f5"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			kept := make(chan string, 1)
			d := driveLesson(t, 120, 40, Config{Finish: func(name string) { kept <- name }})
			d.begins(key)
			d.press("p")
			d.until("the end", func() bool { return d.at(roles.Done) && len(kept) == 1 })
			d.allRight()
			if w, name := d.m.player, <-kept; w.State().Auto() || name != w.Lesson().Name {
				t.Errorf("playing on %v, kept %q", w.State().Auto(), name)
			}
			d.press("Lessons: a walkthrough from the list")
			d.sees("✓ "+d.m.player.Lesson().Title, " played ")
		})
	}
}

// TestBackOnACleanTree takes the keyboard, leaves something behind, goes back two
// steps and on to the end.
func TestBackOnACleanTree(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 120, 40, Config{})
	home := d.front()
	d.begins("f3")
	d.steps(6)
	d.press("f6") // to the stage, or on to the prompt
	d.m.setFocus(paneCommand)
	d.turnsTo("worker")
	server := d.server()
	d.run("create /stray x")
	d.shows("Created /stray")
	d.seesIn("Tree", "stray")
	if n := strings.Count(strings.Join(d.lines(), "\n"), "create /stray x"); n != 1 {
		t.Errorf("the line stands %d times in the tab", n)
	}
	d.m.setFocus(paneLesson)
	d.press("left")
	d.resting()
	d.press("left")
	d.resting()
	if e := d.m.player.State(); e.Next() != 4 || e.Count(roles.Right) != 4 {
		t.Fatalf("after two steps back: at %d, %d right", e.Next(), e.Count(roles.Right))
	}
	if d.server() == server {
		t.Error("the tree is not a clean one")
	}
	d.settle()
	d.seesIn("Tree", "workers")
	if strings.Contains(pictured(t, d.m), "stray") {
		t.Error("what was left behind is still there")
	}
	d.onlyOurEvents(home)
	d.press("p")
	d.until("the end", func() bool { return d.at(roles.Done) })
	d.allRight()
	// Leaving brings back what was there before.
	d.press("q")
	d.create("/mine", 0)
	d.seesIn("Tree", "mine")
	if d.front().Name != home.Name || len(d.m.sessions.All()) != 1 || d.m.focus != paneCommand || d.m.player.Playing() {
		t.Errorf("in front %q of %d, focus %v", d.front().Title, len(d.m.sessions.All()), d.m.focus)
	}
}

// onlyOurEvents wants only those sessions to be told of in the pane Events that are
// there now: one that is gone would have another beginning under the same name.
func (d *commandDriver) onlyOurEvents(home sessions.Session) {
	d.t.Helper()
	begun := map[string]int{home.Label(): 0}
	for _, s := range d.m.sessions.All() {
		if s.Lesson && !s.Gone {
			begun[s.Role] = 0
		}
	}
	d.press("Zoom the pane, or show all")
	rows := d.eventRows()
	d.press("Zoom the pane, or show all")
	for _, row := range rows {
		columns := strings.Fields(row)
		if _, ours := begun[columns[1]]; !ours {
			d.t.Errorf("an event of a session that is gone: %s", row)
		}
		if columns[2] == "SyncConnected" {
			begun[columns[1]]++
		}
	}
	for name, n := range begun {
		if n != 1 {
			d.t.Errorf("the session %s began %d times:\n%s", name, n, strings.Join(rows, "\n"))
		}
	}
}

// What the user does makes a difference, and the marks say so.
func TestAStrayZnodeShows(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{})
	d.m.setFocus(paneCommand)
	d.run("create /master mine")
	d.m.setFocus(paneLesson)
	d.press("p")
	d.until("it to stop", func() bool { return d.m.player.State().Next() == 1 && !d.m.player.State().Auto() })
	d.resting()
	if got := d.m.player.State().Mark(0); got != roles.Wrong {
		t.Errorf("the mark is %v", got)
	}
	text := strings.Join(inside(t, d.m, paneLesson), "\n")
	if !strings.Contains(text, "✗ came: Node already exists: /master") || !strings.Contains(text, "✗ the lesson: Created /master") {
		t.Errorf("it does not say what is wrong:\n%s", text)
	}
	// From the beginning on a clean tree it is right.
	d.press("r")
	d.resting()
	d.steps(1)
	if got := d.m.player.State().Mark(0); got != roles.Right {
		t.Errorf("then the mark is %v", got)
	}
}

// TestTyping shows the command as it is typed, in the role's prompt and on the
// stage, and runs it at once with Space.
func TestTyping(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.byHand()
	d.play(inline(t, takeover), walkOptions{stage: true})
	d.press("space")
	d.until("the typing", func() bool { return d.at(roles.Typing) })
	for range len("create") {
		d.tick()
	}
	wantRows(t, inside(t, d.m, paneStage)[:2], "first                                 │second", "> create▌                             │")
	if _, y := d.cell(); !strings.HasSuffix(d.rows()[y], "] create") {
		t.Errorf("the prompt is %q", d.rows()[y])
	}
	// Who takes the keyboard then has the prompt to themselves.
	d.press("tab")
	if d.m.focus != paneCommand || d.at(roles.Typing) || d.front().Title != "first" {
		t.Fatalf("focus %v, %v", d.m.focus, d.m.player.State().Phase())
	}
	d.press("esc", "space")
	d.until("the typing", func() bool { return d.at(roles.Typing) })
	d.tick()
	d.press("space")
	d.resting()
	if d.m.player.State().Next() != 1 || d.m.player.State().Mark(0) != roles.Right {
		t.Errorf("at %d, %v", d.m.player.State().Next(), d.m.player.State().Mark(0))
	}
	if got := strings.Count(strings.Join(d.lines(), "\n"), "create -e"); got != 1 {
		t.Errorf("the line stands there %d times", got)
	}
}

// TestSkip does the rest of a block at once.
func TestSkip(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.byHand()
	d.play(inline(t, takeover), walkOptions{})
	d.press("s")
	d.until("the block", func() bool { return d.m.player.State().Next() == 1 })
	d.resting()
	d.press("s")
	d.until("the block", func() bool { return d.m.player.State().Next() == 3 })
	d.resting()
	if got := d.m.player.State().Count(roles.Right); got != 3 {
		t.Errorf("%d right", got)
	}
}

// TestWalkYourTurn does the steps that are the student's in the role's prompt; the
// others play by themselves.
func TestWalkYourTurn(t *testing.T) {
	t.Parallel()
	kept := make(chan string, 1)
	d := driveLesson(t, 80, 24, Config{Finish: func(name string) { kept <- name }})
	d.play(inline(t, takeover), walkOptions{turn: true})
	w := d.m.player.State()
	if !d.at(roles.YourTurn) || d.m.focus != paneCommand || d.front().Title != "first" {
		t.Fatalf("%v, focus %v, in front %q", w.Phase(), d.m.focus, d.front().Title)
	}
	d.run("create /master one")
	d.resting()
	lesson := func() string { return strings.Join(inside(t, d.m, paneLesson), "\n") }
	if text := lesson(); !strings.Contains(text, "✗ /master is persistent") {
		t.Errorf("it does not say what is missing:\n%s", text)
	}
	d.press("f8")
	if text := lesson(); !strings.Contains(text, "Hint: It is called ephemeral.") {
		t.Errorf("no hint:\n%s", text)
	}
	if bar := pictured(t, d.m); !strings.Contains(bar, "F8 hint") {
		t.Errorf("no key for it:\n%s", bar)
	}
	d.run("delete /master")
	d.press("f9")
	d.typedIs(`create -e /master "one"`)
	d.press("enter")
	d.until("the second goal", func() bool { return d.at(roles.YourTurn) && w.Next() == 5 })
	if d.front().Title != "second" || d.m.focus != paneCommand {
		t.Errorf("in front %q, focus %v", d.front().Title, d.m.focus)
	}
	// A line in another role's tab is no try.
	d.turnsTo("first")
	d.run("ls /")
	if len(w.Why()) > 0 || w.Next() != 5 {
		t.Errorf("it was taken for a try: %q", w.Why())
	}
	d.turnsTo("second")
	d.run("create -e /master two")
	d.until("the end", func() bool { return d.at(roles.Done) })
	d.allRight()
	d.until("it to be kept", func() bool { return len(kept) == 1 })
	if name := <-kept; name != "takeover turn" {
		t.Errorf("finished %q", name)
	}
}

// TestEveryLessonAsYourTurn does every lesson with the solutions that it offers.
func TestEveryLessonAsYourTurn(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for crashed sessions to end")
	}
	all, err := roles.Lessons(roles.English)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			d := driveLesson(t, 80, 24, Config{})
			d.play(l, walkOptions{turn: true})
			w := d.m.player.State()
			for goals := 0; !d.at(roles.Done); goals++ {
				if !d.at(roles.YourTurn) || len(w.Why()) > 0 {
					t.Fatalf("at step %d it is %v, playing on: %v; %q\n%s", w.Next()+1, w.Phase(), w.Auto(), w.Why(), pictured(t, d.m))
				}
				d.press("f9", "enter")
				d.until("the try", func() bool { return !d.front().Busy && !w.Working() })
				d.resting()
			}
			d.allRight()
		})
	}
}

// TestNothingIsLeftOfLessons leaves, or quits, in the middle of a step, a wait, a
// typing, and wants no goroutine left: so no session and no server.
func TestNothingIsLeftOfLessons(t *testing.T) {
	for name, leave := range map[string]func(d *commandDriver){
		"at rest": func(d *commandDriver) { d.steps(2) },
		"typing": func(d *commandDriver) {
			d.byHand()
			d.press("space")
			d.until("the typing", func() bool { return d.at(roles.Typing) })
		},
		"waiting": func(d *commandDriver) {
			d.steps(4)
			d.press("space")
			d.until("the wait", func() bool { return d.at(roles.Awaiting) })
		},
		"laying out": func(d *commandDriver) {
			d.steps(2)
			d.press("left")
		},
	} {
		for _, how := range []string{"leave", "quit", "another"} {
			before := runtime.NumGoroutine()
			t.Run(name+" "+how, func(t *testing.T) {
				d := driveLesson(t, 80, 24, Config{})
				d.play(inline(t, takeover), walkOptions{})
				leave(d)
				connect := d.server()
				switch how {
				case "leave":
					d.press("Leave the lesson")
					d.seesIn("Tree", "zookeeper")
				case "another":
					d.play(inline(t, takeover), walkOptions{})
				case "quit":
					d.m.quit()
				}
				if err := d.m.cleanPanes(); err != nil {
					t.Error(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if _, err := session.FourLetter(ctx, connect, "srvr"); connect != "" && err == nil {
					t.Errorf("the lesson's server at %s still answers", connect)
				}
			})
			for end := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(end) {
					var buf [1 << 16]byte
					t.Fatalf("%s, %s: %d goroutines are left of %d\n%s", name, how, runtime.NumGoroutine(), before, buf[:runtime.Stack(buf[:], true)])
				}
			}
		}
	}
}

// A lesson can be played on an ensemble, on which nothing of it is left.
func TestLessonOnAnEnsemble(t *testing.T) {
	t.Parallel()
	srv := startServer(t)
	d := driveLessonOn(t, srv, 80, 24, Config{LessonTarget: session.Target{Connect: srv.Addr()}})
	d.play(inline(t, takeover), walkOptions{})
	d.steps(3)
	d.seesIn("Tree", "master ◌ first")
	d.sees("/zoosh-takeover-")
	d.seesNot("Tree of") // it is the prompt's
	if got := d.m.player.State().Count(roles.Right); got != 3 {
		t.Errorf("%d right", got)
	}
	d.press("q")
	if err := d.m.cleanPanes(); err != nil {
		t.Fatal(err)
	}
	d.run("ls /")
	d.shows("[zookeeper]")
}
