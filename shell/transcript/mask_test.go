package transcript

import (
	"encoding/base64"
	"strings"
	"testing"

	"zoosh/shell"
)

// What is in a recording has no digest and no password of anybody's, and the lines have
// as many words as before.
func FuzzMask(f *testing.F) {
	f.Add("bob", "sesame", "create /a x ", ":cdrwa", "'digest,'")
	f.Add("o'x", "a b", "multi create /a \"x\" ", ":r ; set /b ''", `{"id":"`)
	f.Add("%", "p", "0", "0", "0") // whose stand-in's digest begins with p+
	f.Add("u", "p", "setAcl /a ip:1.2.3.4:r,", ":r,auth:u:p:r", "\n")
	f.Fuzz(func(t *testing.T, user, password, before, after, output string) {
		if user == "" || password == "" || len(user) > 500 || strings.ContainsAny(user, ":,'\"{}[]()=;\\"+" \t\n\v\f\r") || strings.ContainsAny(password, "\"'") {
			return
		}
		var m mask
		digest := digestOf(user, password)
		acl := "digest:" + user + ":" + digest
		word := ""
		if line, ok := m.line("addauth digest " + "\"" + user + ":" + password + "\""); ok {
			word = m.password(user, password)
			if want := "addauth digest " + user + ":" + word; line != want {
				t.Fatalf("%q, want %q", line, want)
			}
		}
		for _, line := range []string{before + acl + after, before + acl + "=" + after, output + acl + after} {
			masked, ok := m.line(line)
			if !ok {
				continue
			}
			for _, d := range shell.DigestsIn(masked) {
				if got := masked[d.From:d.To]; !m.ours[got] {
					t.Fatalf("%q: %q has the digest %s", line, masked, got)
				}
			}
			if again, ok := m.line(masked); !ok || again != masked {
				t.Fatalf("%q becomes %q, and that %q, %v", line, masked, again, ok)
			}
			was, _ := shell.Words(line)
			if is, _ := shell.Words(masked); len(is) != len(was) {
				t.Fatalf("%q has %d words, %q %d", line, len(was), masked, len(is))
			}
		}
		shown := m.text(output + "\n" + acl + ":r\n")
		if strings.HasSuffix(shown, "\n"+acl+":r\n") || word != "" && !strings.HasSuffix(shown, user+":"+digestOf(user, word)+":r\n") {
			t.Fatalf("%q is shown as %q", acl, shown)
		}
		if again := m.text(shown); again != shown {
			t.Fatalf("%q, then %q", shown, again)
		}
	})
}

// digestOf is what ZooKeeper keeps of a password.
func digestOf(user, password string) string {
	return base64.StdEncoding.EncodeToString(digestsOf(user, password)[0])
}
