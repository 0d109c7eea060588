package shell

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

var testOptions = []Option{{Name: "s"}, {Name: "w"}, {Name: "R"}, {Name: "v", Arg: "version"}, {Name: "members", Arg: "list"}}

// TestParseOptions holds what Commons CLI's DefaultParser makes of these words.
func TestParseOptions(t *testing.T) {
	const missing = "Missing argument for option: "
	const unknown = "Unrecognized option: "
	type found = options
	for _, test := range []struct {
		line string
		opts options
		args []string
		err  string
	}{
		{"/a", found{}, []string{"/a"}, ""},
		{"-s /a", found{"s": ""}, []string{"/a"}, ""},
		{"/a -s", found{"s": ""}, []string{"/a"}, ""},
		{"-R -v 1 /a b -s", found{"R": "", "v": "1", "s": ""}, []string{"/a", "b"}, ""},
		{"-s -s", found{"s": ""}, nil, ""},

		// Joined.
		{"-sw /a", found{"s": "", "w": ""}, []string{"/a"}, ""},
		{"-ws -R", found{"w": "", "s": "", "R": ""}, nil, ""},
		{"-ss", found{"s": ""}, nil, ""},
		{"-swv3", found{"s": "", "w": "", "v": "3"}, nil, ""},
		{"-sv 3", found{"s": "", "v": "3"}, nil, ""},
		{"-sx", nil, nil, unknown + "-sx"},
		{"-xs", nil, nil, unknown + "-xs"},
		{"-sw=1", nil, nil, unknown + "-sw=1"},
		{"-sé", nil, nil, unknown + "-sé"},
		{"-é", nil, nil, unknown + "-é"},

		// Arguments of options.
		{"-v 3 /a", found{"v": "3"}, []string{"/a"}, ""},
		{"-v3", found{"v": "3"}, nil, ""},
		{"-v3 4", found{"v": "3"}, []string{"4"}, ""},
		{"-v=3", found{"v": "3"}, nil, ""},
		{"-v =3", found{"v": "=3"}, nil, ""},
		{"-v= x", found{"v": ""}, []string{"x"}, ""},
		{"-vs", found{"v": "s"}, nil, ""},
		{"-v ''", found{"v": ""}, nil, ""},
		{"-v 'a b'", found{"v": "a b"}, nil, ""},
		{`-v '"q"'`, found{"v": "q"}, nil, ""},
		{`-v="q"`, found{"v": `"q"`}, nil, ""},
		{"-s=1", nil, nil, unknown + "-s=1"},
		{"-x=1", nil, nil, unknown + "-x=1"},
		{"-v", nil, nil, missing + "v"},
		{"-sv", nil, nil, missing + "v"},

		// Arguments that look like something else.
		{"-v -1", found{"v": "-1"}, nil, ""},
		{"-v-1", found{"v": "-1"}, nil, ""},
		{"-v=-1", found{"v": "-1"}, nil, ""},
		{"-v -1.5", found{"v": "-1.5"}, nil, ""},
		{"-v -", found{"v": "-"}, nil, ""},
		{"-v -x", found{"v": "-x"}, nil, ""},
		{"-v --x", found{"v": "--x"}, nil, ""},
		{"-v ---", found{"v": "---"}, nil, ""},
		{"-v --sx", found{"v": "--sx"}, nil, ""},
		{"-v -s", nil, nil, missing + "v"},
		{"-v -sx", nil, nil, missing + "v"},
		{"-v -v", nil, nil, missing + "v"},
		{"-v -v3", nil, nil, missing + "v"},
		{"-v -w=1", nil, nil, unknown + "-w=1"},
		{"-v --s", nil, nil, unknown + "--s"},
		{"-v ---s", nil, nil, unknown + "---s"},
		{"-v --s=1", nil, nil, unknown + "--s=1"},
		{"-v -- x", nil, nil, missing + "v"},
		{"-v -members", nil, nil, missing + "v"},

		// The first of several counts.
		{"-v x -v y", found{"v": "x"}, nil, ""},
		{"-v -2 -v -3", found{"v": "-2"}, nil, ""},
		{"-vx -v=y", found{"v": "x"}, nil, ""},
		{"-v x -v", nil, nil, missing + "v"},

		// The end of options.
		{"--", found{}, nil, ""},
		{"-- -s -x", found{}, []string{"-s", "-x"}, ""},
		{"/a -- -s", found{}, []string{"/a", "-s"}, ""},

		// Dashes.
		{"-", found{}, []string{"-"}, ""},
		{"''", found{}, []string{""}, ""},
		{"-x", nil, nil, unknown + "-x"},
		{"-1", nil, nil, unknown + "-1"},
		{"-1e5", nil, nil, unknown + "-1e5"},
		{"/a -1", nil, nil, unknown + "-1"},
		{"-5x", nil, nil, unknown + "-5x"},
		{"--s", nil, nil, unknown + "--s"},
		{"--s x", nil, nil, unknown + "--s"},
		{"--v=3", nil, nil, unknown + "--v=3"},
		{"--v 3", nil, nil, unknown + "--v"},
		{"---", nil, nil, unknown + "---"},
		{"--=3", nil, nil, unknown + "--=3"},
		{"-= x", nil, nil, unknown + "-="},

		// Words.
		{"-members x", found{"members": "x"}, nil, ""},
		{"-members=x", nil, nil, unknown + "-members=x"},
		{"-membersx", nil, nil, unknown + "-membersx"},
		{"-mem x", nil, nil, unknown + "-mem"},
		{"-s-members", nil, nil, unknown + "-s-members"},
	} {
		opts, args, err := parseOptions(testOptions, Split(test.line))
		if test.err != "" {
			if err == nil || err.Error() != test.err || exitCode(err) != exitFailed {
				t.Errorf("%s: %v %q, %v; want %s", test.line, opts, args, err, test.err)
			}
			continue
		}
		if err != nil || !maps.Equal(opts, test.opts) || !slices.Equal(args, test.args) {
			t.Errorf("%s: %v %q, %v; want %v %q", test.line, opts, args, err, test.opts, test.args)
		}
	}
}

