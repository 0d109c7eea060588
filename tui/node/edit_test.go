package node

import (
	"strings"
	"testing"
)

func TestDraftAsCommand(t *testing.T) {
	e := draft{path: "/a b", version: 7}
	for _, test := range []struct{ data, want string }{
		{"x", `set -v 7 "/a b" x`},
		{"x y", `set -v 7 "/a b" "x y"`},
		{"", `set -v 7 "/a b" ""`},
		{`{"a": 'b'}`, `set -b -v 7 "/a b" eyJhIjogJ2InfQ==`},
		{"a\nb", `set -b -v 7 "/a b" YQpi`},
		{strings.Repeat("x", 300), `set -v 7 "/a b" (300 bytes)`},
	} {
		if got := e.command([]byte(test.data)); got != test.want {
			t.Errorf("%q is written by %s", test.data, got)
		}
	}
}
