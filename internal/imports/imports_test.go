package imports

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is what the paths of this project's packages begin with.
const module = "zoosh/"

// layers are the upper floors, the lowest last, by the beginning of their packages'
// paths. A package imports those of its own floor that it has below itself, and lower
// floors. What is on none of them is internal, and imports what is internal alone.
var layers = []string{"cmd/", "tui", "roles", "shell/workspace", "shell/", "shell"}

// alone are the libraries that one place uses, and which: a package, or the ones below
// it, too, where it ends in a slash.
var alone = map[string][]string{
	"charm.land/":                   {"tui", "tui/"},
	"github.com/chzyer/readline":    {"cmd/zoosh"},
	"github.com/go-zookeeper/zk":    {"internal/session"},
	"github.com/pelletier/go-toml/": {"internal/profile"},
}

// knowNoClient are the packages of the server's side: they know no session.
var knowNoClient = []string{"internal/server", "internal/datadir", "internal/control", "internal/x500", "internal/rawzk", "internal/wire"}

// floor is where a package stands; those of a higher number are lower.
func floor(pkg string) int {
	for i, begins := range layers {
		if pkg == begins || strings.HasPrefix(pkg, strings.TrimSuffix(begins, "/")+"/") {
			return i
		}
	}
	return len(layers)
}

// isPane tells whether a package is a pane's: all below tui is, but for what panes are
// made of.
func isPane(pkg string) bool {
	return strings.HasPrefix(pkg, "tui/") && pkg != "tui/ui" && !strings.HasPrefix(pkg, "tui/ui/")
}

// broken says which rule an import breaks; "" is none. What belongs to the module is
// told without its name.
func broken(from, to string, ours bool) string {
	if !ours {
		for lib, places := range alone {
			if strings.HasPrefix(to, lib) && !slices.ContainsFunc(places, func(p string) bool {
				return from == p || strings.HasSuffix(p, "/") && strings.HasPrefix(from, p)
			}) {
				return "only " + places[0] + " uses that library"
			}
		}
		return ""
	}
	switch {
	case from == "internal/wire":
		return "wire stands on nothing"
	case slices.Contains(knowNoClient, from) && to == "internal/session":
		return "the server's side knows no session"
	case isPane(from) && isPane(to):
		return "panes do not import each other"
	case strings.HasPrefix(from, "tui/") && (to == "tui" || isPane(to)):
		return "what panes are made of knows no pane, and no pane the root"
	case floor(from) > floor(to):
		return "arrows go down only"
	}
	return ""
}

// TestRules shows what each rule forbids, and what it lets pass.
func TestRules(t *testing.T) {
	for _, test := range []struct {
		from, to string
		want     string
	}{
		{"cmd/zoosh", "tui", ""},
		{"tui", "roles", ""},
		{"tui", "tui/tree", ""},
		{"tui/tree", "tui/ui", ""},
		{"tui/tree", "internal/livetree", ""},
		{"tui/lesson", "tui/ui/walkthrough", ""},
		{"tui/ui/walkthrough", "roles", ""},
		{"tui/ui/walkthrough", "shell/workspace", ""},
		{"shell/transcript", "shell", ""},
		{"shell/workspace", "shell/transcript", ""},
		{"shell", "internal/session", ""},
		{"internal/session", "internal/wire", ""},
		{"tui/tree", "tui/node", "panes do not import each other"},
		{"tui/ui", "tui/tree", "what panes are made of knows no pane, and no pane the root"},
		{"tui/ui/walkthrough", "tui/lesson", "what panes are made of knows no pane, and no pane the root"},
		{"tui/ui/walkthrough", "tui", "what panes are made of knows no pane, and no pane the root"},
		{"tui/tree", "tui", "what panes are made of knows no pane, and no pane the root"},
		{"shell", "roles", "arrows go down only"},
		{"shell", "shell/transcript", "arrows go down only"},
		{"shell/transcript", "shell/workspace", "arrows go down only"},
		{"roles", "tui", "arrows go down only"},
		{"internal/walk", "shell", "arrows go down only"},
		{"tui", "cmd/zoosh", "arrows go down only"},
		{"internal/server", "internal/session", "the server's side knows no session"},
		{"internal/wire", "internal/textfile", "wire stands on nothing"},
	} {
		if got := broken(test.from, test.to, true); got != test.want {
			t.Errorf("%s imports %s: %q, not %q", test.from, test.to, got, test.want)
		}
	}
	for _, test := range []struct{ from, to, want string }{
		{"tui/tree", "charm.land/bubbletea/v2", ""},
		{"internal/session", "github.com/go-zookeeper/zk", ""},
		{"shell", "charm.land/lipgloss/v2", "only tui uses that library"},
		{"shell", "github.com/go-zookeeper/zk", "only internal/session uses that library"},
		{"tui", "github.com/chzyer/readline", "only cmd/zoosh uses that library"},
	} {
		if got := broken(test.from, test.to, false); got != test.want {
			t.Errorf("%s imports %s: %q, not %q", test.from, test.to, got, test.want)
		}
	}
}

// TestImports reads the imports of all that is not a test.
func TestImports(t *testing.T) {
	root := filepath.Join("..", "..")
	read := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		read++
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		from := path.Dir(filepath.ToSlash(rel))
		for _, spec := range parsed.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			name, ours := strings.CutPrefix(to, module)
			if why := broken(from, name, ours); why != "" {
				t.Errorf("%s imports %s: %s", rel, to, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 100 {
		t.Errorf("it has read %d files only", read)
	}
}
