package shell

import (
	"slices"
	"strings"
	"testing"
)

func TestWordStart(t *testing.T) {
	for line, want := range map[string]string{
		"": "", "l": "l", "ls": "ls", "ls ": "", "ls /": "/", "ls /a /b": "/b", "  ls": "ls",
		`ls "/a b`: `"/a b`, `ls '/a`: `'/a`, `ls "/a b"`: "", `ls "`: `"`, `create /a it's`: "it's",
		"create /a 'x' ": "", "ls \t": "",
	} {
		if got := line[wordStart(line):]; got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestComplete(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create /app 1", "create /app/one 1", "create /app/two 1", "create '/a b' 1", "create '/a b/c d' 1",
		"create /it's 1", "create /\U0000fb01 1", "create /app/\u00a0x 1")
	// A name that would reorder the terminal's text is not offered.
	x.do("create /app/\u202eevil 1")
	for _, test := range []struct {
		line string
		at   string // the word that is completed
		want []string
	}{
		{"ge", "ge", []string{"get", "getAcl"}},
		{"  pri", "pri", []string{"printwatches"}},
		{"ls2", "ls2", nil},
		{"nosuch", "nosuch", nil},
		{"nosuch /", "/", nil},
		{"ls -", "-", []string{"-?", "-R", "-s", "-w"}},
		{"ls -s -", "-", []string{"-?", "-R", "-s", "-w"}},
		{"deleteall /app -", "-", []string{"-b", "-dry-run", "-y"}},
		{"close -", "-", nil},

		{"ls ", "", []string{"/"}},
		{"ls /", "/", []string{`"/a b"`, "/app", "/it's", "/zookeeper", "/\ufb01"}},
		{"ls -s /a", "/a", []string{`"/a b"`, "/app"}},
		{"set -v ", "", nil}, // a version
		{"ls /app", "/app", []string{"/app"}},
		{"ls /app/", "/app/", []string{"/app/one", "/app/two", "/app/\u00a0x"}},
		{"ls /app/o", "/app/o", []string{"/app/one"}},
		{"ls /app/nope", "/app/nope", nil},
		{"ls /nope/", "/nope/", nil},
		{"ls app", "app", nil},
		{"ls //", "//", nil},
		{`ls "/a`, `"/a`, []string{`"/a b"`, `"/app"`}},
		{`ls "/a b/`, `"/a b/`, []string{`"/a b/c d"`}},
		{`ls '/a b/c`, `'/a b/c`, []string{`'/a b/c d'`}},
		{`ls '/i`, `'/i`, nil}, // it's cannot stand in single quotes
		{`ls "/i`, `"/i`, []string{`"/it's"`}},
		{`ls "`, `"`, []string{`"/`}},

		// Nothing for data, or where nothing can follow.
		{"create /app/three ", "", nil},
		{"set /app /", "/", nil},
		{"close ", "", nil},

		{"printwatches ", "", []string{"on", "off"}},
		{"printwatches of", "of", []string{"off"}},
		{"dialect 3", "3", []string{"3.4", "3.8", "3.9"}},
		{"help se", "se", []string{"set", "setAcl"}},
		{"help watc", "watc", []string{"watch", "watches"}},
		{"addauth d", "d", []string{"digest"}},
		{"setAcl /app w", "w", []string{"world:anyone:"}},
		{"create /x data wo", "wo", []string{"world:anyone:"}},
	} {
		start, candidates := x.sh.Complete(t.Context(), test.line, len(test.line))
		if got := test.line[start:]; got != test.at {
			t.Errorf("%q: completes %q, want %q", test.line, got, test.at)
		}
		var got []string
		for _, c := range candidates {
			got = append(got, c.Text)
		}
		if test.line == "ge" || test.line == "help se" { // commands may join
			if slices.ContainsFunc(test.want, func(w string) bool { return !slices.Contains(got, w) }) {
				t.Errorf("%q: %q", test.line, got)
			}
			continue
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.line, got, test.want)
		}
	}
	// What stands behind the cursor does not count.
	start, candidates := x.sh.Complete(t.Context(), "ls /app/o nonsense", len("ls /app/o"))
	if start != 3 || len(candidates) != 1 || candidates[0].Text != "/app/one" || !candidates[0].Open {
		t.Errorf("%d %+v", start, candidates)
	}
	// At the beginning all commands are offered, each with its help.
	_, candidates = x.sh.Complete(t.Context(), "", 0)
	if len(candidates) != len(Commands(D39)) || slices.ContainsFunc(candidates, func(c Candidate) bool { return c.Help == "" || c.Open }) {
		t.Errorf("%+v", candidates)
	}
	x.do("dialect 3.4")
	if _, candidates = x.sh.Complete(t.Context(), "rm", 2); len(candidates) != 1 || candidates[0].Text != "rmr" {
		t.Errorf("3.4: %+v", candidates)
	}
	if w := x.sh.Session().Watches(); len(w) != 0 {
		t.Errorf("completion armed %+v", w)
	}
}

// TestCompleteStrict: what is no command there is not offered.
func TestCompleteStrict(t *testing.T) {
	x := open(t, Config{Dialect: D39, Strict: true})
	_, candidates := x.sh.Complete(t.Context(), "", 0)
	for _, c := range candidates {
		if c.Text == "help" || c.Text == "exit" {
			t.Errorf("%s is offered", c.Text)
		}
	}
}

// FuzzComplete: candidates continue the word, perhaps with a quote before it.
func FuzzComplete(f *testing.F) {
	x := open(f, Config{Dialect: D39})
	x.do("create /app 1", "create '/a b' 1", "create /it's 1", "create /app/\u00e9 1")
	for _, line := range []string{"", "l", "ls /", `ls "/a`, "create /a 'x' ", "'ls' /", "set /app -", "help ", "ls '/i", "-", "ls \"/a b\" "} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		start, candidates := x.sh.Complete(t.Context(), line, len(line))
		if start < 0 || start > len(line) {
			t.Fatalf("%q: %d", line, start)
		}
		for _, c := range candidates {
			if !strings.HasPrefix(c.Text, line[start:]) && !strings.HasPrefix(c.Text, `"`+line[start:]) {
				t.Fatalf("%q: %q does not continue %q", line, c.Text, line[start:])
			}
			if Printable(c.Text) != c.Text {
				t.Fatalf("%q: %q is not fit to be shown", line, c.Text)
			}
		}
	})
}
