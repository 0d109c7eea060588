package shell

import (
	"slices"
	"strings"
	"testing"
)

// Each command says how many arguments it looks at.
func TestEveryCommandStatesItsArguments(t *testing.T) {
	for _, c := range table {
		switch {
		case c.MaxArgs == 0:
			t.Errorf("%s does not state how many arguments it looks at", c.Name)
		case c.MaxArgs > 0 && (int(c.MaxArgs) < c.MinArgs || len(c.Args) == 0):
			t.Errorf("%s looks at %d arguments, needs %d and names %d", c.Name, c.MaxArgs, c.MinArgs, len(c.Args))
		case c.MaxArgs34 != 0 && c.MaxArgs34 != c.MaxArgs+1:
			t.Errorf("%s: %d and in 3.4 %d", c.Name, c.MaxArgs, c.MaxArgs34)
		}
	}
}

// Words that are too many for a command are refused to whoever types them: of every
// command in the table, in each dialect.
func TestWordsTooMany(t *testing.T) {
	for _, d := range []Dialect{D34, D38, D39} {
		x := open(t, Config{Dialect: d, Typed: true})
		for _, cmd := range table {
			if cmd.MaxArgs == AnyArgs || Lookup(d, cmd.Name) == nil || cmd.OptionNeeded && d != D34 {
				continue
			}
			words := []string{cmd.Name}
			for range max(0, int(cmd.MaxArgs)) {
				words = append(words, "/a:b:r")
			}
			line := strings.Join(append(words, "/too", "many"), " ")
			out, err, code := x.run(line)
			if out != "" || code != 1 || !strings.HasSuffix(err, "\n") || strings.Count(err, "\n") != 1 ||
				!strings.HasPrefix(err, cmd.Name+" takes ") || !strings.Contains(err, "ignored") {
				t.Errorf("%v: %s: %q, %q, %d", d, line, out, err, code)
			}
		}
		if x.sh.Quitting() || len(x.srv.Addr()) == 0 {
			t.Error("a command was run")
		}
	}
}

// Nothing is stored of what was cut in pieces, and how to quote it is said.
func TestWordsTooManyAreRefused(t *testing.T) {
	for _, d := range []Dialect{D34, D38, D39} {
		x := open(t, Config{Dialect: d, Typed: true})
		x.do("create /p ''")
		for line, says := range map[string]string{
			`set /p {"a": 1}`:                              `set takes 2 arguments: '1}' would be ignored; as one word: set /p '{"a": 1}'`,
			`set /p {"a":  1,  "b": 2} `:                   `set takes 2 arguments: '1,' and 3 more words would be ignored; as one word: set /p '{"a":  1,  "b": 2}'`,
			`create /q {"a": 1}`:                           `create takes 2 arguments: '1}' would be ignored; as one word: create /q '{"a": 1}'`,
			`create /q hello world`:                        `create takes 2 arguments: 'world' would be ignored; as one word: create /q "hello world" (an ACL is scheme:id:perms)`,
			`create /q a world:anyone:r x`:                 `create takes 3 arguments: 'x' would be ignored; as one word: create /q a "world:anyone:r x"`,
			`set /p {"a": "it's"}`:                         `set takes 2 arguments: 'it's' and 1 more word would be ignored; as one word it needs both kinds of quotes, which multi can have: multi set /p "{\"a\": \"it's\"}"`,
			`setAcl /p world:anyone:r, ip:127.0.0.1:cdrwa`: `setAcl takes 2 arguments: 'ip:127.0.0.1:cdrwa' would be ignored; as one word: setAcl /p "world:anyone:r, ip:127.0.0.1:cdrwa"`,
			`deleteall /p /q`:                              `deleteall takes 1 argument: '/q' would be ignored; as one word: deleteall "/p /q"`,
			`quit now`:                                     `quit takes no arguments: 'now' would be ignored`,
			`find /a b\"c`:                                 `find takes 1 argument: 'b"c' would be ignored; as one word: find "/a b\"c"`,
			`addauth digest me:pass word`:                  `addauth takes 2 arguments: what follows would be ignored; a word with blanks in it needs quotes`,
		} {
			x.want(line, "", says+"\n", 1)
		}
		x.want("get /p", "\n", x.stderrOf("get /p"), 0)
		if _, err, code := x.run("get /q"); code != 1 {
			t.Errorf("/q is there: %q", err)
		}
	}
}

