package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zoosh/shell"
)

// hostile is a name that would change the terminal, reorder the line, and begin a line of
// its own.
const hostile = "x\x1b]0;owned\a\x1b[2J\u202e\nzoosh: all is well"

// TestNothingRawOfFiles: what is called like a command to the terminal, or has one in it,
// does not get one there.
func TestNothingRawOfFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such names")
	}
	dir := filepath.Join(t.TempDir(), hostile)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	zoo := func(text string) string {
		return write("zoo.cfg", "dataDir="+strings.ReplaceAll(filepath.Join(dir, "taken"), "\n", `\n`)+"\nclientPort=0\n"+text)
	}
	write("taken", "")
	damaged := filepath.Join(dir, "damaged", "version-2")
	if err := os.MkdirAll(damaged, 0o700); err != nil {
		t.Fatal(err)
	}
	write("damaged/version-2/snapshot.5", "ZKSN no more")
	const block = "# x\n\n```zk S\x1b[1m\n[zk: localhost:2181(CONNECTED) 0] ls /\n%s```\n"
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"no zoo.cfg", []string{"serve", "-config", filepath.Join(dir, "gone")}},
		{"a key", []string{"serve", "-config", zoo("evil\x1b[31m=\x1b[2J\u202e\nclientPort=0\n")}},
		{"a value", []string{"serve", "-config", zoo("tickTime=\x1b[2J\\nzoosh: all is well\n")}},
		{"an ensemble", []string{"serve", "-config", zoo("server.2\x1b[2J=\x1b[2J\n")}},
		{"a data directory", []string{"serve", "-listen", "127.0.0.1:0", "-data-dir", filepath.Join(dir, "taken")}},
		{"damage", []string{"serve", "-listen", "127.0.0.1:0", "-data-dir", filepath.Join(dir, "damaged")}},
		{"no JAAS file", []string{"serve", "-jaas", filepath.Join(dir, "gone")}},
		{"a user", []string{"serve", "-jaas", write("jaas", "Server { org.apache.DigestLoginModule required \"user_\x1b[2J\"=\"\"; };")}},
		{"a section", []string{"serve", "-jaas", write("class", "Server { \x1b[2J required user_a=b; };")}},
		{"no certificate", []string{"serve", "-secure-listen", "127.0.0.1:0", "-cert", filepath.Join(dir, "gone")}},
		{"an argument", []string{"serve", hostile}},
		{"no page", []string{"test", filepath.Join(dir, "gone.md")}},
		{"no transcript", []string{"test", write("none.md", "# none\n")}},
		{"a page that passes", []string{"test", write("passes.md", fmt.Sprintf(strings.Replace(block, "S\x1b[1m", "s", 1), "[zookeeper]\n"))}},
		{"a page that does not", []string{"test", write("fails.md", fmt.Sprintf(block, "[\x1b[31m]\n"))}},
		{"a front matter", []string{"test", write("front.md", "---\ndialect: \x1b[2J\n---\n"+fmt.Sprintf(block, ""))}},
		{"an update", []string{"test", "-update", write("update.md", fmt.Sprintf(strings.Replace(block, "S\x1b[1m", "s", 1), "[x]\n"))}},
		{"no SASL file", []string{"test", "-server", "127.0.0.1:1", "-sasl", filepath.Join(dir, "gone"), "x.md"}},
		{"an unknown profile", []string{"test", "-server", "@" + hostile, "x.md"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errOut, _ := zoosh(t, "", tt.args...)
			if said := out + errOut; said == "" || shell.Printable(said) != said {
				t.Errorf("%q", said)
			}
		})
	}
}

// TestServeSaysNamesPrintably: a server that starts well says where its files are.
func TestServeSaysNamesPrintably(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such names")
	}
	dir := filepath.Join(t.TempDir(), hostile)
	c := startClient(t, "serve", process(t, "serve", "-listen", "127.0.0.1:0", "-data-dir", dir))
	c.expect(`x\x1b]0;owned\x07\x1b[2J\u202e\nzoosh: all is well`)
}

