package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// This file is the language of tests of the screen: what a user does, and what they
// see. It knows the table of keys, the places of the panes and what is on the screen,
// and nothing of what is inside of a pane.

var keyCodes = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace,
}

// press presses keys. An action is named by its title in the table of keys, so that
// the test outlives its key; one without a key that works now is taken from the
// palette. Where no action is meant, a key is named as Bubble Tea names it.
func (d *commandDriver) press(names ...string) {
	d.t.Helper()
	for _, name := range names {
		i := slices.IndexFunc(d.m.actions, func(a *ui.Action) bool { return a.Title == name })
		if i < 0 {
			d.strike(name)
		} else if key := d.keyOf(name); key != "" {
			d.strike(key)
		} else {
			d.press("Palette: every action by name")
			d.types(name)
			d.strike("enter")
		}
	}
}

// keyOf is the key that does now what has the title; "" if there is none.
func (d *commandDriver) keyOf(title string) string {
	for _, where := range d.m.places() {
		for _, one := range d.m.actions {
			if one.In != where || one.Title != title {
				continue
			}
			for _, key := range one.Keys {
				if a := d.means(key); a != nil && a.Title == title {
					return key
				}
			}
		}
	}
	return ""
}

// means is the action that a key stands for now, with what is open where the user is.
func (d *commandDriver) means(key string) *ui.Action {
	mode := d.m.panes[d.m.focus].Mode()
	switch open := d.m.actionIn(d.m.focus, mode, key); {
	case mode == ui.Normal:
		return d.m.actionFor(key)
	case open == nil && len(key) > 1: // else it is typed
		return d.m.actionFor(key)
	default:
		return open
	}
}

// strike presses one key.
func (d *commandDriver) strike(name string) {
	d.t.Helper()
	k := tea.KeyPressMsg{}
	rest := name
	for prefix, mod := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "alt+": tea.ModAlt, "shift+": tea.ModShift} {
		if tail, ok := strings.CutPrefix(rest, prefix); ok {
			rest, k.Mod = tail, mod
		}
	}
	if code, ok := keyCodes[rest]; ok {
		k.Code = code
	} else if k.Code = []rune(rest)[0]; k.Mod == 0 {
		k.Text = rest
	}
	if k.String() != name {
		d.t.Fatalf("there is neither an action %q nor a key: it came out as %q", name, k.String())
	}
	d.send(k)
}

// types types text.
func (d *commandDriver) types(text string) { d.typed(text) }

// enters types lines where one types, each with Enter, and waits until all has settled.
func (d *commandDriver) enters(lines ...string) {
	d.t.Helper()
	for _, line := range lines {
		d.types(line)
		d.strike("enter")
		d.settle()
	}
}

// edits opens the data in the editor, where it does something to the file, and waits
// until all has settled. It tells which file that was.
func (d *commandDriver) edits(does func(file string)) (file string) {
	d.t.Helper()
	d.editor = func(name string) {
		file = name
		does(name)
	}
	d.press("Edit the data in $EDITOR")
	d.settle()
	return file
}

// clicks presses the mouse's button on a text of the screen.
func (d *commandDriver) clicks(text string) {
	d.t.Helper()
	for y, row := range strings.Split(d.plain(), "\n") {
		if before, _, found := strings.Cut(row, text); found {
			d.send(tea.MouseClickMsg{X: ansi.StringWidth(before), Y: y, Button: tea.MouseLeft})
			d.send(tea.MouseReleaseMsg{X: ansi.StringWidth(before), Y: y, Button: tea.MouseLeft})
			return
		}
	}
	d.t.Fatalf("%q is not to be seen; the screen is\n%s", text, d.plain())
}

// wheels turns the mouse's wheel once over a pane.
func (d *commandDriver) wheels(pane string, button tea.MouseButton) {
	d.t.Helper()
	box := d.m.areas[ui.ID(pane)]
	d.send(tea.MouseWheelMsg{X: box.x + box.w/2, Y: box.y + box.h/2, Button: button})
}

// goesTo gives the focus to a pane.
func (d *commandDriver) goesTo(pane string) {
	d.t.Helper()
	for range registry {
		if string(d.m.focus) == pane {
			return
		}
		d.press("Next pane")
	}
	if string(d.m.focus) != pane {
		d.t.Fatalf("there is no way to the pane %s; the screen is\n%s", pane, d.plain())
	}
}

// isIn wants a pane to have the focus.
func (d *commandDriver) isIn(pane string) {
	d.t.Helper()
	if got := string(d.m.focus); got != pane {
		d.t.Errorf("the keys are those of %s, not of %s; the screen is\n%s", got, pane, d.plain())
	}
}

// starts has the other panes begin what they begin with the first session.
func (d *commandDriver) starts() {
	d.t.Cleanup(d.m.closePanes)
	for _, e := range registry {
		if s, ok := d.m.panes[e.id].(ui.Starter); ok && e.id != paneCommand {
			d.do(s.Start())
		}
	}
}

// intends has carried out what a pane may want of others.
func (d *commandDriver) intends(i ui.Intent) {
	d.m.Send(i)
	d.do(nil)
}

// reveals selects a znode whose name cannot be read on the screen, and opens what is
// above it.
func (d *commandDriver) reveals(path string) {
	d.t.Helper()
	d.intends(intent.ShowZnode{Path: path})
	d.settle()
	if shown := shell.Printable(path); !d.nodeIs(shown) {
		d.t.Fatalf("%s is not the znode that is selected; the screen is\n%s", shown, d.plain())
	}
}

