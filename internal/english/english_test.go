package english

import "testing"

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		n    int
		noun string
		want string
	}{
		{0, "znode", "0 znodes"},
		{1, "znode", "1 znode"},
		{2, "more word", "2 more words"},
		{-1, "byte", "-1 bytes"},
		{1234567, "byte", "1234567 bytes"},
	} {
		if got := Count(tt.n, tt.noun); got != tt.want {
			t.Errorf("%d of %s: %q, want %q", tt.n, tt.noun, got, tt.want)
		}
	}
}

func TestCountOf(t *testing.T) {
	for n, want := range []string{"0 lines wait", "1 line waits", "2 lines wait"} {
		if got := CountOf(n, "line waits", "lines wait"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
