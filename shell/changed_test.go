package shell

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestChangedText(t *testing.T) {
	a := strings.Repeat("a", 100)
	lines := strings.Repeat("key=value\n", 20)
	deep := func(n int, v string) string { return strings.Repeat(`{"a":`, n) + v + strings.Repeat("}", n) }
	for _, c := range []struct{ before, after, want string }{
		// Short data is shown whole.
		{"a", "b", `"a" → "b"`}, {"", "x", `"" → "x"`}, {"5", "6", `"5" → "6"`}, {"a", "a", `"a" → "a"`},
		{"timeout=5\nname=x", "timeout=6\nname=x", `"timeout=5\nname=x" → "timeout=6\nname=x"`},
		// Long data from where it differs, with what is around that.
		{a + "b" + a, a + "c" + a, `…"aaaaaaaaaaaaaaaabaaaaaaaaaaaaaaaa"… → …"aaaaaaaaaaaaaaaacaaaaaaaaaaaaaaaa"…  (from byte 101; 201 bytes)`},
		{a, a + "b", `…"aaaaaaaaaaaaaaaa" → …"aaaaaaaaaaaaaaaab"  (from byte 101; 100 → 101 bytes)`},
		{a + "b", a, `…"aaaaaaaaaaaaaaaab" → …"aaaaaaaaaaaaaaaa"  (from byte 101; 101 → 100 bytes)`},
		{"b" + a, "c" + a, `"baaaaaaaaaaaaaaaa"… → "caaaaaaaaaaaaaaaa"…  (from byte 1; 101 bytes)`},
		{a, "", `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"… → ""  (from byte 1; 100 → 0 bytes)`},
		{a, a, `"` + a[:60] + `"… (100 bytes) → the same`},
		{lines + "x=1\n" + lines, lines + "x=2\n" + lines, `…"ue\nkey=value\nx=1\nkey=value\nkey=" → `},
		{a + "é", a + "è", `…"aaaaaaaaaaaaaaaaé" → …"aaaaaaaaaaaaaaaaè"  (from byte 101; 102 bytes)`},
		{strings.Repeat("主", 40) + "x", strings.Repeat("主", 40) + "y", `…"主主主主主主x" → …"主主主主主主y"  (from byte 121; 121 bytes)`},
		{a + "\xff", a + "\xfe", `…0x6161616161616161ff → …0x6161616161616161fe  (from byte 101; 101 bytes)`},
		{a + "\xffb", a + "b", `…0x6161616161616161ff62 → …0x616161616161616162  (from byte 101; 102 → 101 bytes)`},
		// JSON: the paths that differ.
		{`{"retries":3}`, `{"retries":4}`, `retries: 3 → 4`},
		{`{"retries": 3, "name": "x"}`, "{\n  \"retries\": 4,\n  \"name\": \"x\"\n}\n", `retries: 3 → 4`},
		{`{"a":{"b":[1,2,{"c":true}]}}`, `{"a":{"b":[1,2,{"c":false}]}}`, `a.b[2].c: true → false`},
		{`{"a":1,"b":2}`, `{"b":3,"c":[1]}`, `-a: 1, b: 2 → 3, +c: [1]`},
		{`{"a":1}`, `{"a":"1"}`, `a: 1 → "1"`}, {`{"a":{}}`, `{"a":[]}`, `a: {} → []`}, {`{"a":null}`, `{}`, `-a: null`},
		{`[1,2,3]`, `[0,1,2,3]`, `+[0]: 0`}, {`[1,2,3]`, `[1,3]`, `-[1]: 2`}, {`["x",1]`, `["y",1]`, `[0]: "x" → "y"`},
		{`[1,2]`, `[3,4,5]`, `[0]: 1 → 3, [1]: 2 → 4, +[2]: 5`},
		{`{"a.b":1,"":2,"x y":3,"ä":4,"a-b":5}`, `{"a.b":2,"":3,"x y":4,"ä":5,"a-b":6}`, `[""]: 2 → 3, a-b: 5 → 6, ["a.b"]: 1 → 2, ["x y"]: 3 → 4, ä: 4 → 5`},
		{`{"n":12345678901234567890}`, `{"n":12345678901234567891}`, `n: 12345678901234567890 → 12345678901234567891`},
		{`{"n":1}`, `{"n":1.0}`, `n: 1 → 1.0`}, {`{"h":"<&>"}`, `{"h":["<&>"]}`, `h: "<&>" → ["<&>"]`},
		{`{"a":"` + a + `x"}`, `{"a":"` + a + `y"}`, `a: …"aaaaaaaaaaaaaaaax" → …"aaaaaaaaaaaaaaaay"  (from byte 101; 101 bytes)`},
		{`{"a":["` + a + `"]}`, `{"a":1}`, `a: ["` + a[:58] + `… (104 bytes) → 1`},
		{`{"a":1}`, `{"a": 1}`, `the same JSON, written otherwise: "{\"a\":1}" → "{\"a\": 1}"  (from byte 6; 7 → 8 bytes)`},
		{`{"a":1}`, `{"a":1}`, `"{\"a\":1}" → "{\"a\":1}"`},
		{deep(5, "1"), deep(5, "2"), "a.a.a.a.a: 1 → 2"},
		// What is no document of both is text.
		{`{"a":1}`, `{"a":1`, `"{\"a\":1}" → "{\"a\":1"`}, {`{"a":1}`, `[1]`, `"{\"a\":1}" → "[1]"`}, {`{"a":1} x`, `{"a":2} x`, `"{\"a\":1} x" → "{\"a\":2} x"`},
		{`3`, `4`, `"3" → "4"`},
	} {
		got := changedText([]byte(c.before), []byte(c.after))
		if got != c.want && !(strings.HasSuffix(c.want, " → ") && strings.Contains(got, "line 21, byte 203")) {
			t.Errorf("%.80q → %.80q\n got %s\nwant %s", c.before, c.after, got, c.want)
		}
	}
	if got := changedText(nil, []byte("x")); got != `null → "x"` {
		t.Error(got)
	}
	if got := changedText([]byte(`{"a":1}`), nil); got != `"{\"a\":1}" → null` {
		t.Error(got)
	}
}