// stderrOf is what a line writes to standard error.
func (x *tester) stderrOf(line string) string {
	_, err, _ := x.run(line)
	return err
}

// The versions of 3.4's set and delete are its own, and those of later ones options.
func TestVersionsAreNotTooMany(t *testing.T) {
	x := open(t, Config{Dialect: D34, Typed: true})
	x.do("create /p x", "set /p y 0", "delete /p 1")
	x.do("create /p x")
	x.want("set /p y -v 3", "", "set takes 2 arguments: '-v' and 1 more word would be ignored. In dialect 3.4 options come first\n", 1)
	x.want("set -v 0 /p y 7", "", "set takes 2 arguments: '7' would be ignored; as one word: set -v 0 /p \"y 7\"\n", 1)
	x.want("delete -v 0 /p 7", "", "delete takes 1 argument: '7' would be ignored; as one word: delete -v 0 \"/p 7\"\n", 1)
	x = open(t, Config{Dialect: D39, Typed: true})
	x.do("create /p x")
	x.want("set /p y 0", "", "set takes 2 arguments: '0' would be ignored; a version is given as -v 0\n", 1)
	x.want("delete /p 7", "", "delete takes 1 argument: '7' would be ignored; a version is given as -v 7\n", 1)
	x.want("set /p {\"a\": 1} -s", "", `set takes 2 arguments: '1}' would be ignored; as one word: set /p '{"a": 1}'`+"\n", 1)
	x.do("ls / true", "get /p true", "stat /p true") // deprecated, and looked at
	words := 100_000
	if testing.Short() {
		words = 5_000
	}
	if _, err, code := x.run("set /p " + strings.Repeat("{\"x\": 1} ", words)); code != 1 || len(err) > 300 {
		t.Errorf("code %d, and %d bytes to say so", code, len(err))
	}
}

// In a script zkCli's letter holds, and a note says what was lost.
func TestWordsTooManyInAScript(t *testing.T) {
	for _, test := range []struct {
		cfg  Config
		note string
	}{
		{Config{Strict: true}, "note: set takes 2 arguments: '1}' was ignored; as one word: set /p '{\"a\": 1}'"},
		{Config{Strict: true, Quiet: true}, ""},
		{Config{}, ""}, // a page
	} {
		test.cfg.Dialect = D39
		warned := ""
		if test.cfg.Strict {
			test.cfg.Warn = func(text string) { warned += text }
		}
		x := open(t, test.cfg)
		x.do("create /p x")
		x.want(`set /p {"a": 1}`, "", "", 0)
		if warned != test.note {
			t.Errorf("it says %q, not %q", warned, test.note)
		}
		x.want("get /p", "{\"a\":\n", "", 0)
	}
}

// A command that there is not is told of in one line where somebody types it.
func TestNoSuchCommandTyped(t *testing.T) {
	for _, d := range []Dialect{D34, D39} {
		x := open(t, Config{Dialect: d, Typed: true})
		x.want("lss /", "", "there is no command lss; is it ls? (help lists the commands)\n", 127)
		x.want("frobnicate", "", "there is no command frobnicate (help lists the commands)\n", 127)
		x.want("help gett", "", "there is no command gett; is it get? (help lists the commands)\n", 127)
		if _, err, code := x.run(strings.Repeat("中", 500)); code != 127 || len(err) > 150 {
			t.Errorf("%d, %q", code, err)
		}
		x.want("'l\x1b[31m\n' /", "", `there is no command l\x1b[31m`+LineEnd+" (help lists the commands)\n", 127)
		words := strings.Split(strings.TrimSpace(x.stderrOf("ls -x /")), "\n")
		if d != D34 && !slices.Equal(words, []string{"Unrecognized option: -x; usage: ls [-s] [-w] [-R] path"}) {
			t.Errorf("%q", words)
		}
		script := open(t, Config{Dialect: d})
		if _, err, code := script.run("lss /"); code != 127 || !strings.Contains(err, "ZooKeeper -server") {
			t.Errorf("in a script: %d, %q", code, err)
		}
	}
}
