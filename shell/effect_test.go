package shell

import (
	"strings"
	"testing"

	"zoosh/internal/session"
)

// TestEveryCommandSaysWhatItIs walks the table: a new command must say whether it
// writes. (TestEveryCommandHasHelp asks for the rest.)
func TestEveryCommandSaysWhatItIs(t *testing.T) {
	for _, c := range table {
		if c.Effect != Reads && c.Effect != Writes {
			t.Errorf("%s does not say whether it writes", c.Name)
		}
	}
}

// lastLine is the call that an example is about; others prepare it.
func lastLine(example string) string {
	return example[strings.LastIndexByte(example, '\n')+1:]
}

// TestNoWrites: each command that writes is refused, and changes nothing.
func TestNoWrites(t *testing.T) {
	srv := planted(t, Config{Dialect: D39}).srv
	x := openOn(t, srv, Config{Target: session.Target{NoWrites: true}, Dialect: D39})
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