// TestChangedManyPaths: a line has not all of them.
func TestChangedManyPaths(t *testing.T) {
	object := func(n, v int) []byte { return objectOf(t, n, v) }
	got := changedText(object(12, 1), object(12, 2))
	if !strings.HasPrefix(got, "k000000: 1 → 2, k000001: 1 → 2, ") || !strings.HasSuffix(got, "k000009: 1 → 2, and 2 more") {
		t.Error(got)
	}
	nested := func(v string) []byte { return []byte(strings.Repeat("[", 9000) + v + strings.Repeat("]", 9000)) }
	const paths = 20_000
	for _, c := range [][2][]byte{{object(paths, 1), object(paths, 2)}, {nested("1"), nested("2")}} {
		if got := changedText(c[0], c[1]); len(got) > 2000 {
			t.Errorf("%d bytes", len(got))
		}
	}
}

// objectOf is JSON with n keys that all have the value v.
func objectOf(tb testing.TB, n, v int) []byte {
	tb.Helper()
	m := map[string]int{}
	for i := range n {
		m[fmt.Sprintf("k%06d", i)] = v
	}
	b, err := json.Marshal(m)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// BenchmarkChangedManyPaths: ten times the paths take about ten times as long.
func BenchmarkChangedManyPaths(b *testing.B) {
	for _, paths := range []int{5_000, 50_000} {
		old, now := objectOf(b, paths, 1), objectOf(b, paths, 2)
		b.Run(fmt.Sprint(paths), func(b *testing.B) {
			for b.Loop() {
				changedText(old, now)
			}
		})
	}
}

// TestDiffAndWatchShowWhereItDiffers in the two commands.
func TestDiffAndWatchShowWhereItDiffers(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	pad := strings.Repeat("x", 100)
	x.do(`create /a '{"name":"svc","retries":3}'`, `create /b '{"name":"svc","retries":4}'`,
		"create /a/t "+pad+"1"+pad, "create /b/t "+pad+"2"+pad)
	x.want("diff /a /b", "~ /  retries: 3 → 4\n"+
		`~ /t  …"xxxxxxxxxxxxxxxx1xxxxxxxxxxxxxxxx"… → …"xxxxxxxxxxxxxxxx2xxxxxxxxxxxxxxxx"…  (from byte 101; 201 bytes)`+"\n", "", 1)
	out := make(chan string)
	y := openOn(t, x.srv, Config{Dialect: D39})
	go func() {
		got, _, _ := y.run("watch -n 1 /a")
		out <- got
	}()
	y.rec.await(t, "the watch", func(it Item) bool { return strings.HasPrefix(it.Text, "Watching /a") })
	x.do(`set /a '{"name":"svc","retries":5}'`)
	if got := <-out; !strings.HasSuffix(got, " changed  /a  retries: 3 → 5\n") {
		t.Errorf("%q", got)
	}
}

// FuzzChanged: two values that differ never look the same, and a line has an end.
func FuzzChanged(f *testing.F) {
	for _, s := range []string{"", "a", `{"a":1}`, `{"a":[1,{"b":"c"}]}`, "[]", "\xff\xfe", strings.Repeat("é", 80), `{"a":1,"a":2}`} {
		f.Add([]byte(s), []byte(s+"x"))
		f.Add([]byte(s), []byte(strings.Replace(s, "1", "2", 1)))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		got := changedText(a, b)
		if !utf8.ValidString(got) || len(got) > 40_000 {
			t.Fatalf("%q, %q: %d bytes: %q", a, b, len(got), got)
		}
		if was, now, found := strings.Cut(got, " → "); !bytes.Equal(a, b) && (!found && !strings.ContainsAny(got[:1], "+-") || was == now) {
			t.Fatalf("%q, %q: %s", a, b, got)
		}
	})
}
