package command

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// A driver is a pane without a screen: it keeps what that wants of others, and its
// session is not open.
type driver struct {
	*Pane
	t    testing.TB
	sent []ui.Intent
}

func (d *driver) Send(i ui.Intent) { d.sent = append(d.sent, i) }

func drive(t testing.TB, w, h int, history ...string) *driver {
	t.Helper()
	d := &driver{t: t}
	ws := workspace.New(workspace.Config{
		Shell: shell.Config{Dialect: shell.D34, Target: session.Target{Connect: "localhost:2181"}}, Tabs: true,
	})
	t.Cleanup(ws.Stream().Close)
	d.Pane = New(Config{
		Context: t.Context(), Host: d, Workspace: ws, Theme: ui.NewTheme(ui.Look{}, true), Now: time.Now,
		History: history, Dialect: shell.D34, Server: "localhost:2181", Lesson: func() bool { return false },
	})
	d.Resize(w, h)
	return d
}

// press presses keys as the screen does, by their names.
func (d *driver) press(keys ...string) {
	d.t.Helper()
	codes := map[string]rune{
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
		"esc": tea.KeyEscape, "backspace": tea.KeyBackspace,
	}
	for _, key := range keys {
		var k tea.KeyPressMsg
		rest, ctrl := strings.CutPrefix(key, "ctrl+")
		if ctrl {
			k.Mod = tea.ModCtrl
		}
		if k.Code = codes[rest]; k.Code == 0 {
			k.Code = []rune(rest)[0]
			if !ctrl {
				k.Text = rest
			}
		}
		if k.String() != key {
			d.t.Fatalf("%q came out as %q", key, k.String())
		}
		d.strike(k)
	}
}

func (d *driver) strike(k tea.KeyPressMsg) {
	if mode := d.Mode(); mode != ui.Normal {
		if a := d.actionFor(mode, k.String()); a != nil {
			a.Run()
			return
		}
	}
	if _, taken := d.Grab(k); taken {
		return
	}
	if a := d.actionFor(ui.Normal, k.String()); a != nil {
		a.Run()
		return
	}
	d.Key(k)
}

func (d *driver) actionFor(mode ui.Mode, key string) *ui.Action {
	for i := range d.actions {
		if a := &d.actions[i]; a.Mode == mode && a.Has(key) && (a.If == nil || a.If()) {
			return a
		}
	}
	return nil
}

