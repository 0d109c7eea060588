package shell

import (
	"strings"
	"testing"
)

func TestMulti(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	x.want(`multi create /app/b x \; set /app/config y ; delete -v 1 /app/z ; check -v 0 /app ; create -s /app/s- "; ;"`,
		"1 create /app/b: created /app/b\n2 set /app/config: version 1\n3 delete /app/z: ok\n4 check /app: ok\n5 create /app/s-: created /app/s-0000000004\n", "", 0)
	x.want("get /app/s-0000000004", "; ;\n", "", 0)
	x.want("get /app/config", "y\n", "", 0)
	// One that fails takes all with it, and is named.
	x.want("multi create /app/c x ; set -v 7 /app/config z ; delete /app/b", "",
		"Nothing was changed: operation 2 of 3, set /app/config: version No is not valid : /app/config\n", 1)
	x.want("exists /app/c", "false\n", "", 1)
	x.want("multi delete /nope", "", "Nothing was changed: operation 1 of 1, delete /nope: Node does not exist: /nope\n", 1)
	for line, err := range map[string]string{
		"multi":                            "multi operation ; operation ; … | -\n",
		"multi ; ;":                        "multi: there is no operation\n",
		"multi get /app":                   "multi: get is none of create, set, delete and check\n",
		"multi set /app":                   "multi: set [-v version] path data\n",
		"multi check -x /app":              "multi: check -x /app: Unrecognized option: -x\n",
		"multi check -v x /app":            "multi: check /app: For input string: \"x\"\n",
		"multi create -e -t 5 /t":          "multi: create /t: TTLs cannot be used with Ephemeral znodes\n",
		"multi create nopath x ; delete /": "Path must start with / character\n",
		"multi -":                          "there is no standard input to read here\n",
	} {
		x.want(line, "", err, 1)
	}
	if err := x.last("multi create /big " + strings.Repeat("x", 1<<20)); !strings.HasPrefix(err, "the request has ") {
		t.Errorf("%q", err)
	}
}

// TestMultiLines: operations of standard input, a line each.
func TestMultiLines(t *testing.T) {
	x := planted(t, Config{Dialect: D39, Input: strings.NewReader("# two\ncreate /app/b 'a b'\n\n  set -v 0 /app/config ;\n")})
	x.want("multi -", "1 create /app/b: created /app/b\n2 set /app/config: version 1\n", "", 0)
	x.want("get /app/b", "a b\n", "", 0)
	x.want("get /app/config", ";\n", "", 0)
}

func FuzzMulti(f *testing.F) {
	f.Add("create -e /a x ; set -v 1 /b y ; delete /c ; check -v 3 /d")
	f.Add(`create -t 5 /a \; create -c /b x world:anyone:r`)
	f.Fuzz(func(t *testing.T, line string) {
		c := &Call{sh: New(Config{Sink: func(Item) {}}), words: append([]string{"multi"}, Split(line)...)}
		lists, err := c.operationWords()
		if err != nil {
			return
		}
		for _, words := range lists {
			if o, err := c.operation(words); err == nil && (o.op.Request == nil || o.text == "") {
				t.Errorf("%q: %+v", words, o)
			}
		}
	})
}
