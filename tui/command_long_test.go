package tui

import (
	"fmt"
	"strings"
	"testing"
)

// TestLongLine: of a line that is longer than is kept the beginning is there, and a line
// says how much is not, however it comes.
func TestLongLine(t *testing.T) {
	for name, char := range map[string]string{"ASCII": "x", "wide": "界"} {
		t.Run(name, func(t *testing.T) {
			piece := strings.Repeat(char, (64<<10)/len(char))
			var s scrollback
			s.prompt("> ", "get /a")
			total := 0
			for range 100 {
				s.put(outPlain, false, piece)
				total += len(piece)
			}
			s.put(outPlain, false, "\n")
			s.put(outPlain, false, "next\n")
			if len(s.lines) != 4 || s.bytes > scrollbackLine+1000 {
				t.Fatalf("%d lines, %d bytes", len(s.lines), s.bytes)
			}
			kept := len(s.lines[1].text)
			if kept > scrollbackLine || kept < scrollbackLine-4 || strings.Trim(s.lines[1].text, char) != "" {
				t.Errorf("%d bytes of the line are kept", kept)
			}
			if want := fmt.Sprintf("(%d more bytes of this line are not kept: ", total-kept); !strings.HasPrefix(s.lines[2].text, want) {
				t.Errorf("%q, want %q", s.lines[2].text, want)
			}
			if s.lines[3].text != "next" {
				t.Errorf("%q", s.lines[3].text)
			}
			// As a whole it is the same; and without an end the next prompt ends it.
			var whole scrollback
			whole.prompt("> ", "get /a")
			whole.put(outPlain, false, strings.Repeat(piece, 100))
			whole.prompt("> ", "ls")
			if len(whole.lines) != 4 || whole.lines[1].text != s.lines[1].text || whole.lines[2].text != s.lines[2].text {
				t.Errorf("%d lines", len(whole.lines))
			}
		})
	}
}
