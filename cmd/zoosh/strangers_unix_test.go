//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConfigOfAnother: a configuration that another user owns, or can put in place of this
// user's, runs no command and sends no file, be it the file, its folder, a link to it or
// the folder that the link leads to.
func TestConfigOfAnother(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	const ann = 12345
	ran := filepath.Join(t.TempDir(), "ran")
	secret := file(t, "secret", "root:secret")
	text := fmt.Sprintf(`
[profiles.command]
servers = ["127.0.0.1:1"]
auth = [{scheme = "digest", command = "touch %s && echo ann:secret"}]
[profiles.file]
servers = ["127.0.0.1:1"]
auth = [{scheme = "digest", file = %q}]
[profiles.sasl]
servers = ["127.0.0.1:1"]
sasl = %q
[profiles.neither]
servers = ["127.0.0.1:1"]
`, ran, secret, secret)
	dir := configure(t, text)
	config := filepath.Join(dir, "config.toml")
	shared := t.TempDir()
	linked := filepath.Join(shared, "config.toml")
	if err := os.WriteFile(linked, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		whose string // of the files
		link  bool   // the configuration is one to the shared one
		fine  bool
	}{
		{"", false, true}, {"", true, true},
		{config, false, false}, {dir, false, false},
		{linked, true, false}, {shared, true, false},
	} {
		os.Remove(config)
		if tt.link {
			if err := os.Symlink(linked, config); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if tt.whose != "" {
			if err := os.Chown(tt.whose, ann, ann); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"command", "file", "sasl", "neither"} {
			os.Remove(ran)
			_, errOut, code := zoosh(t, "", "@"+name, "-timeout", "500", "ls", "/")
			refused := strings.Contains(errOut, "its command is not run") || strings.Contains(errOut, "it is not sent") || strings.Contains(errOut, "are not used")
			if refused != (!tt.fine && name != "neither") || code == 0 {
				t.Errorf("%+v, %s: %s", tt, name, errOut)
			}
			if _, err := os.Stat(ran); (err == nil) != (tt.fine && name == "command") {
				t.Errorf("%+v, %s: the command was run: %v", tt, name, err == nil)
			}
			if !tt.fine && !strings.Contains(errOut, "yours or root's") {
				t.Errorf("%+v, %s: what mends it is not said: %s", tt, name, errOut)
			}
		}
		for _, path := range []string{dir, shared, linked} {
			os.Chown(path, 0, 0)
		}
	}
}
