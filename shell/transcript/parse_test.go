package transcript

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// page joins lines into a page. A line of dots is a fence: ... cannot be.
func page(lines ...string) string {
	return strings.ReplaceAll(strings.Join(lines, "\n"), "'''", "```") + "\n"
}

func TestParse(t *testing.T) {
	p := readPage(t, "testdata/modern.md")
	if got := p.FrontMatter["dialect"]; got != "3.9" {
		t.Errorf("dialect: %q", got)
	}
	if got := p.Sessions(); !slices.Equal(got, []string{"main", "other"}) {
		t.Errorf("sessions: %q", got)
	}
	var blocks []string
	for _, b := range p.Blocks {
		blocks = append(blocks, b.Session+"|"+b.prefix+"|"+b.fence)
	}
	if want := []string{"main||```", "other|   |```", "other|> |```", "main||```"}; !slices.Equal(blocks, want) {
		t.Errorf("blocks: %q, want %q", blocks, want)
	}
	if got := p.Blocks[0].Prose; !strings.HasPrefix(got, "\nThe owner's name") {
		t.Errorf("prose: %q", got)
	}
	if !strings.Contains(p.Tail, "/not-run") {
		t.Errorf("tail: %q", p.Tail)
	}
	if s := p.Steps[1]; s.Command != "create -c /app" || s.Line != 14 || len(s.Output) != 1 || s.Output[0].Text != "Created /app" {
		t.Errorf("step: %+v", s)
	}
	for _, s := range p.Steps {
		if s.Session == "other" && s.Command != "" && strings.HasPrefix(s.Command, " ") {
			t.Errorf("indentation in a command: %q", s.Command)
		}
	}
}

