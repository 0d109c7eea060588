package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"zoosh/shell/workspace"
)

// TestSingleCommandAsks: on a terminal, and on an ensemble that was not started
// for the occasion.
func TestSingleCommandAsks(t *testing.T) {
	srv := startServer(t, 0)
	for _, test := range []struct {
		name, answer string
		terminal     bool
		args         []string
		code         int
		gone         bool
	}{
		{"no", "n\n", true, nil, 1, false},
		{"nothing", "", true, nil, 1, false},
		{"yes", "yes\n", true, nil, 0, true},
		{"-y", "", true, []string{"-y"}, 0, true},
		{"no terminal", "", false, nil, 0, true},
	} {
		zoosh(t, "create /a\ncreate /a/b\n", "-server", srv.Addr())
		var out, errOut bytes.Buffer
		code := run(append([]string{"-server", srv.Addr(), "deleteall", "/a"}, test.args...), stdio{
			in: strings.NewReader(test.answer), out: &out, err: &errOut,
			terminal: func(stream any) bool { return test.terminal && stream != io.Writer(&out) },
		})
		asked := strings.Contains(errOut.String(), "Delete /a on "+srv.Addr()+": 2 znodes? [y/N] ")
		if code != test.code || exists(t, srv.Addr(), "/a") == test.gone || asked != (test.terminal && test.name != "-y") {
			t.Errorf("%s: code %d, %q", test.name, code, errOut.String())
		}
	}
}

// TestLineModeAsks: the answer is the next line.
func TestLineModeAsks(t *testing.T) {
	srv := startServer(t, 0)
	editor := &fakeEditor{
		typed: []string{"create /a", "create /a/b", "deleteall /a", "n", "ls /", "deleteall /a", "", "deleteall /a", "y", "ls /", "quit"},
		errs:  map[int]error{6: errInterrupt},
	}
	p := newPlainMode((&target{connect: srv.Addr()}).shellConfig(&options{}), workspace.AllQuestions)
	p.editor = editor
	p.run(t.Context(), nil)
	shown := editor.shown.String()
	if strings.Count(shown, "Nothing was done") != 2 || strings.Count(shown, "[a, zookeeper]") != 1 || strings.Count(shown, "[zookeeper]") != 1 {
		t.Errorf("%s", shown)
	}
	if prompts := strings.Join(editor.prompts, "|"); strings.Count(prompts, "|Delete /a on "+srv.Addr()+": 2 znodes? [y/N] |") != 3 {
		t.Errorf("%s", prompts)
	}
}

// TestMuchIsTyped: more than 1,000 znodes are taken for the last part of the path alone,
// by a single command and in line mode.
func TestMuchIsTyped(t *testing.T) {
	srv := startServer(t, 0)
	script := "create /deep\ncreate /deep/much\n" + strings.Repeat("create -s /deep/much/n-\n", 1000)
	plant := func() { zoosh(t, script, "-server", srv.Addr()) }
	plant()
	question := "Delete /deep/much on " + srv.Addr() + ": 1001 znodes? Type much to go on: "
	for _, test := range []struct {
		answer string
		gone   bool
	}{{"y\n", false}, {"yes\n", false}, {"\n", false}, {"", false}, {"mucho\n", false}, {"much\n", true}} {
		var out, errOut bytes.Buffer
		code := run([]string{"-server", srv.Addr(), "deleteall", "/deep/much"}, stdio{
			in: strings.NewReader(test.answer), out: &out, err: &errOut,
			terminal: func(stream any) bool { return stream != io.Writer(&out) },
		})
		if exists(t, srv.Addr(), "/deep/much") == test.gone || !strings.Contains(errOut.String(), question) || (code == 0) != test.gone {
			t.Errorf("%q: code %d, %q", test.answer, code, errOut.String())
		}
	}
	plant()
	editor := &fakeEditor{typed: []string{"deleteall /deep/much", "y", "deleteall /deep/much", "much", "ls /deep", "quit"}}
	p := newPlainMode((&target{connect: srv.Addr()}).shellConfig(&options{}), workspace.AllQuestions)
	p.editor = editor
	p.run(t.Context(), nil)
	if shown := editor.shown.String(); strings.Count(shown, "Nothing was done") != 1 || !strings.Contains(shown, "\n[]\n") {
		t.Errorf("%s", shown)
	}
	if prompts := strings.Join(editor.prompts, "|"); strings.Count(prompts, question) != 2 {
		t.Errorf("%s", prompts)
	}
}
