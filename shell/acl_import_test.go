package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An export with a malformed ACL is refused before anything is created; one that
// locks znodes up is asked about.
func TestImportOfACLs(t *testing.T) {
	for _, test := range []struct {
		acl             string
		code            int
		err, asks, line string
	}{
		{`{"scheme":"world","id":"anyone","perms":"cdrwa"}`, 0, "", "", ""},
		{`{"scheme":"world","id":"anyone","perms":"rq"}`, 1, "'q' is no permission", "", ""},
		{`{"scheme":"world","id":"everyone","perms":"cdrwa"}`, 1, "everyone", "", ""},
		{`{"scheme":"ip","id":"300.0.0.1","perms":"cdrwa"}`, 1, "300.0.0.1", "", ""},
		{`{"scheme":"digest","id":"bob","perms":"cdrwa"}`, 1, "digest", "", ""},
		{`{"scheme":"","id":"x","perms":"cdrwa"}`, 1, "scheme", "", ""},
		{`{"scheme":"world","id":"anyone","perms":"r"}`, 0, "", "Only a superuser could change the ACL of /in/a again", ""},
		{`{"scheme":"world","id":"anyone","perms":"r"}`, 0, "", "", "import -y FILE /in"},
		{`{"scheme":"digest","id":"bob:x","perms":"cdrwa"}`, 0, "/in/a", "superuser", ""},
		{`{"scheme":"digest","id":"bob:x","perms":"cdrwa"}`, 0, "/in/a", "", "import -dry-run FILE /in"},
	} {
		a := asked{answer: true}
		x := open(t, Config{Dialect: D39, Typed: true, Ask: a.ask})
		file := filepath.Join(t.TempDir(), "export.json")
		text := `{"zoosh":"export","version":1,"root":"/x"}
{"path":"/","kind":"persistent","data":"","acl":[{"scheme":"world","id":"anyone","perms":"cdrwa"}]}
{"path":"/a","kind":"persistent","data":"","acl":[` + test.acl + `]}
`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		line := test.line
		if line == "" {
			line = "import FILE /in"
		}
		_, errText, code := x.run(strings.Replace(line, "FILE", file, 1))
		if code != test.code || !strings.Contains(errText, test.err) {
			t.Errorf("%s: code %d, %q; want %d, %q", test.acl, code, errText, test.code, test.err)
		}
		if asked := fmt.Sprint(a.questions); !strings.Contains(asked, test.asks) || test.asks == "" && strings.Contains(asked, "superuser") {
			t.Errorf("%s: asked %s, want %q", test.acl, asked, test.asks)
		}
		if out, _, _ := x.run("ls /"); test.code != 0 && out != "[zookeeper]\n" {
			t.Errorf("%s: refused, but there is %s", test.acl, out)
		}
	}
}