func TestPrompts(t *testing.T) {
	for line, want := range map[string]string{
		"[zk: localhost:2181(CONNECTED) 0] ls /":       "ls /",
		"[zk: localhost:2181(CONNECTED) 16]  ls /":     " ls /",
		"[zk: [::1]:2181(CONNECTED) 3] create /a [b] ": "create /a [b] ",
		"[zk] ls /":                        "ls /",
		"[zk] create /a '[zk] b'":          "create /a '[zk] b'",
		"[zk: a:1,b:2/c(CLOSED) 3] stat /": "stat /",
		"[zk] ":                            "(empty)",
		"[zk: h:1(CONNECTED) 4]":           "(empty)",
		"[zk: h:1(CONNECTED) 4] ":          "(empty)",
		"[zk]":                             "(output)",
		"[zk, zookeeper]":                  "(output)",
		"[zookeeper]":                      "(output)",
		" [zk] ls /":                       "(output)",
	} {
		p, err := Parse("x.md", []byte(page("'''zk", line, "'''")))
		if err != nil {
			t.Fatal(err)
		}
		got := p.Steps[0].Command
		if got == "" {
			got = map[role]string{rolePrompt: "(empty)", roleOutput: "(output)"}[p.Steps[0].Output[0].role]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"option", page("", "'''zk a timeout=3", "'''"), "x.md:2: unknown option timeout of a zk block"},
		{"two names", page("'''zk a b", "'''"), "x.md:1: a zk block has one session: a or b?"},
		{"unclosed", page("text", "", "'''zk", "[zk] ls /"), "x.md:3: no line ``` ends this block"},
		{"unclosed in a list", page("- '''zk", "  [zk] ls /", "", "text"), "x.md:1: no line ``` ends this block"},
		{"glob", page("'''zk", "[zk] ls /", `a\ (glob)`, "'''"), `x.md:3: pattern of the line: nothing behind the last \`},
		{"re", page("'''zk", "[zk] ls /", `a( (re)`, "'''"), "x.md:3: pattern of the line: error parsing regexp: missing closing ): `a(`"},
		{"re out of its group", page("'''zk", "[zk] ls /", `a)(b (re)`, "'''"), "x.md:3: pattern of the line: error parsing regexp: unexpected ): `a)(b`"},
		{"front matter", page("---", "title: a", "what", "---"), `x.md:3: front matter: this is no "key: value"`},
		{"front matter twice", page("---", "a: b", "a: c", "---"), "x.md:3: front matter: a is given twice"},
		{"front matter open", page("---", "a: b"), "x.md:1: front matter: there is no line --- that ends it"},
		{"tab", page("- a", "", "  '''zk", "\t[zk] ls /", "  '''"), "x.md:4: a tab in the indentation: indent this block with spaces"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("x.md", []byte(tt.src))
			if err == nil || err.Error() != tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

func TestParseNotBlocks(t *testing.T) {
	for _, src := range []string{
		page("'''", "zk", "'''"),
		page("'''zkCli", "[zk] ls /", "'''"),
		page("''''markdown", "'''zk", "[zk] ls /", "'''", "''''"),
		page("    '''zk", "    [zk] ls /", "    '''"),
		page("<!--", "'''zk", "[zk] ls /", "'''", "-->"),
		page("~~~text", "'''zk", "[zk] ls /", "'''", "~~~"),
	} {
		p, err := Parse("x.md", []byte(src))
		if err != nil || len(p.Blocks) != 0 {
			t.Errorf("%q: %v blocks, %v", src, len(p.Blocks), err)
		}
	}
}

func TestFrontMatter(t *testing.T) {
	p, err := Parse("x.md", []byte("\ufeff---\r\ntitle: \"A: b\"\r\n# note\r\n\r\nsummary:   c  \r\nempty:\r\n---\r\ntext\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"title": "A: b", "summary": "c", "empty": ""} {
		if got, ok := p.FrontMatter[key]; !ok || got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if p.Tail != "text\r\n" {
		t.Errorf("tail: %q", p.Tail)
	}
}

func FuzzParse(f *testing.F) {
	const log = "2026-11-24 17:15:16,123 [x] - INFO  [y] - z"
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
		f.Add(bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n")))
	}
	f.Add([]byte("- ```zk\n  [zk] ls /\n\n  WATCHER::\n  ```\n> ~~~zk a\n> ...\n> ~~~"))
	f.Add([]byte("---\na: b\n---\n```zk\n\n\tx\n```"))
	f.Add([]byte("```zk\n[zk] WATCHER::\n0\nls /\n```"))
	f.Add([]byte("```zk \n\r\xff\n``` "))
	f.Add([]byte("```zk\n[zk] \nWATCHER::\n0\n \n```"))
	f.Add([]byte("```zk\n[zk] \nWATCHER::\n" + log + "\nx\n  \n\x1b[\x070mls /\n```"))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := Parse("x.md", src)
		if err != nil {
			return
		}
		if !bytes.Equal(p.Bytes(), src) {
			t.Fatalf("read and written: %q, was %q", p.Bytes(), src)
		}
		if got := Update(p, &Result{}); !bytes.Equal(got, src) {
			t.Fatalf("nothing updated: %q, was %q", got, src)
		}
		last := 0
		for _, s := range p.Steps {
			b := p.Blocks[s.Block]
			if s.Line <= last || s.Line <= b.Line || s.Line >= b.End {
				t.Fatalf("a step at line %d of the block %d-%d, after line %d", s.Line, b.Line, b.End, last)
			}
			last = s.Line
			for _, l := range s.Output {
				raw := p.lines[l.Number-1]
				if l.Number < last || l.Number >= b.End || !strings.HasSuffix(unscreened(raw.text[raw.prefix:]), l.Text) {
					t.Fatalf("line %d %q of the block %d-%d", l.Number, l.Text, b.Line, b.End)
				}
				last = l.Number
			}
		}
		// With nothing recorded, all that is shown goes, and what is left passes.
		empty := &runOutput{steps: make([]stepOutput, len(p.Steps)), events: map[string][]runEvent{}}
		updated := Update(p, compare(p, empty))
		q, err := Parse("x.md", updated)
		if err != nil {
			t.Fatalf("updated: %v\n%q", err, updated)
		}
		if got, want := typed(q), typed(p); !slices.Equal(got, want) {
			t.Fatalf("the update made %q of what was typed, %q:\n%q\n%q", got, want, src, updated)
		}
		if res := compare(q, &runOutput{steps: make([]stepOutput, len(q.Steps))}); len(res.Diffs) > 0 {
			t.Fatalf("differs after the update:\n%v\n%q\n%q", res, src, updated)
		}
	})
}

// typed lists the commands of a page.
func typed(p *Page) (commands []string) {
	for _, s := range p.Steps {
		if s.Command != "" {
			commands = append(commands, s.Command)
		}
	}
	return commands
}

// TestParseByteOrderMark: it is none of the page, and stays before one that is updated.
func TestParseByteOrderMark(t *testing.T) {
	src := "\ufeff---\ntitle: x\n---\n```zk\n[zk] ls /\n[]\n```\n"
	p, err := Parse("p.md", []byte(src))
	if err != nil || p.FrontMatter["title"] != "x" || len(p.Steps) != 1 || p.Steps[0].Line != 5 {
		t.Fatalf("%+v, %v", p, err)
	}
	if got := Update(p, &Result{}); string(got) != src {
		t.Errorf("%q", got)
	}
}
