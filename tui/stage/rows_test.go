package stage

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"zoosh/roles"
	"zoosh/tui/ui"
)

func TestStageRows(t *testing.T) {
	out := func(role, text string) roles.Row { return roles.Row{Role: role, Kind: roles.RowOutput, Text: text} }
	for _, tt := range []struct {
		name  string
		look  ui.Look
		w     int
		score []roles.Row
		want  []string
	}{
		{"command", ui.Look{}, 41, []roles.Row{{Role: "b", Kind: roles.RowCommand, Text: "create -e /master master1"}}, []string{
			"             │> create -e  │",
			"             │  /master    │",
			"             │  master1    │",
		}},
		{"stat", ui.Look{}, 41, []roles.Row{out("a", "data"), out("a", "cZxid = 0x1"), out("a", "dataVersion = 3")}, []string{
			"data         │             │",
			"stat …       │             │",
		}},
		{"stat with room", ui.Look{}, 119, []roles.Row{out("a", "cZxid = 0x1"), out("a", "dataVersion = 3"), out("a", "numChildren = 0")}, []string{
			"stat … dataVersion 3 numChildren 0     │                                       │",
		}},
		{"long output", ui.Look{}, 41, []roles.Row{out("a", "1"), out("a", "2"), out("a", "3"), out("a", "4"), out("a", "5"), out("a", "6"), out("a", "7")}, []string{
			"1            │             │",
			"2            │             │",
			"3            │             │",
			"… 4 more     │             │",
		}},
		{"output that was not kept", ui.Look{}, 41, []roles.Row{out("a", "1"), out("a", "2"), out("a", "3"), out("a", "4"), out("a", "5"), {Role: "a", Kind: roles.RowError, Text: "no", Less: 9}}, []string{
			"1            │             │",
			"2            │             │",
			"3            │             │",
			"… 11 more    │             │",
			"✗ no         │             │",
		}},
		{"refused", ui.Look{}, 41, []roles.Row{{Role: "c", Kind: roles.RowError, Text: "Node exists"}}, []string{
			"             │             │✗ Node exists",
		}},
		{"arrow to the right", ui.Look{}, 41, []roles.Row{{Role: "c", Kind: roles.RowEvent, From: "a", Text: "NodeDeleted /master"}}, []string{
			"      ─────────────────────▶◆ Deleted",
			"             │             │  /master",
		}},
		{"arrow to the left", ui.Look{}, 65, []roles.Row{{Role: "a", Kind: roles.RowEvent, From: "b", Text: "NodeCreated /m"}}, []string{
			"◆ Created /m         ◀───────────          │",
		}},
		{"nobody's", ui.Look{}, 65, []roles.Row{{Role: "a", Kind: roles.RowEvent, Text: "NodeCreated /m"}}, []string{
			"◆ Created /m         │                     │",
		}},
		{"ASCII", ui.Look{ASCII: true}, 41, []roles.Row{
			{Role: "c", Kind: roles.RowEvent, From: "a", Text: "NodeDeleted /master"}, {Role: "b", Kind: roles.RowState, Text: "Expired"},
		}, []string{
			"      --------------------->* Deleted",
			"             |             |  /master",
			"             |x Expired    |",
		}},
	} {
		s := &sheet{t: ui.NewTheme(tt.look, true), roles: map[string]int{"a": 0, "b": 1, "c": 2}, n: 3, w: tt.w}
		var got []string
		for _, row := range s.draw(tt.score) {
			if n := ansi.StringWidth(row); n != tt.w {
				t.Errorf("%s: a row of %d cells in %d: %q", tt.name, n, tt.w, ansi.Strip(row))
			}
			got = append(got, strings.TrimRight(ansi.Strip(row), " "))
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s:\n%s\nnot\n%s", tt.name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

// However narrow the stage, however many the roles: each row is as wide as it.
func TestStageWidths(t *testing.T) {
	score := []roles.Row{
		{Role: "a", Kind: roles.RowCommand, Text: "create /工人/中文 \"值\""}, {Role: "c", Kind: roles.RowEvent, From: "a", Text: "NodeCreated /工人/中文"},
		{Role: "a", Kind: roles.RowEvent, From: "c", Text: "NodeCreated /e\u0301\u200b"}, {Role: "b", Kind: roles.RowError, Text: strings.Repeat("错 ", 30)},
		{Role: "b", Kind: roles.RowOutput, Text: "\x1b[2Jx\ty"},
	}
	for w := 12; w < 130; w++ {
		s := &sheet{t: ui.NewTheme(ui.Look{}, true), roles: map[string]int{"a": 0, "b": 1, "c": 2}, n: 3, w: w}
		for _, row := range s.draw(score) {
			if n := ansi.StringWidth(row); n != w {
				t.Fatalf("a row of %d cells in %d: %q", n, w, ansi.Strip(row))
			}
		}
	}
}
