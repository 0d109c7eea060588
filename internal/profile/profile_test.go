package profile

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var rules = Rules{Dialects: []string{"3.4", "3.8", "3.9", "auto"}, Colours: []string{"red", "green"}}

// written is a file of profiles with that text.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	t.Setenv("HOME", "/home/ann")
	path := written(t, `
default = "dev"

[profiles.dev]
servers = ["localhost"]

[profiles.prod]
servers = ["zk1:2281", "[::1]:2281"]
chroot = "/app"
tls = true
sasl = "me.sasl"
cacert = "ca.pem"
cert = "~/me.pem"
key = "/etc/me.key"
insecure = true
client-configuration = "client.cfg"
timeout = 10000
dialect = "3.8"
readonly = true
color = "red"

[[profiles.prod.auth]]
scheme = "digest"
file = "prod.auth"

[[profiles.prod.auth]]
scheme = "digest"
command = "pass show zk/prod"
`)
	f, err := Read(path, rules)
	if err != nil {
		t.Fatal(err)
	}
	beside := func(name string) string { return filepath.Join(filepath.Dir(path), name) }
	want := &Profile{
		Name: "prod", Servers: []string{"zk1:2281", "[::1]:2281"}, Chroot: "/app", Timeout: 10 * time.Second,
		Dialect: "3.8", ReadOnly: true, Colour: "red",
		TLS: true, SASL: beside("me.sasl"), CACert: beside("ca.pem"), Cert: "/home/ann/me.pem", Key: "/etc/me.key", Insecure: true, ClientConfiguration: beside("client.cfg"),
		Auth: []Auth{{Scheme: "digest", File: beside("prod.auth")}, {Scheme: "digest", Command: "pass show zk/prod"}},
	}
	if runtime.GOOS == "windows" { // whose paths are others
		t.Skip("the paths are Unix's")
	}
	if got := f.Find("prod"); !reflect.DeepEqual(got, want) {
		t.Errorf("prod is\n%+v, want\n%+v", got, want)
	}
	if f.Default != "dev" || !reflect.DeepEqual(f.Names(), []string{"dev", "prod"}) || f.Find("test") != nil {
		t.Errorf("default %q, names %q", f.Default, f.Names())
	}
	if got, want := fmt.Sprint(f.Find("prod").Settings()), fmt.Sprintf("[{server zk1:2281,[::1]:2281/app} {timeout 10000} {dialect 3.8}"+
		" {tls true} {cacert %s} {cert /home/ann/me.pem} {key /etc/me.key} {sasl %s} {client-configuration %s} {insecure true} {readonly true}]", beside("ca.pem"), beside("me.sasl"), beside("client.cfg")); got != want {
		t.Errorf("settings %s, want %s", got, want)
	}
}

func TestNoFile(t *testing.T) {
	f, err := Read(filepath.Join(t.TempDir(), "none", "config.toml"), rules)
	if err != nil || len(f.Names()) != 0 || f.Find("prod") != nil {
		t.Errorf("%v, %v", f, err)
	}
}

