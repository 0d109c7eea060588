package main

import (
	"strings"
	"testing"
)

// What a single command has too much is refused, in a script it is noted, and a page is
// kept to zkCli's letter.
func TestWordsTooMany(t *testing.T) {
	srv := startServer(t, 0)
	args := func(more ...string) []string {
		return append([]string{"-server", srv.Addr(), "-dialect", "3.8"}, more...)
	}
	if _, errOut, code := zoosh(t, "", args("create", "/p", "x")...); code != 0 {
		t.Fatal(errOut)
	}
	const note = `set takes 2 arguments: '1}' %s ignored; as one word: set /p '{"a": 1}'` + "\n"
	for _, test := range []struct {
		in   string
		args []string
		out  string
		err  string
		code int
	}{
		{"", []string{"set", "/p", `{"a":`, "1}"}, "", strings.Replace(note, "%s", "would be", 1), 1},
		{"", []string{"get", "/p"}, "x\n", "", 0},
		{"", []string{"lss", "/"}, "", "there is no command lss; is it ls? (help lists the commands)\n", 127},
		{"", []string{"ls", "-x", "/"}, "", "Unrecognized option: -x; usage: ls [-s] [-w] [-R] path\n", 1},
		{"set /p {\"a\": 1}\nget /p\n", nil, "{\"a\":\n", "zoosh: note: " + strings.Replace(note, "%s", "was", 1), 0},
		{"set /p {\"a\": 1}\nget /p\n", []string{"-q"}, "{\"a\":\n", "", 0},
		{"set /p 'open\nget /p\n", nil, "open\n", "", 0}, // zkCli's rule
	} {
		out, errOut, code := zoosh(t, test.in, args(test.args...)...)
		if out != test.out || errOut != test.err || code != test.code {
			t.Errorf("%q %q: %q, %q, %d; want %q, %q, %d", test.args, test.in, out, errOut, code, test.out, test.err, test.code)
		}
	}
}
