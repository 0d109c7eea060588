package shell

import (
	"strings"
	"testing"

	"zoosh/internal/session"
)

// TestEveryCommandSaysWhatItIs walks the table: a new command must say whether it
// writes, and help must have all there is to say.
func TestEveryCommandSaysWhatItIs(t *testing.T) {
	for _, c := range table {
		if c.Effect != Reads && c.Effect != Writes {
			t.Errorf("%s does not say whether it writes", c.Name)
		}
		if c.Summary == "" || c.Example == "" {
			t.Errorf("%s: help has no sentence or no example", c.Name)
		}
		if !strings.HasPrefix(lastLine(c.Example), c.Name) {
			t.Errorf("%s: the example is %q", c.Name, c.Example)
		}
		for _, o := range c.Options {
			if o.Desc == "" {
				t.Errorf("%s: -%s is not described", c.Name, o.Name)
			}
		}
	}
	for name := range examples {
		if byName[name] == nil {
			t.Logf("an example of %s, which there is not", name)
		}
	}
}

// lastLine is the call that an example is about; others prepare it.
func lastLine(example string) string {
	return example[strings.LastIndexByte(example, '\n')+1:]
}

// TestExamples runs the example of each command.
func TestExamples(t *testing.T) {
	for _, c := range table {
		if c.Front || c.Name == "connect" { // to another server
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			d := D39
			if c.Until != Auto {
				d = c.Until
			}
			t.Chdir(t.TempDir())
			x := planted(t, Config{Dialect: d})
			if c.Name == "rmr" {
				x.do("deleteall /app/workers")
			}
			for line := range strings.Lines(c.Example) {
				x.do(strings.TrimSuffix(line, "\n"))
			}
		})
	}
}

// TestNoWrites: each command that writes is refused, and changes nothing.
func TestNoWrites(t *testing.T) {
	srv := planted(t, Config{Dialect: D39}).srv
	x := openOn(t, srv, Config{Dialect: D39, NoWrites: true})
	before, _, _ := x.run("ls -R /")
	for _, c := range table {
		if c.Effect == Reads {
			continue
		}
		line := strings.ReplaceAll(strings.ReplaceAll(lastLine(c.Example), "-dry-run ", ""), "-y ", "")
		cfg := D39
		if c.Until != Auto {
			cfg = c.Until
		}
		x.sh.setDialect(cfg)
		if _, err, code := x.run(line); code != 1 || err != c.Name+" writes, and this zoosh only reads (-readonly)\n" {
			t.Errorf("%s: %q, %d", line, err, code)
		}
	}
	x.sh.setDialect(D39)
	if after, _, _ := x.run("ls -R /"); after != before {
		t.Errorf("it was\n%s and is\n%s", before, after)
	}
	// A command that is wrong about itself is refused by the session.
	if _, _, err := x.sh.Session().Create(t.Context(), "/x", nil, session.CreateOptions{}); err != session.ErrNoWrites {
		t.Errorf("the session: %v", err)
	}
}