// types types text.
func (d *driver) types(text string) {
	for _, r := range text {
		d.strike(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// prints is what comes out of the session.
func (d *driver) prints(text string) {
	d.Take(&shell.Item{Kind: shell.Stdout, Shell: "1", Text: text})
}

// view is the rows as they are read.
func (d *driver) view() []string {
	var out []string
	for _, row := range d.Rows(true) {
		out = append(out, strings.TrimRight(ansi.Strip(row), " "))
	}
	return out
}

func (d *driver) shows(texts ...string) {
	d.t.Helper()
	all := strings.Join(d.view(), "\n")
	for _, text := range texts {
		if !strings.Contains(all, text) {
			d.t.Errorf("%q is not to be seen:\n%s", text, all)
		}
	}
}

// takes takes items.
func (d *driver) takes(items ...shell.Item) {
	for i := range items {
		d.Take(&items[i])
	}
}

// changedItem is a change of a znode's data.
func changedItem(path string) shell.Item {
	it := shell.Item{Kind: shell.Watch, Shell: "1", Event: session.Event{
		Type: wire.EventNodeDataChanged, State: wire.StateSyncConnected, Path: path,
	}}
	it.Text = shell.FormatEvent(shell.D34, it.Event)
	return it
}

func (d *driver) cell() (x, y int) {
	x, y, _ = d.Cursor()
	return x, y
}

func TestSearch(t *testing.T) {
	t.Parallel()
	d := drive(t, 50, 15)
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "Line %02d\n", i)
	}
	d.prints(b.String())
	d.press("ctrl+s")
	d.types("line 4")
	d.shows("Line 49", "search: line 4")
	at := openIn[*finding](d.tab()).at
	d.press("up")
	if got := openIn[*finding](d.tab()).at.line; got != at.line-1 {
		t.Errorf("the older match is in line %d, not %d", got, at.line-1)
	}
	d.press("down")
	if got := openIn[*finding](d.tab()).at; got != at {
		t.Errorf("the newer match is at %v, not %v", got, at)
	}
	if !strings.Contains(strings.Join(d.Rows(true), "\n"), d.theme.Selected.Render("Line 4")) {
		t.Errorf("the match is not marked: %q", d.Rows(true))
	}
	d.types("1")
	d.shows("Line 41")
	d.types("x")
	d.shows("not found")
	d.press("backspace", "esc")
	d.shows("Line 41", "[zk:")
	if d.Mode() != ui.Normal || !d.tab().out.scrolled {
		t.Error("Esc did not end the search where it was")
	}
}

// The cursor stands where the next character goes, whatever is before it.
func TestCursor(t *testing.T) {
	t.Parallel()
	d := drive(t, 50, 15)
	d.press("ctrl+l")
	w := d.w
	prompt := ui.WidthOf(d.tab().shell.Prompt())
	for _, text := range []string{"", "ls", "set /a 中文", "set /a 👩‍🚀é", strings.Repeat("中", 60), strings.Repeat("x", w-prompt), strings.Repeat("x", 3*w)} {
		d.press("ctrl+u")
		d.tab().input.Insert(text)
		x, y := d.cell()
		rows := d.Rows(true)
		starts := rowStarts(d.tab().shell.Prompt()+text, w)
		if y >= len(rows) || y != len(starts)-1 && !(y == len(starts) && x == 0) {
			t.Errorf("%q: the cursor is in row %d of %d", text, y, len(starts))
		}
		if y < len(starts) && ui.WidthOf(strings.TrimRight(d.view()[y], " ")) > x {
			t.Errorf("%q: the cursor is at %d in %q", text, x, d.view()[y])
		}
		if x >= w {
			t.Errorf("%q: the cursor is beyond the pane", text)
		}
		for _, row := range rows {
			if ui.WidthOf(row) > w {
				t.Errorf("%q: a row is %d cells wide: %q", text, ui.WidthOf(row), row)
			}
		}
	}
	// A wide character does not fit into the last cell: it is in the next row.
	d.press("ctrl+u")
	d.tab().input.Insert(strings.Repeat("x", w-prompt-1) + "中y")
	if x, y := d.cell(); x != 3 || y != 1 {
		t.Errorf("the cursor is at %d,%d, not 3,1", x, y)
	}
	d.press("left", "left")
	if x, y := d.cell(); x != 0 || y != 1 {
		t.Errorf("the cursor is at %d,%d, not 0,1", x, y)
	}
	d.Click(prompt+2, 0)
	if x, y := d.cell(); x != prompt+2 || y != 0 {
		t.Errorf("after a click the cursor is at %d,%d", x, y)
	}
	d.Click(2, 1)
	if x, y := d.cell(); x != 2 || y != 1 {
		t.Errorf("after a click in the second row the cursor is at %d,%d", x, y)
	}
}

// The keys move in the lines of what is typed.
func TestKeysInSeveralLines(t *testing.T) {
	t.Parallel()
	d := drive(t, 38, 15, "ls /old")
	long := strings.Repeat("x", 60)
	d.TakePaste("set /a '中文b\n\tc\n" + long + "'")
	at := func(want string) {
		t.Helper()
		in := d.tab().input
		if got := in.Value[:in.At] + "|" + in.Value[in.At:]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	at("set /a '中文b\n\tc\n" + long + "'|")
	d.press("home")
	at("set /a '中文b\n\tc\n|" + long + "'")
	d.press("up", "end")
	at("set /a '中文b\n\tc|\n" + long + "'")
	d.press("up") // as far to the right as "    c" is wide
	at("set /|a '中文b\n\tc\n" + long + "'")
	d.press("down")
	at("set /a '中文b\n\tc|\n" + long + "'")
	d.press("ctrl+k", "ctrl+u")
	at("set /a '中文b\n|\n" + long + "'")
	d.press("up", "up", "up")
	at("|set /a '中文b\n\n" + long + "'")
	d.press("ctrl+c", "up", "down")
	at("|")
}

// Clicks find the character that is shown, in each line.
func TestClickInSeveralLines(t *testing.T) {
	t.Parallel()
	d := drive(t, 38, 15)
	d.press("ctrl+l")
	d.TakePaste("set /a 'b\ncde\n'")
	_, y := d.cell()
	for _, test := range []struct{ x, y, at int }{
		{3, y - 1, len("set /a 'b\nc")}, {0, y - 1, len("set /a 'b\n")}, {30, y - 1, len("set /a 'b\ncde")},
		{39, y - 2, len("set /a 'b")}, {0, y, len("set /a 'b\ncde\n")}, {9, y, len("set /a 'b\ncde\n'")},
	} {
		d.Click(test.x, test.y)
		if d.tab().input.At != test.at {
			t.Errorf("%d, %d: at %d, want %d", test.x, test.y, d.tab().input.At, test.at)
		}
	}
}

// A flood of watch events is one line at the prompt, and all of it in the Events pane.
func TestFloodIsCounted(t *testing.T) {
	d := drive(t, 50, 15)
	const n = 5000
	var items []shell.Item
	for i := range n {
		items = append(items, changedItem(fmt.Sprintf("/busy/%d", i)))
	}
	s := &d.tab().out
	was := s.end()
	d.takes(items...)
	if got, most := s.end()-was, 4*shell.FloodLimit+1; got != most {
		t.Errorf("%d lines, want %d", got, most)
	}
	last := func() string { return s.line(s.end() - 1).text }
	if want := shell.FloodNote(n-shell.FloodLimit, "they are in the Events pane"); last() != want {
		t.Errorf("the last line is %q, want %q", last(), want)
	}
	// What comes between stands where it came.
	d.takes(shell.Item{Kind: shell.Stdout, Shell: "1", Text: "half"}, items[0], items[1],
		shell.Item{Kind: shell.Stdout, Shell: "1", Text: "whole\n"}, items[2])
	var tail []string
	for i := s.end() - 5; i < s.end(); i++ {
		tail = append(tail, s.line(i).text)
	}
	want := []string{shell.FloodNote(n-shell.FloodLimit, "they are in the Events pane"), "half",
		shell.FloodNote(2, "they are in the Events pane"), "whole", shell.FloodNote(1, "they are in the Events pane")}
	if strings.Join(tail, "\n") != strings.Join(want, "\n") {
		t.Errorf("the tail is\n%s", strings.Join(tail, "\n"))
	}
	d.view()
	// Old lines are dropped while it counts: it counts on.
	d.takes(shell.Item{Kind: shell.Stdout, Shell: "1", Text: strings.Repeat("x\n", scrollbackLines+10)})
	d.takes(items[:3]...)
	if want := shell.FloodNote(3, "they are in the Events pane"); last() != want {
		t.Errorf("the last line is %q, want %q", last(), want)
	}
}

// What printwatches keeps from the prompt is not counted there either.
func TestFloodUnseen(t *testing.T) {
	d := drive(t, 50, 15)
	s := &d.tab().out
	was := s.end()
	for range 100 {
		it := changedItem("/busy")
		it.Text = ""
		d.takes(it)
	}
	if s.end() != was {
		t.Errorf("%d lines", s.end()-was)
	}
}

// A frame and a key cost what is in view, however much there is.
func BenchmarkRows(b *testing.B) {
	d := drive(b, 120, 38)
	s := &d.tab().out
	for i := range scrollbackLines {
		s.put(outPlain, false, fmt.Sprintf("line %d 中文 %s\n", i, strings.Repeat("x", i%300)))
	}
	s.put(outPlain, false, strings.Repeat("中", 1<<18)+"\n")
	for b.Loop() {
		d.Rows(true)
	}
}

// A znode's megabyte is shown between two frames.
func BenchmarkMegabyte(b *testing.B) {
	for name, text := range map[string]string{
		"text": strings.Repeat("x", 1<<20) + "\n", "wide": strings.Repeat("中", 1<<18) + "\n", "binary": strings.Repeat("\x00\xff", 1<<19) + "\n",
	} {
		b.Run(name, func(b *testing.B) {
			d := drive(b, 120, 38)
			for b.Loop() {
				d.tab().out.put(outPlain, false, text)
				d.Rows(true)
			}
		})
	}
}

// Events come faster than anybody reads; between two frames there may be thousands.
func BenchmarkEvents(b *testing.B) {
	d := drive(b, 120, 38)
	it := shell.Item{Kind: shell.Watch, Shell: "1", Event: session.Event{Type: wire.EventNodeDataChanged, Path: "/a"},
		Text: "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDataChanged path:/some/path/to/a/znode\n"}
	for b.Loop() {
		d.Take(&it)
	}
}

// A line whose session is removed under it, as a role's is when its lesson is laid out
// anew, runs in the next one.
func TestLineOfARemovedSession(t *testing.T) {
	for _, early := range []bool{true, false} { // the next session is there before the line comes back
		d := drive(t, 80, 24)
		ws := d.cfg.Workspace
		role := func(name string) *workspace.Session {
			return ws.Adopt(name, shell.Config{Name: name, Dialect: shell.D34, Target: session.Target{Connect: "localhost:1"}}, nil)
		}
		first := role("master 1.1")
		d.Receive(intent.OpenRole{Role: "master", Session: first, Dialect: shell.D34})
		d.Receive(intent.FrontRole{Role: "master"})
		ws.Remove(first)
		d.types("history")
		lost := d.enter()
		next := func() tea.Cmd {
			d.Receive(intent.ClearRoles{})
			cmd, _ := d.Receive(intent.OpenRole{Role: "master", Session: role("master 1.2"), Dialect: shell.D34})
			return cmd
		}
		if early {
			next()
		}
		for _, msg := range messages(lost) {
			d.Update(msg)
		}
		if !early {
			next()
		}
		for {
			it, ok := ws.Stream().Next()
			if !ok {
				t.Fatal("it does not run")
			}
			if it.Kind == shell.Began {
				if it.Shell != "master 1.2" || it.Line != "history" {
					t.Errorf("%s ran %q", it.Shell, it.Line)
				}
				break
			}
		}
	}
}

// messages are those of a command that is no timer, and of all in it.
func messages(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		var all []tea.Msg
		for _, one := range msg {
			all = append(all, messages(one)...)
		}
		return all
	default:
		return []tea.Msg{msg}
	}
}
