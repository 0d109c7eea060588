package shell

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"zoosh/internal/server"
)

func TestSpoiledJSON(t *testing.T) {
	for _, c := range []struct {
		before, after string
		at            int
		where         string
	}{
		{`{"a":1}`, `{"a":2}`, 0, ""}, {`{"a":1}`, `[]`, 0, ""}, {`{"a":1}`, `5`, 0, ""}, {`{"a":1}`, " {} \n", 0, ""},
		{`{"a":1`, `x`, 0, ""}, {`5`, `x`, 0, ""}, {`"a"`, `x`, 0, ""}, {``, `{`, 0, ""}, {"x", "{", 0, ""},
		{`{"a":1}`, ``, 0, "it is empty"}, {`{"a":1}`, " \n", 0, "it is empty"},
		{`{"a":1}`, `x`, 0, `line 1, column 1: invalid character 'x' looking for beginning of value ("x")`},
		{`{"a":1}`, `{"a":`, 5, `line 1, column 6: unexpected end of JSON input ("{\"a\":")`},
		{`{"a":1}`, `{"a":1`, 6, `line 1, column 7: unexpected end of JSON input ("{\"a\":1")`},
		{`[1]`, `{"a":1,}`, 7, `line 1, column 8: invalid character '}' looking for beginning of object key string ("{\"a\":1,}")`},
		{`[1]`, `[1] [2]`, 4, `line 1, column 5: invalid character '[' after top-level value ("[1] [2]")`},
		{`[1]`, "{\n  \"é\": 1\n  \"b\": 2\n}\n", 14, `line 3, column 3: invalid character '"' after object key:value pair ("{\n  \"é\": 1\n  \"b\": 2\n}\n")`},
		{`[1]`, "[" + strings.Repeat("1,", 50) + "é]", 101, `line 1, column 102: invalid character 'Ã' looking for beginning of value (…"1,1,1,1,1,1,1,1,é]")`},
		{`[1]`, "[\"a\xffb\"]", 3, `line 1, column 4: no UTF-8 (0x5b2261ff62225d)`},
	} {
		at, where := SpoiledJSON([]byte(c.before), []byte(c.after))
		if at != c.at || where != c.where {
			t.Errorf("%q → %q\n got %d, %s\nwant %d, %s", c.before, c.after, at, where, c.at, c.where)
		}
	}
	if at, where := SpoiledJSON(nil, []byte("x")); at != 0 || where != "" {
		t.Errorf("%d, %q", at, where)
	}
}

// FuzzSpoiledJSON: what is JSON is not spoiled, and the place of what is none is one.
func FuzzSpoiledJSON(f *testing.F) {
	for _, s := range []string{"", "{", "[1,]", "{\n\"a\":é}", "[\"\xff\"]", "[]x", " ", `{"a":"\u12"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, after []byte) {
		at, where := SpoiledJSON([]byte("{}"), after)
		if fine := json.Valid(after) && utf8.Valid(after); fine != (where == "") || at < 0 || at > len(after) || !utf8.ValidString(where) {
			t.Fatalf("%q: %d, %q", after, at, where)
		}
		if _, where := SpoiledJSON([]byte("no JSON"), after); where != "" {
			t.Fatalf("%q: %q", after, where)
		}
	})
}

// TestSetAsksBeforeJSONIsSpoiled at a prompt, whatever the server is; a script is not
// asked.
func TestSetAsksBeforeJSONIsSpoiled(t *testing.T) {
	srv := startServer(t, server.Config{})
	var asked string
	answer := false
	x := openOn(t, srv, Config{Dialect: D39, Typed: true, AskOfData: func(_ context.Context, question string) (bool, error) {
		asked = question
		return answer, nil
	}})
	where := `line 1, column 6: unexpected end of JSON input ("{\"a\":")`
	says := "/a is no JSON any more: " + where + "\n"
	x.do(`create /a '{"a":1}'`, "create /b x")
	for _, tt := range []struct {
		line          string
		asks          bool
		yes, no, data string
	}{
		{`set /a '{"a":2}'`, false, "", "", `{"a":2}`},
		{`set /b '{"a":'`, false, "", "", `{"a":2}`},
		{`set /a {"a":`, true, says, "Nothing was done\n", `{"a":`},
		{`set -v 99 /a {"a":`, true, "version No is not valid : /a\n", "Nothing was done\n", ""},
		{`set -b /a eyJhIjo=`, true, says, "Nothing was done\n", `{"a":`},
		{`set -y /a {"a":`, false, says, says, `{"a":`},
		{`multi set /b y ; set /a "{\"a\":"`, true, says, "Nothing was done\n", `{"a":`},
		{`set /none x`, false, "Node does not exist: /none\n", "Node does not exist: /none\n", ""},
	} {
		for _, yes := range []bool{false, true} {
			x.do("deleteall /a", `create /a '{"a":1}'`)
			asked, answer = "", yes
			_, err, code := x.run(tt.line)
			want := tt.no
			if yes {
				want = tt.yes
			}
			if err != want || (asked != "") != tt.asks || tt.asks && !strings.HasPrefix(asked, "/a holds JSON, and what is to be written is none: "+where) {
				t.Errorf("%s, %v: %q, %d, asked %q", tt.line, yes, err, code, asked)
			}
			data := tt.data
			if tt.asks && !yes {
				data = `{"a":1}`
			}
			if got := x.out("get /a"); data != "" && !strings.HasPrefix(tt.line, "set /b") && got != data+"\n" {
				t.Errorf("%s, %v: %s", tt.line, yes, got)
			}
		}
	}
	x.do("deleteall /a", `create /a '{"a":1}'`, "addauth digest me:x", "setAcl /a auth::wa")
	asked = ""
	x.want("set /a x", "", "", 0) // who may not read it is not asked
	if asked != "" {
		t.Error(asked)
	}
	script := openOn(t, srv, Config{Dialect: D39, AskOfData: x.sh.cfg.AskOfData})
	script.do(`create /s '{"a":1}'`)
	script.want("set /s {", "", "", 0)
	// A single command whose input is no terminal has nobody to ask, and says it.
	single := openOn(t, srv, Config{Dialect: D39, Typed: true})
	single.do(`set /s '{"a":1}'`)
	single.want(`set /s {"a":`, "", strings.Replace(says, "/a", "/s", 1), 0)
}
