package shell

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"zoosh/internal/hostile"
	"zoosh/internal/session"
)

// TestGivenUp: of a tree without an end what was found is shown, with the failure, by
// commands that show nothing before the end as well.
func TestGivenUp(t *testing.T) {
	enemy, err := hostile.Start(hostile.Play{Children: 300, Digits: 50, Version: "3.4.14"})
	if err != nil {
		t.Fatal(err)
	}
	defer enemy.Close()
	for line, shows := range map[string]string{
		"count /":   `^[1-9]\d*\n$`,
		"count -e":  `^0\n$`,
		"du -d 0 /": `^ +znodes +bytes  path\n +[1-9]\d* +\d+  /\n`,
		"find /":    `^/\n`,
	} {
		for _, asJSON := range []bool{false, true} {
			x := open(t, Config{Target: session.Target{Connect: enemy.Addr(), Limits: session.Limits{Held: 2 << 20}}, Dialect: D39, JSON: asJSON})
			out, errOut, code := x.run(line)
			x.run("crash") // the server confirms no end of a session
			if code != 1 || !strings.Contains(errOut, "-max-held N") {
				t.Errorf("%s: %d, %q", line, code, errOut)
			}
			if !asJSON {
				if !regexp.MustCompile(shows).MatchString(out) {
					t.Errorf("%s shows %.200q", line, out)
				}
				continue
			}
			var found struct{ GivenUp bool }
			first, _, _ := strings.Cut(out, "\n")
			if err := json.Unmarshal([]byte(first), &found); err != nil || found.GivenUp != !strings.HasPrefix(line, "find") {
				t.Errorf("%s shows %.200q", line, first)
			}
		}
	}
}

// TestLongReplyIsNamed: whichever request of a command fails first of the connection that
// a reply has ended by its length, the command says that it was too long.
func TestLongReplyIsNamed(t *testing.T) {
	enemy, err := hostile.Start(hostile.Play{Data: 2 << 20, Children: 30})
	if err != nil {
		t.Fatal(err)
	}
	defer enemy.Close()
	for range 10 {
		for line, code := range map[string]int{"diff /a /b": exitUnknown, "grep x /": exitFailed, "export /a -": exitFailed} {
			x := open(t, Config{Target: session.Target{Connect: enemy.Addr(), Limits: session.Limits{Reply: 1 << 20}}, Dialect: D39})
			_, errOut, got := x.run(line)
			x.run("crash") // the server confirms no end of a session
			if got != code || !strings.Contains(errOut, "-max-reply N takes N MiB") {
				t.Errorf("%s: %d, %q", line, got, errOut)
			}
		}
	}
}
