package roles

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseLesson(t *testing.T) {
	l := parse(t, takeover)
	if l.Name != "takeover" || l.Title != "Takeover" || l.Summary != "One goes, another comes." || l.Language != English {
		t.Errorf("%+v", l)
	}
	if goals(l) != 4 || !reflect.DeepEqual(l.Roles(), []string{"first", "second"}) || l.Closing != "That is all." {
		t.Errorf("%d goals, roles %v, closing %q", goals(l), l.Roles(), l.Closing)
	}
	want := Step{
		Session: "first", Command: `create -e /master "one"`, Narration: "# Takeover\n\nThe first takes the place.",
		Goal: "Make /master, with data one, so that it goes with you.", Hints: []string{"It is called ephemeral."},
		Shows: []string{"Created /master"},
	}
	if !reflect.DeepEqual(l.Steps[0], want) {
		t.Errorf("%+v", l.Steps[0])
	}
	if s := l.Steps[4]; s.Command != "" || !s.Waits || s.Goal != "" || s.Narration != "The second is told, and takes over." {
		t.Errorf("%+v", s)
	}
	if s := l.Steps[5]; !strings.HasPrefix(s.Goal, "Make /master") || s.Narration != "" {
		t.Errorf("%+v", s)
	}
}

func TestLessonsThatAreNone(t *testing.T) {
	block := "```zk\n[zk] ls /\n```\n"
	for src, want := range map[string]string{
		"":                                 "x.md: there is no block",
		"text":                             "x.md: there is no block",
		"---\norder: first\n---\n" + block: "x.md: front matter: order is a number",
		"<!-- hint: h -->\n\n" + block:     `x.md:3: a goal says nothing, or a hint has no goal before it: ["h"]`,
		"a\n\n<!-- goal: g -->\n<!-- goal: g2 -->\n\n" + block: `x.md:6: the goal "g2" has no command in this block`,
	} {
		_, err := ParseLesson("x.md", []byte(src))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func TestNames(t *testing.T) {
	for file, want := range map[string][2]string{
		"master.md": {"master", "en"}, "dir/master.zh.md": {"master", "zh"}, "a.b.md": {"a.b", "en"}, "x": {"x", "en"},
	} {
		if name, lang := splitName(file); name != want[0] || lang != want[1] {
			t.Errorf("%s: %s, %s", file, name, lang)
		}
	}
	for locale, want := range map[string]string{
		"zh_CN.UTF-8": "zh", "zh": "zh", "ZH-tw": "zh", "": "en", "C": "en", "de_DE": "en", "zha_CN": "en", "_zh": "zh",
	} {
		if got := LanguageOf(locale); got != want {
			t.Errorf("%s: %s", locale, got)
		}
	}
}

func FuzzParseLesson(f *testing.F) {
	f.Add(takeover)
	f.Add(protected)
	f.Add("# \n```zk \n\n```")
	f.Add("0<!--goal:-->\n```zk\n\n```")
	f.Add("<!-- goal:\n x --><!-- hint: --> ```zk a\n[zk] ls /\n```")
	f.Fuzz(func(t *testing.T, src string) {
		l, err := ParseLesson("x.md", []byte(src))
		if err != nil {
			return
		}
		if len(l.Steps) != len(l.Page.Steps) || l.Title == "" {
			t.Errorf("%d steps of %d, title %q", len(l.Steps), len(l.Page.Steps), l.Title)
		}
		for i, s := range l.Steps {
			if s.Goal != "" && s.Command == "" || s.Goal == "" && len(s.Hints) > 0 {
				t.Errorf("step %d: %+v", i, s)
			}
		}
	})
}

// goals counts the steps that can be left to the student.
func goals(l *Lesson) int {
	n := 0
	for i := range l.Steps {
		if l.Steps[i].Goal != "" {
			n++
		}
	}
	return n
}
