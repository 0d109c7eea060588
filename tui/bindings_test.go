package tui

import (
	"errors"
	"strings"
	"testing"

	"zoosh/tui/ui"
)

// TestActionNames: each action has a name of its own, of which a binding can speak.
func TestActionNames(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range testModel(t, 80, 24, Config{}).bindables(ui.DefaultKeymap()) {
		if seen[b.name] || b.name == "" || strings.Contains(b.name, "..") || strings.HasSuffix(b.name, ".") {
			t.Errorf("%q", b.name)
		}
		seen[b.name] = true
	}
}

// TestDefaultKeysDoNotClash: what no binding may do the tables do not do either.
func TestDefaultKeysDoNotClash(t *testing.T) {
	all := testModel(t, 80, 24, Config{}).bindables(ui.DefaultKeymap())
	for i := range all {
		why := clash(&all[i], all)
		if why != "" {
			t.Errorf("%s: %s", all[i].name, why)
		}
	}
}

// TestBindings: the user's keys do what they say, the help and the hints show them.
func TestBindings(t *testing.T) {
	m := testModel(t, 120, 40, Config{})
	err := m.bind([]Binding{
		{"next-pane", []string{"^N", "F3"}}, {"walkthrough-the-worker", nil}, {"tree.find-by-name", []string{"ctrl+f"}},
		{"command.interrupt-the-command", []string{"ctrl+c", "F12"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	press(t, m, "ctrl+n")
	if m.focus != paneEvents {
		t.Errorf("the focus is on %s", m.focus)
	}
	press(t, m, "f3", "ctrl+f", "a")
	if m.focus != paneTree || m.panes[paneTree].Mode() == ui.Normal {
		t.Errorf("the focus is on %s, in the mode %q", m.focus, m.panes[paneTree].Mode())
	}
	press(t, m, "esc")
	help := strings.Join(helpLines(m, 70), "\n")
	for _, want := range []string{"^N, F3", "^F  ", "^C, F12"} {
		if !strings.Contains(help, want) {
			t.Errorf("the help has no %q", want)
		}
	}
	if strings.Contains(help, "Walkthrough: the worker") {
		t.Error("the help has an action without keys")
	}
}

// TestBindingErrors says what is wrong, and with which of them.
func TestBindingErrors(t *testing.T) {
	for _, test := range []struct {
		bindings []Binding
		at       int
		why      string
	}{
		{[]Binding{{"help", []string{"F1"}}, {"nextpane", []string{"x"}}}, 1, `there is no action "nextpane"; did you mean next-pane?`},
		{[]Binding{{"help", []string{"F13"}}}, 0, `"F13" is no key: ctrl+n, alt+x, F6, Enter or a character is`},
		{[]Binding{{"help", []string{"ctrl+q"}}}, 0, "^Q is the key of quit, too: give that another one"},
		{[]Binding{{"tree.delete", []string{"g"}}}, 0, "g is the key of tree.get-its-data, too: give that another one"},
		{[]Binding{{"typing.on-one-word", []string{"ctrl+w"}}}, 0, "^W is the key of typing.cut-the-word-before, too: give that another one"},
	} {
		var wrong *BindingError
		err := testModel(t, 80, 24, Config{}).bind(test.bindings)
		if !errors.As(err, &wrong) || wrong.At != test.at || wrong.Why != test.why {
			t.Errorf("%v: %v", test.bindings, err)
		}
	}
	// Two that change places are no clash.
	swap := []Binding{{"help", []string{"F10"}}, {"quit", []string{"F1"}}}
	if err := testModel(t, 80, 24, Config{}).bind(swap); err != nil {
		t.Error(err)
	}
}

// TestBindingsOfOverlays: what has shown the palette and the manual puts them away, and what
// once did does not.
func TestBindingsOfOverlays(t *testing.T) {
	m := testModel(t, 80, 24, Config{})
	if err := m.bind([]Binding{{"palette-every-action-by-name", []string{"M-p", "!"}}, {"help", []string{"F12"}}}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		shows      []string
		away, once string
	}{
		{[]string{"alt+p"}, "alt+p", "ctrl+p"},
		{[]string{"alt+p"}, "alt+p", "!"}, // it is typed
		{[]string{"f12", "tab"}, "f12", "f1"},
		{[]string{"f12", "tab", "enter"}, "f12", "f1"},
	} {
		press(t, m, test.shows...)
		shown := m.overlay
		if press(t, m, test.once); m.overlay == nil || m.overlay != shown {
			t.Errorf("%v: %s makes %T of %T", test.shows, test.once, m.overlay, shown)
		}
		if press(t, m, test.away); m.overlay != nil {
			t.Errorf("%v: %s leaves %T", test.shows, test.away, m.overlay)
		}
	}
}

// TestBindingOfAlways: a key that works always elsewhere does in a pane what the pane has it
// for, whichever of the action's keys it is and whatever is open there.
func TestBindingOfAlways(t *testing.T) {
	for _, keys := range [][]string{{"ctrl+l"}, {"up", "ctrl+l"}, {"ctrl+l", "up"}} {
		m := testModel(t, 80, 24, Config{})
		if err := m.bind([]Binding{{"tree.find-the-next", keys}, {"tree.up", nil}}); err != nil {
			t.Fatal(err)
		}
		for _, open := range []string{"", "/"} {
			m.setFocus(paneTree)
			press(t, m, strings.Split(open, "")...)
			m.notice = notice{}
			press(t, m, "ctrl+l")
			if !strings.Contains(m.notice.text, "nothing has been looked for") {
				t.Errorf("%v, after %q: %q", keys, open, m.notice.text)
			}
		}
	}
}
