package transcript

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/shell"
)

const typedHead = "---\ntitle: T\nat: prompt\n---\n"

// A command that was typed in several lines is recorded and replayed.
func TestRecordSeveralLines(t *testing.T) {
	e, err := server.StartEmbedded(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := newStudio(t, e.Addr(), shell.D38)
	if err := s.recording.Start(Recording{File: s.file, Head: Head{Dialect: s.d, Typed: true}}); err != nil {
		t.Fatal(err)
	}
	s.run("main ls -w /", "main create /ini '{\n\n  ```\n\ttab  \n> x\n}'", "main get /ini", "main redo 1", "main history",
		"main multi set /ini \"a\\x20\n...\" ; set /ini b", "main set /ini it's", "main set /ini 'x", "main ls /\nget /ini",
		"main addauth digest \"me:se\ncret\"")
	if _, err := s.recording.StopAfter([]*shell.Shell{s.shell("main")}); err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		" 1] create /ini '{\n> \n>   ```\n> \ttab  \n> > x\n> }'\n", " 3] redo 1\n", "multi set /ini \"a\\x20\n> ...\" ; set /ini b\n",
		"set /ini it's\n", "left out: `set /ini 'x`, for one of its words begins with a quote", "left out: `ls /↵get /ini`, for its lines are no one command",
	} {
		if !strings.Contains(string(src), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(string(src), "cret") {
		t.Error("the password is in the page")
	}
	page, err := Parse("page.md", src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	res, err := Run(t.Context(), page, unhurried)
	if err != nil || len(res.Diffs) > 0 {
		t.Errorf("%v\n%v\n%s", err, res, src)
	}
}

// Only a page of a prompt has such commands: all others are read as zkCli reads them.
func TestPagesWithoutPromptHaveNoSuchCommands(t *testing.T) {
	const block = "```zk\n[zk] create /a 'x\n> y'\n[zk] get /a\n> it is\n```\n"
	for front, want := range map[string]string{
		"": "create /a 'x; get /a", "---\ntitle: T\n---\n": "create /a 'x; get /a", typedHead: "create /a 'x\ny'; get /a",
	} {
		p, err := Parse("x.md", []byte(front+block))
		if err != nil {
			t.Fatal(err)
		}
		var commands []string
		for _, s := range p.Steps {
			commands = append(commands, s.Command)
		}
		if got := strings.Join(commands, "; "); got != want {
			t.Errorf("%q: %q, want %q", front, got, want)
		}
		if s := p.Steps[1]; len(s.Output) != 1 || s.Output[0].Text != "> it is" || s.End != s.Line {
			t.Errorf("%q: %+v", front, s)
		}
	}
	for _, block := range []string{"[zk] set /a 'x\n", "[zk] set /a 'x\ny'\n", "[zk] set /a 'x\n> y\n[zk] ls /\n", "[zk] grep \"x /a\n"} {
		if _, err := Parse("x.md", []byte(typedHead+"```zk\n"+block+"```\n")); err == nil || !strings.HasPrefix(err.Error(), "x.md:6: a word begins with a quote and does not end") {
			t.Errorf("%q: %v", block, err)
		}
	}
}

// What differs is found, and put, behind the last line of the command.
func TestUpdateBehindSeveralLines(t *testing.T) {
	src := typedHead + "> ```zk\n> [zk] ls -w /\n> wrong\n> [zk] create /a '{\n> > \n> > }'\n> [zk] get /a\n> ```\n"
	p, err := Parse("x.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	opt := unhurried
	opt.Dialect = shell.D38
	res, err := Run(t.Context(), p, opt)
	if err != nil {
		t.Fatal(err)
	}
	updated := Update(p, res)
	want := typedHead + "> ```zk\n> [zk] ls -w /\n> [zookeeper]\n> [zk] create /a '{\n> > \n> > }'\n>\n> WATCHER::\n>\n" +
		"> WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/\n> Created /a\n> [zk] get /a\n> {\n>\n> }\n> ```\n"
	if string(updated) != want {
		t.Errorf("updated to\n%s\nwant\n%s\n%v", updated, want, res)
	}
	if p, err = Parse("x.md", updated); err != nil {
		t.Fatal(err)
	}
	if res, err = Run(t.Context(), p, opt); err != nil || len(res.Diffs) > 0 {
		t.Errorf("%v, %v", err, res)
	}
	if !strings.Contains((Diff{Command: "set /a '{\n}'"}).String(), "set /a '{↵}'\n") {
		t.Error("a command of several lines breaks a difference")
	}
}

// Whatever a prompt takes as one command comes back from the page that it is written in.
func FuzzPageForm(f *testing.F) {
	f.Add("set /a '{\n  \"x\": 1\n}'\nget /a", "> out\n[zk] x\n")
	f.Add("grep \"a\\\"\n```\n\" /x", "WATCHER::")
	f.Add("set /a '\n\n> \n[zk] ls /\n...\n'", "")
	f.Fuzz(func(t *testing.T, typed, output string) {
		commands, open := shell.SplitCommands(typed)
		if open && len(commands) > 0 {
			commands = commands[:len(commands)-1]
		}
		for _, command := range commands {
			if shell.Printable(command) != command || strings.TrimSpace(command) == eventHead || logLine.MatchString(command) {
				continue
			}
			text, ok := shell.FormatEntry(command)
			if !ok {
				t.Fatalf("%q is one command", command)
			}
			var b strings.Builder
			b.WriteString(typedHead + "```zk\n[zk] " + text + "\n")
			if shown := shell.Printable(output); shown != "" {
				for l := range strings.Lines(shown) {
					b.WriteString(literal(strings.TrimSuffix(l, "\n"), recordedFence) + "\n")
				}
			}
			b.WriteString("```\n")
			p, err := Parse("x.md", []byte(b.String()))
			if err != nil {
				t.Fatalf("%v: %q", err, b.String())
			}
			if len(p.Steps) == 0 || p.Steps[0].Command != command || p.Steps[0].End-p.Steps[0].Line != strings.Count(command, "\n") {
				t.Fatalf("%q is written as %q and comes back as %+v", command, text, p.Steps)
			}
			if !bytes.Equal(Update(p, &Result{}), []byte(b.String())) {
				t.Fatalf("nothing updated: %q", b.String())
			}
		}
	})
}
