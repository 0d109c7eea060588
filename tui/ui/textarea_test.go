package ui

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

var areaKeys = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
}

// areaKey is a key by its name; what has no name is text.
func areaKey(name string) tea.KeyPressMsg {
	k := tea.KeyPressMsg{}
	rest := name
	if tail, ok := strings.CutPrefix(rest, "ctrl+"); ok {
		rest, k.Mod = tail, tea.ModCtrl
	}
	code, special := areaKeys[rest]
	switch {
	case special:
		k.Code = code
	default:
		k.Code, _ = utf8.DecodeRuneInString(rest)
		if k.Mod == 0 {
			k.Text = rest
		}
	}
	return k
}

// pressIn presses a key in a text that has h rows of w cells.
func pressIn(a *TextArea, key string, w, h int) {
	for i := range TextEdits {
		if slices.Contains(TextEdits[i].Keys, key) {
			TextEdits[i].Do(a, w, h)
			return
		}
	}
	a.Key(areaKey(key))
}

func TestTextArea(t *testing.T) {
	for _, test := range []struct {
		name, text, keys string
		want             string // | is the cursor
		x, y             int    // on a screen of 8 by 3
	}{
		{"typed", "", "a b 中", "ab中|", 4, 0},
		{"new line", "ab", "right enter", "a\n|b", 0, 1},
		{"joined from behind", "ab\ncd", "down backspace", "ab|cd", 2, 0},
		{"joined from before", "ab\ncd", "end delete", "ab|cd", 2, 0},
		{"line by line", "ab\ncd", "end right right", "ab\nc|d", 1, 1},
		{"back over the end", "ab\ncd", "down left", "ab|\ncd", 2, 0},
		{"home and end", "abc\nd", "end home delete", "|bc\nd", 0, 0},
		{"wide", "中文x\nabcdefg", "right right down", "中文x\nabcd|efg", 4, 1},
		{"not into a wide one", "abc\n中文", "right right right down", "abc\n中|文", 2, 1},
		{"the column is kept", "abcdef\nx\nabcdef", "end left down down", "abcdef\nx\nabcde|f", 5, 2},
		{"a long line", "0123456789abc\nx", "right right down", "0123456789|abc\nx", 2, 1},
		{"over the end of a full row", "0123456789\nx", "end up end", "0123456789|\nx", 2, 1},
		{"behind a full row", "01234567", "end", "01234567|", 0, 1},
		{"a wide one does not fit", "0123456中", "end", "0123456中|", 2, 1},
		{"scrolled", "1\n2\n3\n4\n5", "ctrl+end", "1\n2\n3\n4\n5|", 1, 2},
		{"a page", "1\n2\n3\n4\n5", "pgdown pgdown pgup", "1\n2\n|3\n4\n5", 0, 0},
		{"a tab", "", "tab x", "\tx|", 5, 0},
		{"a control character", "\x1bx", "right", "\x1b|x", 4, 0},
		{"combined", "e\u0301x", "right delete", "e\u0301|", 1, 0},
		{"cut and back", "ab\ncd", "ctrl+k down ctrl+y", "\nab|cd", 2, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var a TextArea
			a.Set(test.text)
			for _, key := range strings.Fields(test.keys) {
				pressIn(&a, key, 8, 3)
				a.settle(8, 3)
			}
			if got := marked(&a); got != test.want {
				t.Errorf("%q, not %q", got, test.want)
			}
			if x, y := a.Cursor(8, 3); x != test.x || y != test.y {
				t.Errorf("the cursor is at %d,%d of\n%s", x, y, strings.Join(a.Rows(8, 3), "\n"))
			}
		})
	}
}

// marked is the text with a mark where the cursor is.
func marked(a *TextArea) string {
	a.Text()
	lines := append([]string{}, a.lines...)
	lines[a.Row] = lines[a.Row][:a.Line.At] + "|" + lines[a.Row][a.Line.At:]
	return strings.Join(lines, "\n")
}

func TestTextAreaPaste(t *testing.T) {
	var a TextArea
	a.Set("<>")
	pressIn(&a, "right", 8, 3)
	if !a.Paste("a\r\nb\rc\x1b[31m\td") || marked(&a) != "<a\nb\nc[31m\td|>" {
		t.Errorf("%q", marked(&a))
	}
	if a.Paste(strings.Repeat("x", MaxInput)) || marked(&a) != "<a\nb\nc[31m\td|>" {
		t.Error("more than the pane holds was taken")
	}
	a.Set("<>")
	pressIn(&a, "end", 8, 3)
	pressIn(&a, "left", 8, 3)
	if x, y := a.Cursor(8, 3); x != 1 || y != 0 {
		t.Errorf("the cursor is at %d,%d", x, y)
	}
	a.Point(7, 2, 8)
	if marked(&a) != "<>|" {
		t.Errorf("a click beyond the text: %q", marked(&a))
	}
}

// FuzzTextArea presses keys at random: nothing is lost or torn, and the cursor is
// on the screen, between characters.
func FuzzTextArea(f *testing.F) {
	keys := strings.Fields("left right up down home end pgup pgdown enter tab backspace delete ctrl+home ctrl+end ctrl+k ctrl+y a 中 e\u0301")
	f.Add("ab\n中文\n\n\tx", []byte{3, 3, 8, 10, 11, 17, 14, 15, 2}, 8)
	f.Add(strings.Repeat("0123456789", 5), []byte{3, 5, 11, 0, 3, 3}, 10)
	f.Fuzz(func(t *testing.T, text string, presses []byte, w int) {
		if !IsText([]byte(text)) || len(text) > 500 || len(presses) > 200 {
			return
		}
		w, h := Between(8, w, 40), 4
		var a TextArea
		a.Set(text)
		if a.Text() != text {
			t.Fatalf("%q became %q", text, a.Text())
		}
		for _, n := range presses {
			pressIn(&a, keys[int(n)%len(keys)], w, h)
			x, y := a.Cursor(w, h)
			rows := a.Rows(w, h)
			if x < 0 || x >= w || y < 0 || y >= len(rows) || !utf8.ValidString(a.Line.Value[:a.Line.At]) {
				t.Fatalf("the cursor is at %d,%d of %d rows: %q", x, y, len(rows), marked(&a))
			}
			for _, row := range rows {
				if ansi.StringWidth(row) > max(w, 10) {
					t.Fatalf("%q is wider than %d", row, w)
				}
			}
			whole := ""
			for _, part := range a.parts(a.Row, w) {
				whole += a.Line.Value[part.from:part.to]
			}
			if whole != a.Line.Value {
				t.Fatalf("%q came out as %q", a.Line.Value, whole)
			}
		}
	})
}

// A frame of one long line, the cursor at its end.
func BenchmarkTextAreaLongLine(b *testing.B) {
	var a TextArea
	a.Set(strings.Repeat("中", MaxInput/3))
	a.goTo(0, len(a.lines[0]))
	for b.Loop() {
		a.Rows(78, 40)
		a.Cursor(78, 40)
	}
}
