package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/manual"
	"zoosh/shell"
	"zoosh/tui"
)

var keepKeys = flag.Bool("update-keys", false, "write the manual's page of keys anew")

const (
	root       = "../.."
	manualDir  = root + "/internal/manual"
	readmeFile = root + "/README.md"
)

// document is the text of README or of a page of the manual.
func document(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents are the files of README and the manual.
func documents(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(manualDir, "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	return append(pages, readmeFile)
}

// The sessions in README and on the pages of the manual pass.
func TestSessionsInTheDocuments(t *testing.T) {
	tested := 0
	for _, page := range documents(t) {
		if !strings.Contains(document(t, page), "\n```zk") {
			continue
		}
		tested++
		if out, errOut, code := zoosh(t, "", "test", page); code != 0 {
			t.Errorf("%s:\n%s%s", page, out, errOut)
		}
	}
	if tested < 2 {
		t.Errorf("only %d pages have sessions", tested)
	}
}

// README is read in ten minutes, and lists every page of the manual.
func TestREADME(t *testing.T) {
	readme := document(t, readmeFile)
	if n := strings.Count(readme, "\n"); n > 200 {
		t.Errorf("README has %d lines", n)
	}
	for _, topic := range manual.Topics() {
		if line := fmt.Sprintf("- [%s](internal/manual/%[1]s.md): %s\n", topic.Name, topic.Summary); !strings.Contains(readme, line) {
			t.Errorf("README lacks the line %s", line)
		}
	}
}

// The table of parts has every folder of the program.
func TestManualHasTheParts(t *testing.T) {
	parts := document(t, manualDir, "maintainers.md")
	for _, parent := range []string{"cmd", "internal"} {
		folders, err := os.ReadDir(filepath.Join(root, parent))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range folders {
			if name := "`" + parent + "/" + f.Name() + "`"; f.IsDir() && !strings.Contains(parts, name) {
				t.Errorf("the parts lack %s", name)
			}
		}
	}
}

// Every flag and every command of zoosh's own is told of in the manual.
func TestManualHasFlagsAndCommands(t *testing.T) {
	var all strings.Builder
	for _, topic := range manual.Topics() {
		page, _ := manual.Page(topic.Name)
		all.WriteString(page)
	}
	has := func(what, text string) {
		t.Helper()
		if !regexp.MustCompile("(^|[ `|(\\[])" + regexp.QuoteMeta(text) + "([ `|,;=\\])]|$)").MatchString(all.String()) {
			t.Errorf("the manual does not tell of the %s %s", what, text)
		}
	}
	flagsOf(nil).VisitAll(func(f *flag.Flag) { has("flag", "-"+f.Name) })
	for _, sub := range subcommands {
		if sub.summary == "" {
			continue
		}
		has("subcommand", "zoosh "+sub.name)
		flagsOf(&sub).VisitAll(func(f *flag.Flag) { has("flag of "+sub.name, "-"+f.Name) })
	}
	for _, c := range shell.Commands(completeDialect) {
		if c.Own {
			has("command", c.Name)
		}
	}
}

// A page is shown without a server, and as wide as reads well.
func TestHelpOnATopic(t *testing.T) {
	for _, topic := range manual.Topics() {
		out, errOut, code := zoosh(t, "", "help", topic.Name)
		if strings.Count(out, "\n") < 10 || strings.Contains(out, "---\n") && strings.HasPrefix(out, "---") || errOut != "" || code != 0 {
			t.Errorf("%s: %.80q, %q, %d", topic.Name, out, errOut, code)
		}
	}
}

// No command hides a topic from help.
func TestNoTopicIsACommand(t *testing.T) {
	for _, topic := range manual.Topics() {
		for _, d := range []shell.Dialect{shell.D34, shell.D38, shell.D39} {
			if shell.Lookup(d, topic.Name) != nil {
				t.Errorf("%s is a command in dialect %v", topic.Name, d)
			}
		}
	}
}

// callsOf are the calls of zoosh that a document shows, up to where the user's shell
// takes over.
func callsOf(text string) [][]string {
	var calls [][]string
	for line := range strings.Lines(text) {
		code, ok := strings.CutPrefix(line, "    ")
		if !ok {
			continue
		}
		if _, piped, ok := strings.Cut(code, "| zoosh "); ok {
			code = "zoosh " + piped
		}
		words, ok := strings.CutPrefix(strings.TrimPrefix(code, "$ "), "zoosh ")
		if !ok {
			continue
		}
		args := strings.Fields(words)
		for i, w := range args {
			if strings.Contains("# | < > && ;", w) {
				args = args[:i]
				break
			}
		}
		calls = append(calls, args)
	}
	return calls
}

// What the documents have people type is what zoosh takes: its flags, subcommands and
// commands.
func TestCallsInTheDocuments(t *testing.T) {
	calls := 0
	for _, page := range documents(t) {
		for _, args := range callsOf(document(t, page)) {
			calls++
			if why := wrongCall(args); why != "" {
				t.Errorf("%s: zoosh %s: %s", page, strings.Join(args, " "), why)
			}
		}
	}
	if calls < 40 {
		t.Errorf("only %d calls", calls)
	}
	for _, args := range []string{"-nope ls /", "nope /a", "serve -nope", "@x test -allow files=D -nope p.md", "open dir nope"} {
		if wrongCall(strings.Fields(args)) == "" {
			t.Errorf("nothing is wrong with zoosh %s", args)
		}
	}
}

// wrongCall is what zoosh does not know of a call, "" if it knows all.
func wrongCall(args []string) string {
	at := place{fs: flagsOf(nil)}
	for _, w := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
		if at.value == nil && strings.HasPrefix(w, "-") && at.fs.Lookup(name) == nil && name != "help" && name != "" {
			return "there is no flag " + w
		}
		if at.take(w); at.command {
			if shell.Lookup(completeDialect, w) == nil {
				return "there is no command " + w
			}
			return ""
		}
	}
	return ""
}

// keysOf are the tables of the page of keys.
func keysOf() string {
	var b strings.Builder
	escape := strings.NewReplacer("|", `\|`)
	for _, s := range tui.Keys() {
		fmt.Fprintf(&b, "\n## %s\n\n| key | what it does | name |\n| --- | --- | --- |\n", s.Place)
		for _, k := range s.Keys {
			var keys []string
			for _, key := range strings.Split(k.Keys, ", ") {
				keys = append(keys, "`"+escape.Replace(key)+"`")
			}
			fmt.Fprintf(&b, "| %s | %s | `%s` |\n", strings.Join(keys, ", "), escape.Replace(k.Does), k.Name)
		}
	}
	return b.String()
}

// The page of keys has what the table of actions has.
func TestKeysPage(t *testing.T) {
	file := filepath.Join(manualDir, "keys.md")
	page := document(t, file)
	begin, _, _ := strings.Cut(page, "\n## ")
	want := strings.TrimRight(begin, "\n") + "\n" + keysOf()
	if *keepKeys {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if page != want {
		missing := slices.DeleteFunc(strings.Split(want, "\n"), func(line string) bool { return strings.Contains(page, line) })
		t.Errorf("keys.md is not as the keys are; it lacks %q: go test ./cmd/zoosh -run KeysPage -update-keys", missing)
	}
}