func TestParseLeadingOptions(t *testing.T) {
	type found = options
	for _, test := range []struct {
		line string
		opts options
		args []string
		err  string
	}{
		{"/a", found{}, []string{"/a"}, ""},
		{"-s -w /a b", found{"s": "", "w": ""}, []string{"/a", "b"}, ""},
		{"-sw /a", found{"s": "", "w": ""}, []string{"/a"}, ""},
		{"-v 3 /a", found{"v": "3"}, []string{"/a"}, ""},
		{"-v -1 /a", found{"v": "-1"}, []string{"/a"}, ""},
		{"/a -s", found{}, []string{"/a", "-s"}, ""},
		{"/a -1", found{}, []string{"/a", "-1"}, ""},
		{"/a -x -- -s", found{}, []string{"/a", "-x", "--", "-s"}, ""},
		{"-x /a", found{}, []string{"-x", "/a"}, ""},
		{"-1 -s", found{}, []string{"-1", "-s"}, ""},
		{"-- -s", found{}, []string{"--", "-s"}, ""},
		{"- -s", found{}, []string{"-", "-s"}, ""},
		{"--s x", found{}, []string{"--s", "x"}, ""},
		{"", found{}, nil, ""},
		{"-v", nil, nil, "Missing argument for option: v"},
		{"-v -s", nil, nil, "Missing argument for option: v"},
		{"-sx", nil, nil, "Unrecognized option: -sx"},
	} {
		opts, args, err := parseLeadingOptions(testOptions, Split(test.line))
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%s: %v %q, %v; want %s", test.line, opts, args, err, test.err)
			}
			continue
		}
		if err != nil || !maps.Equal(opts, test.opts) || !slices.Equal(args, test.args) {
			t.Errorf("%s: %v %q, %v; want %v %q", test.line, opts, args, err, test.opts, test.args)
		}
	}
}

func FuzzParseOptions(f *testing.F) {
	for _, line := range []string{"-s /a", "-sw -v3 x", "-v=-1 -- -s", "-v -s", "--s", "-v '\"q\"'", "-sé", "-=1", "-v -- x", "/a -R b"} {
		f.Add(line, true)
		f.Add(line, false)
	}
	f.Fuzz(func(t *testing.T, line string, leading bool) {
		words := Split(line)
		parser := parseOptions
		if leading {
			parser = parseLeadingOptions
		}
		before := fmt.Sprintf("%q", words)
		opts, args, err := parser(testOptions, words)
		if after := fmt.Sprintf("%q", words); after != before {
			t.Fatalf("the words %s became %s", before, after)
		}
		if err != nil {
			m := err.Error()
			if exitCode(err) != exitFailed || !strings.HasPrefix(m, "Unrecognized option: -") && !strings.HasPrefix(m, "Missing argument for option: ") {
				t.Fatal(err)
			}
			return
		}
		for name, value := range opts {
			i := slices.IndexFunc(testOptions, func(o Option) bool { return o.Name == name })
			if i < 0 || testOptions[i].Arg == "" && value != "" {
				t.Fatalf("%q: option %q = %q", words, name, value)
			}
		}
		// Arguments are some of the words, in their order.
		rest := words
		for _, a := range args {
			i := slices.Index(rest, a)
			if i < 0 {
				t.Fatalf("%q: argument %q", words, args)
			}
			rest = rest[i+1:]
		}
		// What follows the arguments in front must be parsed the same behind "--".
		if _, again, err := parseOptions(testOptions, append([]string{"--"}, args...)); err != nil || !slices.Equal(again, args) {
			t.Fatalf("%q are %q, %v behind --", args, again, err)
		}
	})
}
