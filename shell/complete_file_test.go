package shell

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folder goes to a folder with such files; a name with a slash behind it is a folder,
// and what is below one comes after it.
func folder(t testing.TB, names ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range names {
		if dir, is := strings.CutSuffix(name, "/"); is {
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCompleteFiles(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create /app 1", "create /app/one 1")
	folder(t, "app.json", "app-2.json", "a b.json", "old/", "old/app.json", "two words/", "two words/x y", ".hidden", "evil\x1b[2J", "evil\u202e", "-f", `it's`, `both'"`, `C:\new`)
	if err := os.Symlink("old", "older"); err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	all := []string{`C:\new`, `"a b.json"`, "app-2.json", "app.json", `both'"`, `it's`, "old/", "older/", `"two words/`}
	for _, test := range []struct {
		line string
		want []string
	}{
		{"export /app app", []string{"app-2.json", "app.json"}},
		{"export -f /app ol", []string{"old/", "older/"}},
		{"export /app old/", []string{"old/app.json"}},
		{"export /app older/a", []string{"older/app.json"}},
		{"export /app .", []string{".hidden"}},
		{"export /app ./o", []string{"./old/", "./older/"}},
		{"export /app " + here + "/old", []string{here + "/old/", here + "/older/"}},
		{"export /app nope/", nil},
		{"export /a", []string{"/app"}},
		{`import "two words/`, []string{`"two words/x y"`}},
		{`import 'two`, []string{`'two words/`}},
		{`import tw`, []string{`"two words/`}},
		{"import app.json /app/", []string{"/app/one"}},
		{"diff app", []string{"app-2.json", "app.json"}},
		{"diff /app o", []string{"old/", "older/"}},
		{"diff /app/", []string{"/app/one"}},
		{"diff file:" + here + "/app.", []string{"file:" + here + "/app.json"}},
		{"diff file:tw", []string{`"file:two words/`}},
		{"reconfig -file app", []string{"app-2.json", "app.json"}},
		{"reconfig -add ", nil},
		{"record app", []string{"app-2.json", "app.json"}},
	} {
		start, candidates := x.sh.Complete(t.Context(), test.line, len(test.line))
		var got []string
		for _, c := range candidates {
			if got = append(got, c.Text); c.Open != (strings.HasSuffix(c.Text, "/") || c.Text[0] == '/' && !strings.HasPrefix(c.Text, here)) {
				t.Errorf("%q: %+v", test.line, c)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: %q from %q, want %q", test.line, got, test.line[start:], test.want)
		}
	}
	// Each by the rule of its command: to zoosh's own \n is a line's end.
	for line, missing := range map[string]string{"import ": `C:\new it's both'"`, "reconfig -file ": ""} {
		want := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(strings.Fields(missing), name) })
		_, candidates := x.sh.Complete(t.Context(), line, len(line))
		var got []string
		for _, c := range candidates {
			got = append(got, c.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	// Both can stand there.
	_, candidates := x.sh.Complete(t.Context(), "diff ", 5)
	if len(candidates) < 2 || candidates[0].Text != "/" || !slices.ContainsFunc(candidates, func(c Candidate) bool { return c.Text == "app.json" }) {
		t.Errorf("%+v", candidates)
	}
}

// FuzzCompleteFile: whatever a file is called, what is offered is read as its name.
func FuzzCompleteFile(f *testing.F) {
	for _, name := range []string{"a", "a b", `it's`, `"`, `\n`, "x\\", "\u00a0", " ", `a"b'c d`, "-f", "é"} {
		f.Add(name, "")
		f.Add(name, `"`)
	}
	f.Fuzz(func(t *testing.T, name, quote string) {
		if quote != "" {
			quote = "'"
		}
		if name == "" || name != filepath.Base(name) {
			return
		}
		for _, own := range []bool{true, false} {
			text, ok := quoteFile(own, quote, name, false)
			if !ok {
				continue
			}
			words := Split("x " + text + " y")
			if own {
				words, _ = splitOwn("x " + text + " y")
			}
			if len(words) != 3 || words[1] != name {
				t.Errorf("%q is offered as %q, which is %q", name, text, words)
			}
		}
	})
}
