package main

import (
	"flag"
	"os/exec"
	"strings"
	"testing"

	"zoosh/internal/manual"
	"zoosh/shell"
	"zoosh/tui"
)

func TestManPage(t *testing.T) {
	page, errOut, code := zoosh(t, "", "man")
	if code != 0 || errOut != "" {
		t.Fatalf("code %d, err %q", code, errOut)
	}
	has := func(what, text string) {
		t.Helper()
		if !strings.Contains(page, roff.Replace(text)) {
			t.Errorf("the page does not mention the %s %q", what, text)
		}
	}
	flagsOf(nil).VisitAll(func(f *flag.Flag) { has("flag", "-"+f.Name) })
	for _, sub := range subcommands {
		if sub.summary == "" {
			continue
		}
		has("subcommand", "zoosh "+sub.name+" [flags]")
		flagsOf(&sub).VisitAll(func(f *flag.Flag) { has("flag of "+sub.name, "-"+f.Name) })
	}
	for _, d := range []shell.Dialect{shell.D34, shell.D38, shell.D39} {
		for _, c := range shell.Commands(d) {
			has("command", c.Name)
			for _, o := range c.Options {
				has("option of "+c.Name, "-"+o.Name)
			}
		}
	}
	for _, s := range tui.Keys() {
		for _, k := range s.Keys {
			has("keys", k.Keys)
		}
	}
	for _, topic := range manual.Topics() {
		has("topic", topic.Name)
	}
}

// The page of a topic has what the manual has.
func TestManPageOfATopic(t *testing.T) {
	page, errOut, code := zoosh(t, "", "man", "json")
	for _, part := range []string{
		".TH ZOOSH\\-JSON 7 ", "zoosh\\-json \\- ", "\n.RS 4\n.nf\nzoosh \\-o json ls \\-R /app\n",
		"\n.TP\n\\fBdu\\fR\npath, znodes, ephemerals, bytes; ", "\\fBzoosh\\fR(1), \\fBzoosh\\-exports\\fR(7)",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("it lacks %q", part)
		}
	}
	if errOut != "" || code != 0 {
		t.Errorf("%q, code %d", errOut, code)
	}
	if out, errOut, code := zoosh(t, "", "man", "nope"); out != "" || !strings.Contains(errOut, `there is no topic "nope": there are start, `) || code != 2 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
}

// What formats the pages has nothing to say about them.
func TestManPageIsRoff(t *testing.T) {
	pages := map[string]string{"": manPage()}
	for _, topic := range manual.Topics() {
		pages[topic.Name], _ = topicPage(topic.Name)
	}
	tried := false
	for _, call := range [][]string{{"mandoc", "-Tlint", "-Wwarning"}, {"groff", "-man", "-ww", "-Tutf8", "-z"}} {
		path, err := exec.LookPath(call[0])
		if err != nil {
			t.Logf("there is no %s here", call[0])
			continue
		}
		tried = true
		for name, page := range pages {
			cmd := exec.Command(path, call[1:]...)
			cmd.Stdin = strings.NewReader(page)
			if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%s: %q: %v\n%s", name, call, err, out)
			}
		}
	}
	if !tried {
		t.Skip("neither mandoc nor groff is here")
	}
}
