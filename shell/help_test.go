package shell

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/server"
)

// dialects are all there are.
var dialects = []Dialect{D34, D38, D39}

// inUsage are the options that a usage line names.
var inUsage = regexp.MustCompile(`(?:^|[\s|\[])-(\w[\w-]*|\?)`)

// TestEveryCommandHasHelp: usage, a sentence, every option, an example.
func TestEveryCommandHasHelp(t *testing.T) {
	for _, d := range dialects {
		for _, cmd := range Commands(d) {
			if cmd.Summary == "" || cmd.Example == "" {
				t.Errorf("%s: summary %q, example %q", cmd.Name, cmd.Summary, cmd.Example)
			}
			known := map[string]bool{}
			for _, o := range cmd.Options {
				known[o.Name] = true
				if o.Desc == "" {
					t.Errorf("%s: nothing is said about -%s", cmd.Name, o.Name)
				}
			}
			for _, m := range inUsage.FindAllStringSubmatch(cmd.usage(d), -1) {
				if !known[m[1]] {
					t.Errorf("%s: its usage in %v names -%s, but there is no such option", cmd.Name, d, m[1])
				}
			}
		}
	}
}

// A page of the manual is shown where zkCli has no say, and no command of that name is.
func TestHelpOnTopics(t *testing.T) {
	for _, d := range dialects {
		x := open(t, Config{Dialect: d, Typed: true, Columns: func() int { return 40 }})
		out, err, code := x.run("help watches")
		if !strings.HasPrefix(out, "WATCHES\n\nA watch tells ") || !strings.Contains(out, "\n  zoosh watch -R -t 5m /app\n") || err != "" || code != 0 {
			t.Errorf("%v: %q, %q, %d", d, out, err, code)
		}
		for line := range strings.Lines(out) {
			if len([]rune(line)) > 41 {
				t.Errorf("a long line: %q", line)
			}
		}
		if out, _, _ := x.run("help"); !strings.HasSuffix(out, topicsHelp()) || !strings.Contains(topicsHelp(), "\n\twatches  ") {
			t.Errorf("%v: help ends in %q", d, out[max(0, len(out)-200):])
		}
		if out, _, _ := x.run("help watch"); !strings.HasPrefix(out, "watch [-R]") {
			t.Errorf("%v: the command: %q", d, out)
		}
		x.want("help wathces", "", "there is no command or topic wathces; is it watches? (help lists them)\n", 127)
	}
	open(t, Config{Dialect: D34, Strict: true}).want("help watches", "", zkHelp(D34), 0)
	open(t, Config{Dialect: D39, Strict: true}).want("help watches", "", zkHelp(D39)+"Command not found: Command not found help\n", 127)
	if out, _, _ := open(t, Config{Dialect: D39}).run("help"); strings.Contains(out, topicsHelp()) {
		t.Error("a script gets the list of topics")
	}
}

// aFront is a front end with one session, and nothing to write down.
type aFront struct {
	recording string
	shells    []*Shell
}

func (f *aFront) Sessions() []*Shell                   { return f.shells }
func (f *aFront) Switch(context.Context, string) error { return nil }
func (f *aFront) Record(_ context.Context, _ *Shell, file string) ([]string, error) {
	f.recording = file
	return nil, nil
}
func (f *aFront) StopRecording() (string, error) {
	file := f.recording
	f.recording = ""
	return file, nil
}
func (f *aFront) Recording() string { return f.recording }

// TestExamples runs the example of every command, in every dialect that has the
// command, and wants it to succeed: on an empty tree, or on one with /app.
func TestExamples(t *testing.T) {
	// What is refused: a standalone server has no members to change.
	onTree := slices.Concat(treeCommands, watchCommands, exportCommands, multiCommands, memberCommands)
	refused := map[string]string{"reconfig": "KeeperErrorCode = Reconfig is disabled\n"}
	for _, d := range dialects {
		for _, cmd := range Commands(d) {
			t.Run(d.String()+"/"+cmd.Name, func(t *testing.T) {
				srv := startServer(t, server.Config{})
				x := openOn(t, srv, Config{Dialect: d})
				shown, used := false, false
				out, _, _ := x.run("help " + cmd.Name)
				x = openOn(t, srv, Config{Dialect: d, FrontEnd: &aFront{}, Log: sampleLog()})
				if slices.ContainsFunc(onTree, func(c Command) bool { return c.Name == cmd.Name }) {
					x = planted(t, Config{Dialect: d})
				}
				if slices.ContainsFunc(serverCommands, func(c Command) bool { return c.Name == cmd.Name }) {
					e := startEmbedded(t, 0)
					x = openControlled(t, e, Config{Dialect: d})
				}
				t.Chdir(t.TempDir()) // for files
				for line := range strings.SplitSeq(cmd.Example, "\n") {
					shown = strings.Contains(out, "  "+line+"\n")
					used = used || strings.HasPrefix(line+" ", cmd.Name+" ")
					_, err, code := x.run(strings.ReplaceAll(line, "localhost:2181", srv.Addr()))
					if err != refused[cmd.Name] && refused[cmd.Name] != "" || code != 0 && refused[cmd.Name] == "" {
						t.Errorf("%s: %q, code %d", line, err, code)
					}
				}
				if !shown || !used {
					t.Errorf("help shows the example: %v, it uses the command: %v\n%s", shown, used, out)
				}
			})
		}
	}
}
