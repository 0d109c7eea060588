package javaconf

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var propertiesCases = []struct {
	text string
	want map[string]string
}{
	{"", map[string]string{}},
	{"# a=b\n! c=d\n   # e=f\n\n \t\f\n", map[string]string{}},
	{"a=b\nc:d\ne f\ng\n", map[string]string{"a": "b", "c": "d", "e": "f", "g": ""}},
	{"  a  =  b c  \n", map[string]string{"a": "b c  "}},
	{"a = = b\na2 : : b", map[string]string{"a": "= b", "a2": ": b"}},
	{"a=1\na=2", map[string]string{"a": "2"}},
	{`a\=b\:c\ d=e`, map[string]string{"a=b:c d": "e"}},
	{"a=b\\\n   c\\\n#d\ne=f", map[string]string{"a": "bc#d", "e": "f"}},
	{"a=b\\\\\nc=d", map[string]string{"a": `b\`, "c": "d"}},
	{"a=b\\", map[string]string{"a": "b"}},
	{"a=b\r\nc=d\re=f", map[string]string{"a": "b", "c": "d", "e": "f"}},
	{`a=\t\n\r\f\q\"`, map[string]string{"a": "\t\n\r\fq\""}},
	{`\u0061=\u00FC\uD83D\uDE00`, map[string]string{"a": "ü😀"}},
	{"# c\\\na=b", map[string]string{"a": "b"}},
	{"=b\n:c", map[string]string{"": "c"}},
	{"a\\\n  =b", map[string]string{"a": "b"}},
	{"a=C:\\\\stores\\\\k.p12", map[string]string{"a": `C:\stores\k.p12`}},
	{"a=x\xfc", map[string]string{"a": "xü"}},
}

func TestProperties(t *testing.T) {
	for _, tt := range propertiesCases {
		if got, err := Properties(tt.text); err != nil || !maps.Equal(got, tt.want) {
			t.Errorf("%q: %q %v, want %q", tt.text, got, err, tt.want)
		}
	}
	for text, want := range map[string]string{
		"a=b\n\nc=\\u12": "line 3", `a=\u00g0`: "four hexadecimal", "a=\\u\x10\x10\x10\x10": "four",
	} {
		if got, err := Properties(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q %v, want an error with %q", text, got, err, want)
		}
	}
}

// TestPropertiesAsJava: the table is what Java itself reads.
func TestPropertiesAsJava(t *testing.T) {
	javac, err := exec.LookPath("javac")
	if err != nil {
		t.Skip("there is no Java compiler here")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("P.java", `import java.util.*; import java.io.*;
class P { public static void main(String[] files) throws Exception {
  for (String f : files) {
    Properties p = new Properties(); p.load(new FileInputStream(f));
    StringBuilder b = new StringBuilder();
    for (String k : new TreeSet<>(p.stringPropertyNames())) {
      for (String s : new String[]{k, p.getProperty(k)}) { for (char c : s.toCharArray()) b.append(Integer.toHexString(c)).append('.'); b.append('|'); }
    }
    System.out.println(b);
  } } }`)
	args := []string{"-cp", dir, "P"}
	for i, tt := range propertiesCases {
		write(fmt.Sprint(i), tt.text)
		args = append(args, filepath.Join(dir, fmt.Sprint(i)))
	}
	if out, err := exec.Command(javac, "-d", dir, filepath.Join(dir, "P.java")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command("java", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		if want := hexed(propertiesCases[i].want); line != want {
			t.Errorf("%q: Java reads %s, the table has %s", propertiesCases[i].text, line, want)
		}
	}
}

func hexed(m map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(m)) {
		for _, s := range []string{k, m[k]} {
			for _, r := range s {
				for _, u := range utf16Of(r) {
					fmt.Fprintf(&b, "%x.", u)
				}
			}
			b.WriteByte('|')
		}
	}
	return b.String()
}

func utf16Of(r rune) []rune {
	if r < 0x10000 {
		return []rune{r}
	}
	r -= 0x10000
	return []rune{0xd800 + r>>10, 0xdc00 + r&0x3ff}
}

func FuzzProperties(f *testing.F) {
	for _, tt := range propertiesCases {
		f.Add(tt.text)
	}
	quote := func(s string) string {
		var b strings.Builder
		for _, u := range s {
			for _, c := range utf16Of(u) {
				fmt.Fprintf(&b, `\u%04x`, c)
			}
		}
		return b.String()
	}
	f.Fuzz(func(t *testing.T, text string) {
		props, err := Properties(text)
		if err != nil {
			return
		}
		var b strings.Builder
		for k, v := range props {
			b.WriteString(quote(k) + "=" + quote(v) + "\n")
		}
		if again, err := Properties(b.String()); err != nil || !maps.Equal(again, props) {
			t.Fatalf("%q: %q, then %q %v", text, props, again, err)
		}
	})
}

const jaasExample = `// zkCli's
Client {
   org.apache.zookeeper.server.auth.DigestLoginModule required /* with
   two lines */ username="ann" password="s\"e;}cret";
};
Server { x.Y optional a=b c='d' "user_a@B"="e"; x.Z required; };
Empty {};
`

func TestJAAS(t *testing.T) {
	got, err := JAAS(jaasExample)
	want := map[string][]Module{
		"Client": {{"org.apache.zookeeper.server.auth.DigestLoginModule", "required", map[string]string{"username": "ann", "password": `s"e;}cret`}}},
		"Server": {{"x.Y", "optional", map[string]string{"a": "b", "c": "d", "user_a@B": "e"}}, {"x.Z", "required", map[string]string{}}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
	for text, want := range map[string]string{
		"Client":                              "{ is missing",
		"Client {\n x.Y required a=\"secret":  "line 2: a quote",
		"Client { x.Y required a \"secret\";": "= is missing",
		"Client { x.Y required a=b; }":        "; after }",
		"Client { x.Y; };":                    "flag",
		"{":                                   "name",
		"/* Client {":                         "",
		"\"secret\" {":                        "name",
	} {
		_, err := JAAS(text)
		if want == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzJAAS(f *testing.F) {
	f.Add(jaasExample)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := JAAS(text); err != nil && strings.Count(err.Error(), "\n") > 0 {
			t.Fatal(err)
		}
	})
}
