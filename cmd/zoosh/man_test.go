package main

import (
	"flag"
	"os/exec"
	"strings"
	"testing"

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
			has("keys", k[0])
		}
	}
}

// What formats the page has nothing to say about it.
func TestManPageIsRoff(t *testing.T) {
	page := manPage()
	tried := false
	for _, call := range [][]string{{"mandoc", "-Tlint", "-Wwarning"}, {"groff", "-man", "-ww", "-Tutf8", "-z"}} {
		path, err := exec.LookPath(call[0])
		if err != nil {
			t.Logf("there is no %s here", call[0])
			continue
		}
		tried = true
		cmd := exec.Command(path, call[1:]...)
		cmd.Stdin = strings.NewReader(page)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%q: %v\n%s", call, err, out)
		}
	}
	if !tried {
		t.Skip("neither mandoc nor groff is here")
	}
}
