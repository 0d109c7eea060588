package shell

import (
	"slices"
	"strings"
	"testing"
)

// A word that begins with a quote goes on until it ends; a quote within a word does not.
func TestWordThatGoesOn(t *testing.T) {
	for text, want := range map[string]struct {
		commands []string
		open     bool
	}{
		"":                                  {nil, false},
		"ls /\n\n get /a\n":                 {[]string{"ls /", " get /a"}, false},
		"set /app don't":                    {[]string{"set /app don't"}, false},
		"set /app a\"b\nls /":               {[]string{"set /app a\"b", "ls /"}, false},
		"set /a '{":                         {[]string{"set /a '{"}, true},
		"set /a '{\n  \"b\": 1\n}'\nget /a": {[]string{"set /a '{\n  \"b\": 1\n}'", "get /a"}, false},
		"set /a \"it's\n\" 3":               {[]string{"set /a \"it's\n\" 3"}, false},
		"set /a 'x' 'y":                     {[]string{"set /a 'x' 'y"}, true},
		"set /a 'x''y":                      {[]string{"set /a 'x''y"}, true},
		"set /a 'x\ny' 'z\n'":               {[]string{"set /a 'x\ny' 'z\n'"}, false},
		"set /a 'x\n\n\ny'":                 {[]string{"set /a 'x\n\n\ny'"}, false},
		"\"":                                {[]string{"\""}, true},
		"ls '":                              {[]string{"ls '"}, true},

		// zoosh's own commands read quotes as a shell does.
		"grep 'a b":               {[]string{"grep 'a b"}, true},
		"grep \"a\\\"\nb\" /x":    {[]string{"grep \"a\\\"\nb\" /x"}, false},
		"grep a\\\"b":             {[]string{"grep a\\\"b"}, false},
		"grep a\"b c":             {[]string{"grep a\"b c"}, false}, // read by zkCli's rule
		"grep don't /app":         {[]string{"grep don't /app"}, false},
		"grep don't \"x":          {[]string{"grep don't \"x"}, true},
		"grep it's 'x' /a":        {[]string{"grep it's 'x' /a"}, false},
		"multi set /a '{\n}' ; x": {[]string{"multi set /a '{\n}' ; x"}, false},
	} {
		got, open := SplitCommands(text)
		if !slices.Equal(got, want.commands) || open != want.open {
			t.Errorf("%q: %q, %v", text, got, open)
		}
	}
}

func TestCommandAt(t *testing.T) {
	text := "ls /\nset /a 'x\ny' z\nget"
	for at, want := range map[int]int{0: 0, 4: 0, 5: 5, 14: 5, 18: 5, 20: 20, 23: 20} {
		if got := CommandAt(text, at); got != want {
			t.Errorf("%d: %d, want %d", at, got, want)
		}
	}
}

// What is written down comes back, and takes no line that is not its own.
func TestEntryForm(t *testing.T) {
	for command, want := range map[string]string{
		"ls /":                 "ls /",
		"set /a '{\n\n  1\n}'": "set /a '{\n> \n>   1\n> }'",
	} {
		text, ok := FormatEntry(command)
		if text != want || !ok {
			t.Errorf("%q: %q, %v", command, text, ok)
		}
		lines := strings.Split(text+"\n> behind", "\n")
		if got, taken, open := ReadEntry(len(lines), func(i int) string { return lines[i] }); got != command || taken != len(lines)-1 || open {
			t.Errorf("%q: %q, %d lines, open: %v", command, got, taken, open)
		}
	}
	for _, command := range []string{"ls /\nget /a", "set /a 'x", "ls /\n"} {
		if text, ok := FormatEntry(command); ok {
			t.Errorf("%q is no command, but is written as %q", command, text)
		}
	}
	lines := []string{"set /a 'x", ">", "> y", "output"}
	if got, taken, open := ReadEntry(4, func(i int) string { return lines[i] }); got != "set /a 'x\n\ny" || taken != 3 || !open {
		t.Errorf("%q, %d lines, open: %v", got, taken, open)
	}
}

// What is stored has the ends of the lines.
func TestCommandOfSeveralLines(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create /ini '[a]\nb = \"1\"\n'", "multi create /own \"x\\x20\ny\"")
	x.want("get /ini", "[a]\nb = \"1\"\n\n", "", 0)
	x.want("get /own", "x \ny\n", "", 0)
	x.do("delete /ini")
	x.want("redo 0", "", "Created /ini\n", 0)
	x.want("get /ini", "[a]\nb = \"1\"\n\n", "", 0)
}

// Of a session that was copied only what was typed counts, with the lines that a command
// went on in; what has several lines is not run at once.
func TestPasted(t *testing.T) {
	const at = "[zk: localhost:2181(CONNECTED) 0] "
	for text, want := range map[string]struct {
		typed string
		run   bool
	}{
		"":                         {"", false},
		"ls /":                     {"ls /", false},
		"ls /\r":                   {"ls /", true},
		"ls /\n\n":                 {"ls /", true},
		"ls /\r\nget /a\rget /b\n": {"ls /\nget /a\nget /b", false},
		"'{\n}'":                   {"'{\n}'", false},
		"\n\n":                     {"", true},
		at + "ls /\n[a]\n":         {"ls /", true},
		at + "ls /":                {"ls /", false},
		at + "ls /\n[a]\n" + at + "get /a\nx\n" + at + "\n": {"ls /\nget /a", false},
		at + "set /a 'x\n> y'\n> out\n" + at + "get /a":     {"set /a 'x\ny'\nget /a", false},
		"x [zk: ] y\nz": {"x [zk: ] y\nz", false},
	} {
		if typed, run := Pasted(text); typed != want.typed || run != want.run {
			t.Errorf("%q: %q, %v", text, typed, run)
		}
	}
}

// passesOver tells whether zkCli's rule passes over a quote in a line.
func passesOver(line string) bool {
	end := 0
	for _, m := range wordPattern.FindAllStringIndex(line, -1) {
		if m[0] > end {
			return true
		}
		end = m[1]
	}
	return end < len(line)
}

func FuzzSplitCommands(f *testing.F) {
	for _, test := range splitTests {
		f.Add("set /a " + test.line)
		f.Add("grep " + test.line)
	}
	f.Add("set /a '{\n \"x\": 1\n}'\nget /a\n\nmulti set /a \"\\\"\n\" ; x\ndon't \"")
	f.Fuzz(func(t *testing.T, text string) {
		commands, open := SplitCommands(text)
		for i, command := range commands {
			last := i == len(commands)-1
			if first := strings.TrimLeft(command, blanks); first == command && strings.HasPrefix(command, "set ") {
				if goesOn := last && open; goesOn != passesOver(command) {
					t.Fatalf("%q goes on: %v", command, goesOn)
				}
			}
			if strings.HasPrefix(command, "grep ") && !(last && open) {
				if _, ok := splitOwn(command); !ok && passesOver(command) {
					t.Fatalf("%q: a quote is open", command)
				}
			}
			written, ok := FormatEntry(command)
			if ok == (last && open) {
				t.Fatalf("%q is written down: %v", command, ok)
			}
			if !ok {
				continue
			}
			lines := strings.Split(written, "\n")
			if got, taken, open := ReadEntry(len(lines), func(i int) string { return lines[i] }); got != command || taken != len(lines) || open {
				t.Fatalf("%q comes back as %q, %d lines", command, got, taken)
			}
		}
		for at := range text[:min(len(text), 100)] {
			if begin := CommandAt(text, at); begin > at || begin > 0 && text[begin-1] != '\n' {
				t.Fatalf("%q at %d: %d", text, at, begin)
			}
		}
	})
}
