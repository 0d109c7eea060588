package shell

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLaterDialect adds a dialect to the table and wants all to be printed as in the
// one before it: nothing is asked for by "is exactly the newest".
func TestLaterDialect(t *testing.T) {
	before := Newest()
	dialectTable = append(dialectTable, dialectTable[before])
	later := Newest()
	dialectTable[later].name, dialectTable[later].minor = "3.later", dialectTable[before].minor+1
	t.Cleanup(func() { dialectTable = dialectTable[:later] })

	if d, err := ParseDialect("3.later"); err != nil || d != later {
		t.Errorf("%v, %v", d, err)
	}
	if got := DialectOf("3.10.0"); got != later {
		t.Errorf("a server of 3.10 speaks %v", got)
	}
	if got := DialectOf("3.9.5"); got != before {
		t.Errorf("a server of 3.9 speaks %v", got)
	}
	if zkHelp(later) != zkHelp(before) {
		t.Error("help is another")
	}
	for i := range table {
		c := &table[i]
		if (Lookup(later, c.Name) == nil) != (Lookup(before, c.Name) == nil) || c.group(later) != c.group(before) {
			t.Errorf("%s is there otherwise", c.Name)
		}
		if got, want := c.usageError(later).Error(), c.usageError(before).Error(); got != want {
			t.Errorf("%s: %q, not %q", c.Name, got, want)
		}
	}
	files, err := filepath.Glob(filepath.Join("..", "testdata", "zkcli", "cases", "3.9", "*.zk"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".zk"), func(t *testing.T) {
			lines := readFile(t, file)
			for _, fault := range compare(play(t, before, lines), play(t, later, lines), false) {
				t.Error(fault)
			}
		})
	}
}

// isExactly is a question that a later dialect would answer otherwise than the newest.
var isExactly = regexp.MustCompile(`[!=]= (shell\.)?D3\d`)

// TestDialectsAreOrdered reads the source for questions that do not ask for an order.
func TestDialectsAreOrdered(t *testing.T) {
	for _, dir := range []string{".", "transcript", "../cmd/zoosh", "../roles", "../tui"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no source in %s: %v", dir, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if found := isExactly.Find(text); found != nil && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s asks for %q: say Since or Before", file, found)
			}
		}
	}
}
