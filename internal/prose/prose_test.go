package prose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestLayout(t *testing.T) {
	for _, tt := range []struct {
		name, markdown string
		width          int
		want           []string
	}{
		{"words", "one two  three\nfour", 9, []string{"one two", "three", "four"}},
		{"exactly as wide", "one two three", 7, []string{"one two", "three"}},
		{"paragraphs", "one\n\ntwo", 9, []string{"one", "", "two"}},
		{"heading", "## The *master*\n\nIt", 20, []string{"The master", "", "It"}},
		{"code is broken at blanks", "a `create -e /master` b", 12, []string{"a create -e", "/master b"}},
		{"a path is kept whole", "see `/workers/worker1` there", 14, []string{"see", "/workers/worke", "r1 there"}},
		{"a long word", "abcdefghij kl", 4, []string{"abcd", "efgh", "ij", "kl"}},
		{"list", "- one two three\n- four", 9, []string{"- one two", "  three", "- four"}},
		{"numbers", "9. a\n10. b", 9, []string{"9. a", "10. b"}},
		{"nested", "- a\n  - b\n- c", 9, []string{"- a", "  - b", "- c"}},
		{"link and comment", "a [b](http://x) <b>c</b>\n\n<!-- no -->", 20, []string{"a b c"}},
		{"picture", "a\n\n![b](c.svg)\n\nd ![e](f.svg)", 20, []string{"a", "", "d e"}},
		{"entities", `a &lt; b \* &amp;lt;`, 20, []string{"a < b * &lt;"}},
		{"table", "| a | bc |\n| --- | --- |\n| def | `g` |", 20, []string{"a    bc", "---  --", "def  g"}},
		{"table that is wrapped", "| a | b |\n| - | - |\n| x | one two three |", 10, []string{"a  b", "-  -------", "x  one two", "   three"}},
		{"code block", "```\nls /a\n```", 9, []string{"  ls /a"}},
		{"Chinese", "主节点只能有一个。", 8, []string{"主节点只", "能有一", "个。"}},
		{"Chinese lines", "主节点\n只能", 20, []string{"主节点只能"}},
		{"Chinese and words", "这个 znode 节点", 10, []string{"这个 znode", "节点"}},
		{"control characters", "a\x1b[31mb", 20, []string{`a\x1b[31mb`}},
		{"nothing", " \n", 9, nil},
	} {
		var got []string
		for _, row := range Layout(tt.markdown, tt.width) {
			got = append(got, row.String())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n%s\nnot\n%s", tt.name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

func TestLayoutStyles(t *testing.T) {
	rows := Layout("a **b *c*** `d`\n\n- e", 40)
	want := []Line{
		{{"a ", Plain}, {"b ", Strong}, {"c", Emphasis}, {" ", Plain}, {"d", Code}},
		nil,
		{{"- ", Sign}, {"e", Plain}},
	}
	if !slices.EqualFunc(rows, want, func(a, b Line) bool { return slices.Equal(a, b) }) {
		t.Errorf("%v", rows)
	}
}

func TestLabelled(t *testing.T) {
	rows := Labelled("Hint: ", "It is `ls`\n\n/", 20)
	want := Line{{"Hint: ", Strong}, {"It is ", Plain}, {"ls", Code}, {" /", Plain}}
	if len(rows) != 1 || !slices.Equal(rows[0], want) {
		t.Errorf("%v", rows)
	}
}

func TestBlocks(t *testing.T) {
	text := "# A\n\nb\n`c`\n\n![p](p.svg)\n\n- d\n\n      e\n- f\n\n| x | y |\n|-|-|\n| g | **h** |\n\n```sh\ni\n\n j\x1b\n```\n\n<!-- no -->\n"
	var got []string
	for _, b := range Blocks(text) {
		switch b.Kind {
		case Title, Paragraph:
			got = append(got, fmt.Sprint(b.Kind, b.Level, b.Text()))
		case List:
			for _, item := range b.Items() {
				got = append(got, fmt.Sprint("item ", len(item), item[0].Text()))
			}
		case Table:
			got = append(got, fmt.Sprint(b.Cells(), len(b.Rows(20))))
		case Listing:
			got = append(got, fmt.Sprintf("%q", b.Lines()))
		}
	}
	want := []string{"1 1 A", "0 0 b c", "item 2 d", "item 1 f", "[[g h]] 3", `["i" "" " j\\x1b"]`}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func checkWidth(t *testing.T, text string, w int) {
	t.Helper()
	for _, row := range Layout(text, w) {
		if n := ansi.StringWidth(row.String()); n > w && w > 1 {
			t.Fatalf("a row of %d cells at a width of %d: %q", n, w, row)
		}
	}
}

func FuzzLayout(f *testing.F) {
	f.Add("# a\n\n- b `c d`\n\n| x | y |\n|-|-|\n| 中 | *z* |", 10)
	f.Add("中文，\ntext — \x1b[0m", 3)
	f.Fuzz(func(t *testing.T, text string, w int) {
		w = max(2, min(w, 200))
		checkWidth(t, text, w)
	})
}
