package transcript

import (
	"strings"
	"testing"
)

// What a terminal shows when something comes while the prompt waits.
func TestCapture(t *testing.T) {
	const event = "WATCHER::\n\nWatchedEvent state:SyncConnected type:NodeCreated path:/a\n"
	const log = "2026-11-24 17:15:16,123 [myid:localhost:2181] - INFO  [main-SendThread(localhost:2181):ClientCnxn$SendThread@1] - Session establishment complete\n"
	for _, tt := range []struct {
		name, block string
		commands    string
		output      string // of the last one, events and the like left out
	}{
		{"an event at the prompt", "[zk: h(CONNECTED) 0] \n" + event + "get /a\nx\n", "get /a", "x"},
		{"two of them", "[zk: h(CONNECTED) 0] \n" + event + "\n" + event + "get /a\nx\n", "get /a", "x"},
		{"on the line of the prompt", "[zk: h(CONNECTED) 0] " + event + "get /a\nx\n", "get /a", "x"},
		{"and then another prompt", "[zk: h(CONNECTED) 0] \n" + event + "[zk: h(CONNECTED) 0] get /a\nx\n", "get /a", "x"},
		{"a log line behind the prompt", "[zk: h(CONNECTING) 0] " + log + "get /a\nx\n", "get /a", "x"},
		{"log lines between", "[zk: h(CONNECTED) 0] ls /\n" + log + "[a]\n" + log, "ls /", "[a]"},
		{"a prompt alone", "[zk: h(CONNECTED) 0] ls /\n[a]\n[zk: h(CONNECTED) 1]\nx\n", "ls /", "[a]|x"},
		{"corrected typing", "\x1b[?2004h[zk: h(CONNECTED) 0] lz\b \bs /\x07\r\n[a]\r\n", "ls /", "[a]"},
		{"a line that goes on in the next row", "[zk: h(CONNECTED) 0] create /a long \rer\n", "create /a longer", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Parse("x.md", []byte("```zk\n"+tt.block+"```\n"))
			if err != nil {
				t.Fatal(err)
			}
			var commands, output []string
			for i := range p.Steps {
				s := &p.Steps[i]
				if s.Command != "" {
					commands, output = append(commands, s.Command), nil
				}
				for _, l := range s.Output {
					if l.role == roleOutput {
						output = append(output, l.Text)
					}
				}
			}
			if got := strings.Join(commands, "|"); got != tt.commands {
				t.Errorf("commands %q, want %q", got, tt.commands)
			}
			if got := strings.Join(output, "|"); got != tt.output {
				t.Errorf("output %q, want %q", got, tt.output)
			}
		})
	}
}

// TestUpdateKeepsTyped: what was typed behind an event that did not come, without a
// prompt of its own, is a command in the page that is updated, too.
func TestUpdateKeepsTyped(t *testing.T) {
	const event = "WATCHER::\n\nWatchedEvent state:SyncConnected type:NodeCreated path:/a\n"
	const log = "2026-11-24 17:15:16,123 [x] - INFO  [y] - z\n"
	for _, tt := range []struct{ name, block, want string }{
		{"behind a prompt", "[zk] \n" + event + "ls /\n", "[zk] \n[zk] ls /\n"},
		{"without the blank", "[zk: h(CONNECTED) 0]\n" + event + "ls /\n", "[zk: h(CONNECTED) 0]\n[zk: h(CONNECTED) 0] ls /\n"},
		{"on the prompt's line", "[zk] " + event + "ls /\n", "[zk] \n[zk] ls /\n"},
		{"no event in the place of one", "[zk] WATCHER::\nx\nls /\n", "[zk] \n[zk] ls /\n"},
		{"two events", "[zk] " + event + "\n" + event + "\nls /\n", "[zk] \n[zk] ls /\n"},
		{"a line of the log", "[zk] " + event + log + "ls /\n", "[zk] \n" + log + "ls /\n"},
		{"a line of the log within", "[zk] WATCHER::\n" + log + "x\nls /\n", "[zk] \n" + log + "ls /\n"},
		{"corrected typing", "[zk] " + event + "lz\b \bs /\n", "[zk] \n[zk] ls /\n"},
		{"blanks typed", "[zk] " + event + "  \nls /\n", "[zk] \n  \n[zk] ls /\n"},
		{"in a later block", "[zk] \n" + event + "```\n\n```zk\nls /\n", "[zk] \n```\n\n```zk\n[zk] ls /\n"},
		{"with a prompt", "[zk] \n" + event + "[zk] ls /\n", "[zk] \n[zk] ls /\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Parse("x.md", []byte("```zk\n"+tt.block+"```\n"))
			if err != nil {
				t.Fatal(err)
			}
			got := Update(p, compare(p, &runOutput{steps: make([]stepOutput, len(p.Steps))}))
			if want := "```zk\n" + tt.want + "```\n"; string(got) != want {
				t.Fatalf("%q, want %q", got, want)
			}
			q, err := Parse("x.md", got)
			if err != nil || len(typed(q)) != 1 || typed(q)[0] != "ls /" {
				t.Errorf("typed %q, %v", typed(q), err)
			}
		})
	}
}
