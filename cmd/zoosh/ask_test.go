package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
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
		asked := strings.Contains(errOut.String(), "Delete 2 znodes on "+srv.Addr()+"? [y/N] ")
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
	p := newPlainMode((&target{connect: srv.Addr()}).shellConfig(&options{}), true)
	p.editor = editor
	p.run(t.Context(), nil)
	shown := editor.shown.String()
	if strings.Count(shown, "Nothing was done") != 2 || strings.Count(shown, "[a, zookeeper]") != 1 || strings.Count(shown, "[zookeeper]") != 1 {
		t.Errorf("%s", shown)
	}
	if prompts := strings.Join(editor.prompts, "|"); strings.Count(prompts, "|Delete 2 znodes on "+srv.Addr()+"? [y/N] |") != 3 {
		t.Errorf("%s", prompts)
	}
}
