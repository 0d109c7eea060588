package lesson

import (
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/roles"
	"zoosh/tui/ui"
	"zoosh/tui/ui/walkthrough"
)

// A host keeps what is said.
type host struct{ said []ui.Intent }

func (h *host) Send(i ui.Intent) { h.said = append(h.said, i) }

func newPane(cfg Config) (*Pane, *host) {
	h := &host{}
	cfg.Host, cfg.Player, cfg.Theme = h, walkthrough.New(walkthrough.Config{}), ui.NewTheme(ui.Look{}, true)
	cfg.ID, cfg.Prompt = "Lesson", "Command"
	return New(cfg), h
}

// Wherever a sentence names a key, the table has that key, in every language.
func TestKeysOfSentences(t *testing.T) {
	for language := range wordsIn {
		p, _ := newPane(Config{Language: language})
		all := reflect.ValueOf(*wordsOf(language))
		for i := range all.NumField() {
			if all.Field(i).Kind() != reflect.Struct {
				continue
			}
			name := all.Type().Field(i).Name
			k := keyed{all.Field(i).Field(0).String(), nil}
			for j := range all.Field(i).Field(1).Len() {
				k.titles = append(k.titles, all.Field(i).Field(1).Index(j).String())
			}
			for _, title := range k.titles {
				if len(p.action(title).Keys) == 0 {
					t.Errorf("%s, %s: there is no key for %q", language, name, title)
				}
			}
			if strings.Count(k.text, "%s") != len(k.titles) || len(k.titles) == 0 {
				t.Errorf("%s, %s: %q with %d keys", language, name, k.text, len(k.titles))
			}
		}
	}
}

func TestKeyed(t *testing.T) {
	for language, want := range map[string][2]string{
		roles.English: {"Space: next", "q leaves, r starts again"}, roles.Chinese: {"空格：下一步", "q 离开，r 重来"},
	} {
		p, _ := newPane(Config{Language: language})
		if got := [2]string{p.keyed(p.words().press), p.keyed(p.words().pressEnd)}; got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// An action whose keys its user has taken away is called by what the palette finds.
func TestKeyedWithoutKeys(t *testing.T) {
	p, _ := newPane(Config{Language: roles.English})
	p.action(nextTitle).Keys, p.action(leaveTitle).Keys = nil, []string{}
	if got := p.keyed(p.words().press) + ", " + p.keyed(p.words().pressEnd); got != "the palette: next, the palette leaves, r starts again" {
		t.Error(got)
	}
}

// Without a lesson the pane is not there, and its keys say so.
func TestNoLesson(t *testing.T) {
	p, h := newPane(Config{})
	if p.Here() || p.Rows(true) != nil || p.Title(20) != "Lesson" || p.notYourTurn() == "" {
		t.Error("there is a lesson")
	}
	p.asks(roles.Next{})()
	if want := (ui.Say{Bad: true, Text: "no lesson is being played; F7 lists them"}); len(h.said) != 1 || h.said[0] != want {
		t.Errorf("said %v", h.said)
	}
}

// The list tells what was played, and what the user has done.
func TestMenu(t *testing.T) {
	p, _ := newPane(Config{Finished: []string{"master", "worker turn"}})
	all, err := roles.Lessons(roles.English)
	if err != nil {
		t.Fatal(err)
	}
	o := &menu{pane: p, all: all, words: wordsOf(roles.English)}
	rows := o.Box(p.cfg.Theme, 80, 24)
	for i, l := range all {
		row := ansi.Strip(o.row(p.cfg.Theme, i, 78))
		if ansi.StringWidth(row) != 78 || len(rows) > 24 {
			t.Errorf("%d cells: %s", ansi.StringWidth(row), row)
		}
		want := map[string]string{"master": " played", "worker": " done yourself"}[l.Name]
		if got := strings.HasPrefix(row, " ✓ "); got != (want != "") || !strings.HasSuffix(strings.TrimRight(row, " "), want) {
			t.Errorf("%s: %s", l.Name, row)
		}
	}
}

// The key that shows the list puts it away, whichever it is.
func TestMenuKey(t *testing.T) {
	p, _ := newPane(Config{})
	p.action(listTitle).Keys = []string{"f12"}
	o := &menu{pane: p, words: wordsOf(roles.English)}
	for code, want := range map[rune]bool{tea.KeyF12: true, tea.KeyEscape: true, tea.KeyF7: false} {
		if _, done := o.Key(tea.KeyPressMsg{Code: code}); done != want {
			t.Errorf("%s: %v", tea.KeyPressMsg{Code: code}, done)
		}
	}
}

func TestHeight(t *testing.T) {
	p, _ := newPane(Config{})
	for rows, want := range map[int]int{10: 7, 16: 7, 22: 10, 29: 10, 30: 12, 100: 12} {
		if got := p.Height(rows); got != want {
			t.Errorf("of %d rows %d, not %d", rows, got, want)
		}
	}
}