// opensSession opens another session in a tab of its own.
func (d *commandDriver) opensSession() {
	d.t.Helper()
	d.press("New session")
	d.settle()
}

// namesSession gives the session in front a name.
func (d *commandDriver) namesSession(name string) {
	d.t.Helper()
	d.press("Rename the session")
	d.enters(name)
}

// selects goes to a znode in the tree, from the root down, and back to the pane where
// the user was. The title of the pane Node tells which one is selected.
func (d *commandDriver) selects(path string) {
	d.t.Helper()
	was := string(d.m.focus)
	d.goesTo("Tree")
	d.press("To the root")
	d.settle()
	at := ""
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		above := d.headOf("Node")
		d.press("Open, then go in")
		d.settle()
		if at += "/" + name; d.headOf("Node") == above { // it was shut
			d.press("Down")
		}
		for last := ""; !d.nodeIs(at); d.press("Down") {
			if d.headOf("Node") == last {
				d.t.Fatalf("there is no %s in the tree; the screen is\n%s", at, d.plain())
			}
			last = d.headOf("Node")
		}
	}
	d.settle()
	d.goesTo(was)
}

// nodeIs tells whether the znode at path is the one that is selected.
func (d *commandDriver) nodeIs(path string) bool {
	title := strings.TrimPrefix(d.headOf("Node"), "Node ")
	if tail, cut := strings.CutPrefix(title, "…"); cut {
		return strings.HasSuffix(path, tail)
	}
	return title == path
}

// headOf is the title in the frame of a pane, "" if it is not on the screen.
func (d *commandDriver) headOf(pane string) string {
	for id, box := range d.m.areas {
		if string(id) == pane && !box.empty() {
			row := strings.Split(d.plain(), "\n")[box.y]
			return strings.Trim(ansi.Cut(row, box.x, box.x+box.w), "╭╮─ ")
		}
	}
	return ""
}

// eventRows is all the events in the pane Events, row by row, on a screen with room for
// them. The user is back where they were then.
func (d *commandDriver) eventRows() []string {
	d.t.Helper()
	was := string(d.m.focus)
	d.goesTo("Events")
	rows := inside(d.t, d.m, paneEvents)[1:] // below the names of the columns
	rows = slices.DeleteFunc(rows, func(row string) bool { return row == "" })
	if head := strings.TrimSuffix(d.headOf("Events"), ", zoomed"); head != fmt.Sprint("Events ", len(rows)) {
		d.t.Fatalf("%d rows in the pane %q; the screen is\n%s", len(rows), head, d.plain())
	}
	d.goesTo(was)
	return rows
}

// cursorIn is where the cursor stands within the frame of a pane.
func (d *commandDriver) cursorIn(pane string) (x, y int, shown bool) {
	box, cursor := d.m.areas[ui.ID(pane)], d.m.View().Cursor
	if cursor == nil {
		return 0, 0, false
	}
	return cursor.X - box.x - 1, cursor.Y - box.y - 1, true
}

// sees wants texts on the screen, at the latest when all has settled.
func (d *commandDriver) sees(texts ...string) {
	d.t.Helper()
	d.seesIn("", texts...)
}

// seesIn wants them in a pane.
func (d *commandDriver) seesIn(pane string, texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if !d.settleOr(func() bool { return d.onScreen(pane, text) }) {
			d.t.Errorf("%q is not to be seen; the screen is\n%s", text, d.plain())
		}
	}
}

// seesNot wants texts not to be on the screen when all has settled.
func (d *commandDriver) seesNot(texts ...string) {
	d.t.Helper()
	d.seesNotIn("", texts...)
}

// seesNotIn wants them not to be in a pane.
func (d *commandDriver) seesNotIn(pane string, texts ...string) {
	d.t.Helper()
	d.settle()
	for _, text := range texts {
		if d.onScreen(pane, text) {
			d.t.Errorf("%q is to be seen; the screen is\n%s", text, d.plain())
		}
	}
}

// awaits waits for text that a server or time brings, though nobody asks for it.
func (d *commandDriver) awaits(text string) {
	d.t.Helper()
	d.until(text, func() bool { return d.onScreen("", text) })
}

// onScreen tells whether text is in a pane, or in any if it has no name, or anywhere
// else on the screen. A text may go over several rows.
func (d *commandDriver) onScreen(pane, text string) bool {
	screen := strings.Split(portPattern.ReplaceAllString(d.plain(), "zk"), "\n")
	if pane == "" && holds(screen, text) {
		return true
	}
	if d.m.overlay != nil && pane == "" {
		rows := d.m.overlay.Box(d.m.theme, d.m.width-4, d.m.height-bars-2)
		if holds(rows, text) {
			return true
		}
	}
	screen = strings.Split(d.plain(), "\n")
	for id, b := range d.m.areas {
		if b.empty() || pane != "" && string(id) != pane {
			continue
		}
		var rows []string
		for _, row := range screen[b.y : b.y+b.h] {
			rows = append(rows, ansi.Cut(row, b.x, b.x+b.w))
		}
		if holds(rows, text) {
			return true
		}
	}
	return false
}

// holds tells whether text is in the rows of a box, which may break it between words
// or anywhere.
func holds(rows []string, text string) bool {
	inside := make([]string, len(rows))
	for i, row := range rows {
		inside[i] = strings.Trim(ansi.Strip(row), "│")
	}
	all := strings.Join(inside, "\n")
	for _, as := range []string{all, strings.Join(inside, ""), strings.Join(strings.Fields(all), " ")} {
		if strings.Contains(portPattern.ReplaceAllString(as, "zk"), text) {
			return true
		}
	}
	return false
}