// What is wrong is said with its line.
func TestWrongFiles(t *testing.T) {
	const prod = "[profiles.prod]\nservers = [\"zk1\"]\n"
	for _, tt := range []struct {
		text string
		line int
		want string
	}{
		{"[profiles.prod\n", 1, "expected"},
		{"a = 1\na = 2\n", 2, "already"},
		{"defualt = 'x'\n", 1, `there is no key "defualt" here`},
		{"default = 'x'\n", 1, `there is no profile "x"`},
		{prod + "chrot = '/a'\n", 3, `there is no key "chrot" here`},
		{prod + "\n[[profiles.prod.auth]]\nscheme = 'digest'\npassword = 'hunter2'\n", 6, "password: no password stands in this file"},
		{prod + "password = 'hunter2'\n", 3, "no password stands in this file"},
		{prod + "auth = [{scheme = 'digest', secret = 'hunter2'}]\n", 3, "no password stands in this file"},
		{prod + "[[profiles.prod.auth]]\nscheme = 'digest'\ncommand = 'echo bob:hunter2'\n", 5, "no password stands in this file"},
		{prod + "[[profiles.prod.auth]]\nscheme = 'digest'\n", 3, "file or command"},
		{prod + "[[profiles.prod.auth]]\nfile = 'x'\n", 3, "has no scheme"},
		{prod + "[[profiles.prod.auth]]\nscheme = 'a'\nfile = 'x'\n[[profiles.prod.auth]]\nscheme = 'b'\nfile = 'x'\ncommand = 'y'\n", 9, "exclude"},
		{"[profiles.prod]\nservers = 'zk1'\n", 2, "a list of servers"},
		{"[profiles.prod]\nservers = [1]\n", 2, "a list of servers"},
		{"[profiles.prod]\nchroot = '/a'\n", 1, "has no servers"},
		{"[profiles.prod]\nservers = ['zk1:port']\n", 2, "port"},
		{"[profiles.prod]\nservers = ['zk1,zk2']\n", 2, "a server each"},
		{"[profiles.prod]\nservers = ['zk1/a']\n", 2, "the path in chroot"},
		{prod + "chroot = 'a'\n", 3, "does not begin with /"},
		{prod + "chroot = '/a/../b'\n", 3, "chroot"},
		{prod + "timeout = '10s'\n", 3, "milliseconds"},
		{prod + "timeout = 0\n", 3, "milliseconds"},
		{prod + "timeout = -1\n", 3, "milliseconds"},
		{prod + "dialect = '3.5'\n", 3, "3.4, 3.8, 3.9, auto"},
		{prod + "colour = 'pink'\n", 3, "red, green"},
		{prod + "color = 'pink'\n", 3, "red, green"},
		{prod + "readonly = 'yes'\n", 3, "true or false"},
		{"[profiles.'a b']\nservers = ['zk1']\n", 1, "no name for a profile"},
		{prod + "dialect = '3.5'\n[profiles.a]\ncolour = 'pink'\n", 3, "dialect"}, // the first of them
	} {
		path := written(t, tt.text)
		_, err := Read(path, rules)
		if err == nil {
			t.Errorf("%q was read", tt.text)
			continue
		}
		rest, ok := strings.CutPrefix(err.Error(), fmt.Sprintf("%s:%d: ", path, tt.line))
		if !ok || !strings.Contains(rest, tt.want) || strings.Contains(rest, "\n") {
			t.Errorf("%q: %v; want line %d and %q", tt.text, err, tt.line, tt.want)
		}
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(rest, "toml") || strings.Contains(rest, "profile.") {
			t.Errorf("%q: it says too much: %v", tt.text, err)
		}
	}
}

func TestExposed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	path := written(t, "[profiles.a]\nservers = ['x']\nkey = 'key'\nauth = [{scheme = 'digest', file = 'open'}, {scheme = 'digest', file = 'shut'}, {scheme = 'digest', file = 'gone'}]\n")
	for name, perm := range map[string]os.FileMode{"key": 0o640, "open": 0o604, "shut": 0o600} {
		file := filepath.Join(filepath.Dir(path), name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, perm); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Read(path, rules)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range f.Find("a").Exposed() {
		names = append(names, filepath.Base(file))
	}
	if !reflect.DeepEqual(names, []string{"key", "open"}) {
		t.Errorf("exposed: %q", names)
	}
	if f.Foreign() {
		t.Error("a file of 0600 is nobody else's to write")
	}
	if err := os.Chmod(path, 0o622); err != nil {
		t.Fatal(err)
	}
	if !f.Foreign() {
		t.Error("a file of 0622 can be written by others")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("default='a'\n[profiles.a]\nservers=['x']\n[[profiles.a.auth]]\nscheme='digest'\nfile='f'\n")
	f.Add("profiles = {a = {servers = ['x'], auth = [{scheme = 's'}]}}\n")
	f.Add("[[profiles]]\n[profiles.a.b]\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := &File{Path: "f", profiles: map[string]*Profile{}}
		if err := file.parse([]byte(text), rules); err != nil {
			return
		}
		for _, name := range file.Names() {
			if p := file.Find(name); len(p.Servers) == 0 || len(p.Settings()) == 0 || !validName(name) {
				t.Errorf("%q was read from %q", name, text)
			}
		}
	})
}

// TestKeys: a binding with its line, the name in quotes or with dots.
func TestKeys(t *testing.T) {
	read := func(text string) (*File, error) {
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return Read(path, Rules{})
	}
	f, err := read("[keys]\nhelp = \"F1\"\ntree.find = [\"/\", \"^F\"]\n\"tree.up\" = []\n[keys.node]\ndown = \"j\"\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range f.Bindings {
		got = append(got, fmt.Sprint(b.line, " ", b.Action, b.Keys))
	}
	if want := []string{"2 help[F1]", "3 tree.find[/ ^F]", "4 tree.up[]", "6 node.down[j]"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := f.BindingError(f.Bindings[3], "no").Error(); got != f.Path+":6: no" {
		t.Error(got)
	}
	for text, want := range map[string]string{
		"[keys]\n\nhelp = 1\n": `:3: help: a key in quotes, or a list of them, such as ["ctrl+n", "F6"]`,
		"[keys]\nhelp = [1]\n": ":2: help: a key in quotes",
		"keys = 1\n":           ":1: keys is a table of actions: [keys]",
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
