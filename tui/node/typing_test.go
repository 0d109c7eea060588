package node

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// typingPane edits data as if there was a prompt to write it at.
func typingPane(t *testing.T, data string) *Pane {
	t.Helper()
	p := testPane(t, 20, 5, []byte(data))
	p.typeIn()
	return p
}

func TestTypingIsRefused(t *testing.T) {
	for _, test := range []struct {
		data []byte
		want string
	}{
		{[]byte{0, 1}, "the data is no text: e opens $EDITOR"},
		{[]byte(strings.Repeat("x", ui.MaxInput+1)), "65537 bytes are too many for the pane: e opens $EDITOR"},
		{[]byte("x"), ""},
	} {
		if got := testPane(t, 78, 20, test.data).noText(test.data); got != test.want {
			t.Errorf("%q", got)
		}
	}
	p := testPane(t, 78, 20, []byte("x"))
	actionFor(t, p, "e").Keys = nil // as the user can have it
	if got := p.noText([]byte{0}); got != "the data is no text: the palette opens $EDITOR" {
		t.Errorf("%q", got)
	}
	p = testPane(t, 78, 20, []byte("x"))
	for _, key := range []string{"i", "e"} {
		if why := actionFor(t, p, key).Off(); why != "the session of the prompt is not open" {
			t.Errorf("%s: %q", key, why)
		}
	}
}

// Each key of the editor has one meaning, none is a character, and all of a text of
// several lines are among them.
func TestTypingKeys(t *testing.T) {
	p := testPane(t, 78, 20, nil)
	seen := map[string]string{}
	for _, a := range p.Actions() {
		for _, key := range a.Keys {
			if a.Mode != typingMode {
				continue
			}
			if seen[key] != "" || len(key) == 1 {
				t.Errorf("%s is %q and %q", key, seen[key], a.Title)
			}
			seen[key] = a.Title
		}
	}
	for _, e := range ui.TextEdits {
		for _, key := range e.Keys {
			if seen[key] != e.Title {
				t.Errorf("%s is %q, not %q", key, seen[key], e.Title)
			}
		}
	}
}

// An edit of the text has the keys of its action alone.
func TestTypingKeysAreTheUsers(t *testing.T) {
	p := typingPane(t, "old")
	actionFor(t, p, "enter").Keys = []string{"ctrl+j"}
	if _, taken := p.Grab(tea.KeyPressMsg{Code: tea.KeyEnter}); taken || p.typing.changed() {
		t.Error("Enter is another key's")
	}
	press(t, p, "ctrl+j")
	if got := p.typing.area.Text(); got != "\nold" {
		t.Errorf("%q", got)
	}
	if ui.TextEdits[6].Keys[0] != "enter" {
		t.Error("the keys of all texts are others")
	}
}

// What is typed goes into the text; what is neither text nor an edit is left to the
// screen; and while the text is being written it stays as it is.
func TestTypingTakesKeys(t *testing.T) {
	p := testPane(t, 20, 5, []byte("old"))
	x := tea.KeyPressMsg{Code: 'x', Text: "x"}
	if _, taken := p.Grab(x); taken || p.Mode() != ui.Normal {
		t.Error("a key is taken though nothing is edited")
	}
	p = typingPane(t, "old")
	if p.Mode() != typingMode {
		t.Fatalf("the mode is %q", p.Mode())
	}
	for _, key := range []tea.KeyPressMsg{{Code: tea.KeyTab, Mod: tea.ModShift}, {Code: tea.KeyF6}, {Code: 'q', Mod: tea.ModCtrl}} {
		if _, taken := p.Grab(key); taken {
			t.Errorf("%s is taken", key)
		}
	}
	if _, taken := p.Grab(x); !taken || p.typing.area.Text() != "xold" {
		t.Errorf("the text is %q", p.typing.area.Text())
	}
	press(t, p, "enter", "tab")
	p.TakePaste("y\n")
	if got := p.typing.area.Text(); got != "x\n\ty\nold" {
		t.Errorf("the text is %q", got)
	}
	stopped := false
	p.typing.stop = func() { stopped = true }
	if _, taken := p.Grab(x); !taken {
		t.Error("a key goes elsewhere")
	}
	if _, taken := p.Grab(tea.KeyPressMsg{Code: 'w', Mod: tea.ModCtrl}); !taken {
		t.Error("an edit goes elsewhere")
	}
	for _, key := range []tea.KeyPressMsg{{Code: tea.KeyF1}, {Code: 'q', Mod: tea.ModCtrl}} {
		if _, taken := p.Grab(key); taken {
			t.Errorf("%s waits for the writing", key)
		}
	}
	press(t, p, "enter", "ctrl+home", "ctrl+s")
	p.TakePaste("z")
	if got := p.typing.area.Text(); got != "x\n\ty\nold" || p.typing.area.Row != 2 {
		t.Errorf("what is on its way became %q", got)
	}
	if press(t, p, "esc"); !stopped || p.typing == nil {
		t.Error("Esc does not stop the writing, or gives the text up")
	}
}

// More than the pane holds is not taken, and it says by which key more can be edited.
func TestTypingIsFull(t *testing.T) {
	p := typingPane(t, strings.Repeat("x", ui.MaxInput))
	const want = "the pane holds 65536 bytes at most: e opens $EDITOR"
	p.Grab(tea.KeyPressMsg{Code: 'x', Text: "x"})
	p.TakePaste("x")
	sent := p.cfg.Host.(*host).sent
	if len(sent) != 2 || sent[0] != (ui.Say{Bad: true, Text: want}) || sent[1] != sent[0] {
		t.Errorf("it says %v", sent)
	}
}

// The heading says from which version the text comes, and that it is old news; another
// selection changes nothing but that.
func TestTypingStays(t *testing.T) {
	p := typingPane(t, "old")
	head := func() string { first, _, _ := strings.Cut(rowsOf(p), "\n"); return first }
	if got := head(); got != "Editing  version 3" {
		t.Error(got)
	}
	p.typing.version = 2
	if got := head(); got != "Editing  version 2  now 3" {
		t.Error(got)
	}
	if what, _ := p.Unsaved(); what != "" || p.Title(20) != "Edit /a" {
		t.Error("it is unsaved though nothing was changed")
	}
	p.Grab(tea.KeyPressMsg{Code: 'x', Text: "x"})
	p.Receive(intent.Selected{Path: "/b"})
	answer(p, []byte("other"))
	if got := rowsOf(p); !strings.HasPrefix(got, "Editing  version 2\nxold") {
		t.Error(got)
	}
	if what, _ := p.Unsaved(); what != "/a" || p.Title(20) != "Edit /a, changed" {
		t.Errorf("%q is unsaved, the title is %q", what, p.Title(20))
	}
}
