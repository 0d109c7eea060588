package shell

import (
	"slices"
	"testing"
)

func TestSplitOwn(t *testing.T) {
	for line, want := range map[string][]string{
		``:                            nil,
		` find  -name x `:             {"find", "-name", "x"},
		`grep "a b" '/x y'`:           {"grep", "a b", "/x y"},
		`grep a"b c"d''`:              {"grep", "ab cd"},
		`grep ""`:                     {"grep", ""},
		`grep a\ b`:                   {"grep", "a b"},
		`grep "it's \"so\"" '\"'`:     {"grep", `it's "so"`, `\"`},
		`grep \x41\x0a"\x00" \xzz \x`: {"grep", "A\n\x00", `\xzz`, `\x`},
		`grep "\n\t\r\\" \d+\. \;`:    {"grep", "\n\t\r\\", `\d+\.`, `\;`},
		"grep 中\\x20文 \\":             {"grep", "中 文", `\`},
	} {
		if got, ok := splitOwn(line); !ok || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", line, got, ok)
		}
	}
	for _, line := range []string{`grep "a`, `grep 'a"`, `grep "a\"`} {
		if got, ok := splitOwn(line); ok {
			t.Errorf("%s: %q, though a quote is open", line, got)
		}
	}
}

// Every word can be given to one of zoosh's own commands, and arrives as it was.
func TestOwnCommandsTakeEveryWord(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.want(`multi create /a "it's \"so\"\x20\\" ; create /b 'x y'`, "1 create /a: created /a\n2 create /b: created /b\n", "", 0)
	for path, want := range map[string]string{"/a": `it's "so" \`, "/b": "x y"} {
		if data, _, err := x.sh.Session().Get(t.Context(), path, nil); err != nil || string(data) != want {
			t.Errorf("%s: %q, %v", path, data, err)
		}
	}
	// zkCli's commands keep zkCli's rule.
	x.want(`create /c "x\x20y"`, "", "Created /c\n", 0)
	x.want("get /c", "x\\x20y\n", "", 0)
	// What cannot be read is read as zkCli reads it.
	x.want(`exists /a "`, "true\n", "", 0)
}

func FuzzSplitOwn(f *testing.F) {
	f.Add("it's \"so\" \\ \x00 中", "x")
	f.Add("", "\\x4")
	f.Fuzz(func(t *testing.T, a, b string) {
		line := "grep " + quoteOwn(a) + "\t" + quoteOwn(b)
		if got, ok := splitOwn(line); !ok || !slices.Equal(got, []string{"grep", a, b}) {
			t.Errorf("%q and %q: %s gives %q", a, b, line, got)
		}
		splitOwn(a) // whatever it is
	})
}