// TestWarnsOfOpenSecrets: a file with passwords that others can read is one to be told of.
func TestWarnsOfOpenSecrets(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	jaas, user := file(t, "jaas.conf", "no JAAS"), file(t, "user", "ann:secret")
	zoo := file(t, "zoo.cfg", "dataDir=/nosuch\nclientPort=0\n")
	key := file(t, "key.pem", "no key")
	store, word := file(t, "key.p12", "no store"), file(t, "password", "changeit")
	client := file(t, "client.properties", "zookeeper.client.secure=true\nzookeeper.ssl.keyStore.location="+store+"\nzookeeper.ssl.keyStore.password=changeit\n")
	apart := file(t, "apart.properties", "zookeeper.client.secure=true\nzookeeper.ssl.keyStore.location="+store+"\nzookeeper.ssl.keyStore.passwordPath="+word+"\n")
	zooTLS := file(t, "zoo.tls.cfg", "dataDir=/nosuch\nsecureClientPort=0\nssl.keyStore.location="+store+"\nssl.keyStore.password=changeit\n")
	zooApart := file(t, "zoo.apart.cfg", "dataDir=/nosuch\nsecureClientPort=0\nssl.keyStore.location="+store+"\nssl.keyStore.passwordPath="+word+"\n")
	super := file(t, "zoo.super.cfg", "dataDir=/nosuch\nclientPort=0\nzookeeper.SASLAuthenticationProvider.superPassword=secret\n")
	with := func(config string) []string {
		return []string{"-server", "127.0.0.1:1", "-client-configuration", config, "ls", "/"}
	}
	for _, tt := range []struct {
		args []string
		file string
	}{
		{[]string{"serve", "-listen", "127.0.0.1:0", "-jaas", jaas}, jaas},
		{[]string{"serve", "-config", zoo, "-jaas", jaas}, jaas},
		{[]string{"serve", "-secure-listen", "127.0.0.1:0", "-cert", "/nosuch", "-key", key}, key},
		{[]string{"-server", "127.0.0.1:1", "-sasl", user, "-key", key, "ls", "/"}, user},
		{[]string{"-server", "127.0.0.1:1", "-sasl", user, "-key", key, "ls", "/"}, key},
		{[]string{"test", "-server", "127.0.0.1:1", "-sasl", user, "-key", key, "x.md"}, user},
		{with(client), client}, {with(client), store}, {with(apart), word}, {with(apart), store},
		{[]string{"serve", "-config", zooTLS}, zooTLS}, {[]string{"serve", "-config", zooTLS}, store},
		{[]string{"serve", "-config", zooApart}, word}, {[]string{"serve", "-config", super, "-jaas", jaas}, super},
	} {
		for _, perm := range []os.FileMode{0o600, 0o640, 0o604, 0o644} {
			if err := os.Chmod(tt.file, perm); err != nil {
				t.Fatal(err)
			}
			_, errOut, _ := zoosh(t, "", tt.args...)
			if n := strings.Count(errOut, tt.file+" can be read by others"); (n == 1) != (perm != 0o600) {
				t.Errorf("%q, %v: %s", tt.args, perm, errOut)
			}
			if perm == 0o644 && strings.Count(errOut, "can be read by others") != 1 {
				t.Errorf("%q warns of another file: %s", tt.args, errOut)
			}
		}
		os.Chmod(tt.file, 0o600)
	}
	// A file without a password in it is everybody's to read.
	for config, args := range map[string][]string{apart: with(apart), zooApart: {"serve", "-config", zooApart}} {
		os.Chmod(config, 0o644)
		if _, errOut, _ := zoosh(t, "", args...); strings.Contains(errOut, "can be read by others") {
			t.Errorf("%q: %s", args, errOut)
		}
	}
}

// TestCommandsOfStrangers: what others may have written into the configuration is not run,
// and sends no password anywhere.
func TestCommandsOfStrangers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	ran := filepath.Join(t.TempDir(), "ran")
	secret := file(t, "secret", "ann:secret")
	dir := configure(t, fmt.Sprintf(`
[profiles.command]
servers = ["127.0.0.1:1"]
auth = [{scheme = "digest", command = "touch %s && echo ann:secret"}]
[profiles.file]
servers = ["127.0.0.1:1"]
auth = [{scheme = "digest", file = %q}]
[profiles.neither]
servers = ["127.0.0.1:1"]
`, ran, secret))
	config := filepath.Join(dir, "config.toml")
	for _, tt := range []struct {
		profile       string
		config, inDir os.FileMode
		refused       bool
	}{
		{"command", 0o600, 0o700, false}, {"command", 0o644, 0o755, false},
		{"command", 0o666, 0o700, true}, {"command", 0o602, 0o700, true}, {"command", 0o620, 0o700, true}, {"command", 0o600, 0o777, true},
		{"command", 0o600, 0o770, true}, {"command", 0o600, 0o777 | os.ModeSticky, false},
		{"file", 0o644, 0o755, false}, {"file", 0o664, 0o700, false}, {"file", 0o666, 0o700, true}, {"file", 0o600, 0o777, true},
		{"neither", 0o666, 0o700, false},
	} {
		for path, perm := range map[string]os.FileMode{config: tt.config, dir: tt.inDir} {
			if err := os.Chmod(path, perm); err != nil {
				t.Fatal(err)
			}
		}
		os.Remove(ran)
		_, errOut, code := zoosh(t, "", "@"+tt.profile, "-timeout", "500", "ls", "/")
		_, err := os.Stat(ran)
		if refused := strings.Contains(errOut, "a credential of scheme digest: it"); refused != tt.refused || code == 0 {
			t.Errorf("%+v: %s", tt, errOut)
		}
		if is := err == nil; is != (tt.profile == "command" && !tt.refused) {
			t.Errorf("%+v: the command was run: %v", tt, is)
		}
		if tt.refused && !strings.Contains(errOut, "can be written by others") {
			t.Errorf("%+v: what mends it is not said: %s", tt, errOut)
		}
	}
}
