package transcript

import (
	"strings"
	"testing"

	"zoosh/shell"
)

func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		line, got string
		want      bool
	}{
		{"a*c (glob)", "abbc", true},
		{"a*c (glob)", "abbcd", false},
		{"a?c (glob)", "aéc", true},
		{"a?c (glob)", "ac", false},
		{`a\*c (glob)`, "a*c", true},
		{`a\*c (glob)`, "abc", false},
		{`\... (glob)`, "...", true},
		{"a.c (glob)", "abc", false},
		{"(a|b) (glob)", "(a|b)", true},
		{"a.c (re)", "abc", true},
		{"a|b (re)", "b", true},
		{"a|b (re)", "xb", false},
		{"a|b (re)", "ax", false},
		{" (glob)", "", true},
	} {
		p, err := parsePattern(tt.line)
		if err != nil || p == nil {
			t.Fatalf("%q: %v, %v", tt.line, p, err)
		}
		if got := p.re.MatchString(tt.got); got != tt.want {
			t.Errorf("%q matches %q: %v", tt.line, tt.got, got)
		}
	}
	for _, line := range []string{"a*c", "a (globe)", "....", " ..."} {
		if p, err := parsePattern(line); p != nil || err != nil {
			t.Errorf("%q is no pattern, but %v, %v", line, p, err)
		}
	}
}

// meansItself wants a line that Update writes to be read as that line.
func meansItself(t *testing.T, text string) {
	t.Helper()
	for _, fence := range []string{"```", "~~~~"} {
		src := fence + "zk\n[zk] x\n" + literal(text, fence) + "\n" + fence + "\n"
		p, err := Parse("x.md", []byte(src))
		if err != nil {
			t.Fatalf("%q: %v", src, err)
		}
		if len(p.Steps) != 1 || len(p.Steps[0].Output) != 1 || !p.Steps[0].Output[0].means(outLine{text: text}) {
			t.Errorf("%q is written as %q and read as %+v", text, src, p.Steps)
		}
	}
}

func TestLiteral(t *testing.T) {
	for _, text := range []string{
		"", "a", "...", "*", "a*b (glob)", `\ (re)`, "* (glob)", "[zk] ls /", "[zk: h(CONNECTED) 1]", "[zk] ",
		"```", "````", "   ```", "~~~~ ", "```zk", "\ttab", "é (re)", `\x1b[2J`, "> a", "- b", "    indented",
	} {
		meansItself(t, text)
	}
}

// FuzzMatch wants an alignment to go through both sides in order, whatever they
// are, to be free where the sides are equal, and what is written to mean itself.
func FuzzMatch(f *testing.F) {
	f.Add("a\nb\n...\nc", "a\nx\nb\nc", "*")
	f.Add("...\n...", "a", "[zk] x")
	f.Add("\n\n", "\n", "... (glob)")
	f.Add("a* (glob)\n", "abc\nabd", "\\")
	f.Add("0", "0", "\a") // of a run, only what a terminal can be shown is written
	f.Fuzz(func(t *testing.T, page, run, line string) {
		want, got := strings.Split(page, "\n"), strings.Split(run, "\n")
		if len(want) > 200 || len(got) > 200 {
			return
		}
		lines := make([]Line, len(want))
		for i, text := range want {
			lines[i].Text = text
			var err error
			if lines[i].pattern, err = parsePattern(text); err != nil {
				return
			}
			if text == "" {
				lines[i].role = roleBlank
			}
		}
		a := &alignment{
			n: len(want), m: len(got),
			same:  func(i, j int) bool { return lines[i].means(outLine{text: got[j]}) },
			swap:  func(i, j int) bool { return lines[i].role == roleOutput },
			skip:  func(i int) int { return map[bool]int{false: 1}[lines[i].role == roleBlank] },
			extra: func(int) int { return 1 },
			any:   func(i int) bool { return lines[i].pattern != nil && lines[i].pattern.any },
		}
		i, j, wrong := 0, 0, 0
		for _, p := range a.cheapest() {
			if p.i >= 0 && p.i != i || p.j >= 0 && p.j != j {
				t.Fatalf("%+v at %d, %d", p, i, j)
			}
			if p.i >= 0 && (p.j < 0 || !a.any(p.i)) {
				i++
			}
			if p.j >= 0 {
				j++
			}
			if !p.same {
				wrong++
			}
		}
		if i != a.n || j != a.m {
			t.Fatalf("ended at %d, %d of %d, %d", i, j, a.n, a.m)
		}
		if page == run && wrong > 0 && !strings.Contains(page, " (") {
			t.Fatalf("%d differences between equal texts", wrong)
		}
		if !strings.ContainsAny(line, "\n\r\x00") && strings.ToValidUTF8(line, "") == line && line != eventHead && shell.Printable(line) == line {
			meansItself(t, line)
		}
	})
}
