package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestValidatePath(t *testing.T) {
	const valid = ""
	relative := func(at int) string { return fmt.Sprintf("relative paths not allowed @%d", at) }
	invalid := func(at int) string { return fmt.Sprintf("invalid character @%d", at) }
	null := func(at int) string { return fmt.Sprintf("null character not allowed @%d", at) }
	nameless := func(at int) string { return fmt.Sprintf("empty node name specified @%d", at) }
	for _, test := range []struct{ path, reason string }{
		{"/", valid}, {"/a", valid}, {"/a/b", valid}, {"/zookeeper/quota/a", valid},
		{"/ /x", valid}, {"/a b", valid}, {`/a"b`, valid}, {"/é/中文", valid},

		{"//a", nameless(1)}, {"/a//b", nameless(3)}, {"/a//\x01", nameless(3)}, {"/é//b", nameless(3)},

		{"/.", relative(1)}, {"/..", relative(2)}, {"/./a", relative(1)}, {"/../a", relative(2)},
		{"/a/.", relative(3)}, {"/a/..", relative(4)}, {"/a/./b", relative(3)}, {"/a/../b", relative(4)},
		{"/中/..", relative(4)}, {"/../\x01", relative(2)}, {"/a/../\x00", relative(4)},
		{"/...", valid}, {"/a/...", valid}, {"/a/.../b", valid}, {"/.a", valid}, {"/..a", valid},
		{"/a.", valid}, {"/a..", valid}, {"/a.b", valid}, {"/a/..b/c", valid}, {"/a/b./c", valid},

		{"/\x00", null(1)}, {"/a\x00b", null(2)}, {"/..\x00", null(3)},

		{"/\n", invalid(1)}, {"/a\tb", invalid(2)}, {"/a\x01", invalid(2)}, {"/\x1f", invalid(1)},
		{"/.\x01", invalid(2)}, {"/a/..\x01", invalid(5)}, {"/a/\x01/..", invalid(3)},
		{"/\x7f", invalid(1)}, {"/\u0080", invalid(1)}, {"/\u009f", invalid(1)}, {"/\u00a0", valid},
		{"/éé\x01", invalid(3)},

		// The surrogates and what follows them up to U+F8FF; U+FFF0 and beyond.
		{"/\ud7ff", valid}, {"/\ue000", invalid(1)}, {"/\uf8fe", invalid(1)}, {"/\uf8ff", invalid(1)},
		{"/\uf900", valid}, {"/\uffef", valid}, {"/\ufff0", invalid(1)}, {"/\ufffd", invalid(1)},
		{"/\uffff", invalid(1)}, {"/a\U0001f600", invalid(2)}, {"/中\U0001f600", invalid(2)},
		{"/\U0010ffff", invalid(1)},

		// Bytes that are no UTF-8: a lone one, a cut character, a surrogate.
		{"/\xff", invalid(1)}, {"/a\xc3", invalid(2)}, {"/é\xe4\xb8", invalid(2)}, {"/\xed\xa0\x80", invalid(1)},
	} {
		err := ValidatePath(test.path)
		if test.reason == valid {
			if err != nil {
				t.Errorf("%q: %v", test.path, err)
			}
			continue
		}
		want := `Invalid path string "` + test.path + `" caused by ` + test.reason
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", test.path, err, want)
		}
	}
}

func TestValidatePathAsAWhole(t *testing.T) {
	for path, want := range map[string]string{
		"":       "Path length must be > 0",
		"a":      "Path must start with / character",
		"a/b":    "Path must start with / character",
		" /x":    "Path must start with / character",
		"\xff":   "Path must start with / character",
		"//":     "Path must not end with / character",
		"///":    "Path must not end with / character",
		"/a/":    "Path must not end with / character",
		"/a/b/":  "Path must not end with / character",
		"/a//":   "Path must not end with / character",
		"/\x00/": "Path must not end with / character",
	} {
		err := ValidatePath(path)
		var pathError *PathError
		if !errors.As(err, &pathError) || err.Error() != want || pathError.Reason != want {
			t.Errorf("%q: %v, want %s", path, err, want)
		}
	}
}

func TestValidateCreatePath(t *testing.T) {
	for _, test := range []struct {
		path       string
		sequential bool
		want       string
	}{
		{"/a", false, ""}, {"/a", true, ""}, {"/a/", true, ""}, {"/a/..", true, ""}, {"/", true, ""},
		{"/a/", false, "Path must not end with / character"},
		{"/a/..", false, `Invalid path string "/a/.." caused by relative paths not allowed @4`},
		{"//", true, `Invalid path string "//1" caused by empty node name specified @1`},
		{"", true, "Path must start with / character"},
		{"", false, "Path length must be > 0"},
		{"/\x01", true, "Invalid path string \"/\x011\" caused by invalid character @1"},
	} {
		got := ""
		if err := ValidateCreatePath(test.path, test.sequential); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q, %v: %q, want %q", test.path, test.sequential, got, test.want)
		}
	}
}

func TestJoinAndSplitPath(t *testing.T) {
	for _, test := range []struct{ parent, name, path string }{
		{"/", "a", "/a"}, {"/a", "b", "/a/b"}, {"/a/b", "c.d", "/a/b/c.d"}, {"/中", "é", "/中/é"},
	} {
		if got := JoinPath(test.parent, test.name); got != test.path {
			t.Errorf("%s and %s join to %s", test.parent, test.name, got)
		}
		if parent, name := SplitPath(test.path); parent != test.parent || name != test.name {
			t.Errorf("%s splits into %s and %s", test.path, parent, name)
		}
	}
	for path, want := range map[string][2]string{"/": {"", "/"}, "": {"", ""}, "a": {"", "a"}, "/a/": {"/a", ""}} {
		if parent, name := SplitPath(path); parent != want[0] || name != want[1] {
			t.Errorf("%q splits into %q and %q", path, parent, name)
		}
	}
}

// TestLongPath: a path costs time by its length, not by its length squared.
func TestLongPath(t *testing.T) {
	for _, path := range []string{"/" + strings.Repeat("x", 1<<20), strings.Repeat("/a", 1<<19), "/" + strings.Repeat(".", 1<<20)} {
		if err := ValidatePath(path); err != nil {
			t.Errorf("%.20s…: %.100s", path, err)
		}
	}
}
