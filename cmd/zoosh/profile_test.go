package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/zktest"
)

// configure writes the file of profiles for this test and returns its folder.
func configure(t *testing.T, text string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{"XDG_CONFIG_HOME", "HOME", "AppData"} {
		t.Setenv(name, root)
	}
	base, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(base, "zoosh")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// twoProfiles are dev, the default, and prod, where one is ann.
func twoProfiles(t *testing.T, srv *server.Server) (dir string) {
	t.Helper()
	dir = configure(t, fmt.Sprintf(`
default = "dev"

[profiles.dev]
servers = [%[1]q]
dialect = "3.9"

[profiles.prod]
servers = [%[1]q]
chroot = "/app"
timeout = 5000
dialect = "3.9"

[[profiles.prod.auth]]
scheme = "digest"
file = "prod.auth"
`, srv.Addr()))
	if err := os.WriteFile(filepath.Join(dir, "prod.auth"), []byte("ann:hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestProfiles(t *testing.T) {
	srv := startServer(t, 0)
	dir := twoProfiles(t, srv)
	page, recorded := filepath.Join(dir, "page.md"), filepath.Join(dir, "recorded.md")
	if err := os.WriteFile(page, []byte("```zk\n[zk] get /x\ny\n```\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		in, args, out, err string
		code               int
	}{
		{"", "create /app z", "", "Created /app\n", 0}, // dev, by default
		{"", "@prod create /x y auth::cdrwa", "", "Created /x\n", 0},
		{"", "@prod get /x", "y\n", "", 0},
		{"", "@dev get /app", "z\n", "", 0},
		{"", "@dev get /app/x", "", "Insufficient permission : /app/x\n", 1},
		{"get /x\n", "@prod", "y\n", "", 0},
		{"get /x\n", "-server @prod", "y\n", "", 0},
		{"", "@prod -waitforconnection get /x", "y\n", "", 0},
		{"", "-waitforconnection @prod -plain get /x", "y\n", "", 0},
		{"", "@prod -server " + srv.Addr() + " get /app/x", "y\n", "", 0}, // the flag goes before, ann is still ann
		{"", "-server " + srv.Addr() + " get /app/x", "", "Authentication is not valid : /app/x\n", 1},
		{"", "@prod -dialect 3.4 ls2", "", "ls2 path [watch]\n", 1},
		{"", "@prod create @x y", "", "Path must start with / character\n", 1}, // behind the command it is the command's
		{"close\nconnect\nget /x\n", "@prod", "y\n", "", 0},                    // and after each connect
		{"connect localhost:" + port(srv) + "/app\nget /x\n", "@prod", "", "Insufficient permission : /x\n", 1},
		{"", "test @prod " + page, "ok   " + page + " (1 command, 0 events)\n", "", 0},
		{"", "@prod test " + page, "ok   " + page + " (1 command, 0 events)\n", "", 0},
		{"", "test -server @prod " + page, "ok   " + page + " (1 command, 0 events)\n", "", 0},
		{"get /x\n", "record " + recorded + " @prod", "y\n", "…", 0},
		{"", "@nope ls /", "", `zoosh: there is no profile "nope": there are dev, prod (zoosh -help tells more)` + "\n", 2},
		{"", "test @pord " + page, "", `zoosh test: there is no profile "pord": there are dev, prod; did you mean prod? (zoosh test -help tells more)` + "\n", 2},
		{"", "@prod @dev ls /", "", "zoosh: one profile at a time: @prod or @dev? (zoosh -help tells more)\n", 2},
		{"", "@prod -embedded ls /", "", "zoosh: -embedded and @prod exclude each other (zoosh -help tells more)\n", 2},
		{"", "@prod serve", "", `zoosh serve: unexpected "@prod" (zoosh serve -help tells more)` + "\n", 2},
		{"", "-embedded ls /", "[zookeeper]\n", "", 0}, // not the default's
	} {
		out, errOut, code := zoosh(t, tt.in, strings.Fields(tt.args)...)
		if out != tt.out || errOut != tt.err && tt.err != "…" || code != tt.code {
			t.Errorf("zoosh %s: code %d, out %q, err %q; want %d, %q, %q", tt.args, code, out, errOut, tt.code, tt.out, tt.err)
		}
	}
	src, err := os.ReadFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(src); strings.Contains(s, "hunter2") || !strings.Contains(s, "shown who it is") {
		t.Errorf("the recording is\n%s", s)
	}
	if out, errOut, code := zoosh(t, "", "play", "-plain", "-auto", "@prod", "client"); code != 0 {
		t.Errorf("a lesson below a chroot: code %d, %s%s", code, out, errOut)
	}
}

func port(srv *server.Server) string {
	_, port, _ := net.SplitHostPort(srv.Addr())
	return port
}

// What a call cannot keep to it refuses.
func TestProfileThatCannotBeKept(t *testing.T) {
	configure(t, "[profiles.prod]\nservers = ['localhost']\nreadonly = true\n[profiles.tls]\nservers = ['localhost']\ncacert = 'ca.pem'\n")
	for _, args := range [][]string{{"test", "@prod", "x.md"}, {"play", "@prod", "master"}, {"play", "-server", "@prod", "master"}} {
		if out, errOut, code := zoosh(t, "", args...); code != 2 || out != "" || !strings.Contains(errOut, "the profile prod says readonly, which zoosh "+args[0]+" cannot keep to") {
			t.Errorf("%q: code %d, out %q, err %q", args, code, out, errOut)
		}
	}
}

// A credential that cannot be had, or that the server refuses, is no reason to go on
// as nobody.
func TestProfileCredentialFails(t *testing.T) {
	srv := startServer(t, 0)
	config := func(auth string) {
		configure(t, fmt.Sprintf("[profiles.prod]\nservers = [%q]\ndialect = '3.9'\n[[profiles.prod.auth]]\nscheme = %s\n", srv.Addr(), auth))
	}
	config(`"digest"` + "\nfile = \"none\"")
	if _, errOut, code := zoosh(t, "", "@prod", "ls", "/"); code != 1 || !strings.Contains(errOut, "zoosh: profile prod: the credential of scheme digest, from file ") {
		t.Errorf("no file: code %d, err %q", code, errOut)
	}
	config(`"digest"` + "\ncommand = \"exit 4\"")
	if _, errOut, code := zoosh(t, "", "@prod", "ls", "/"); code != 1 || errOut != "zoosh: profile prod: the credential of scheme digest, from command exit 4: exit status 4\n" {
		t.Errorf("a command that fails: code %d, err %q", code, errOut)
	}
	config(`"nosuch"` + "\ncommand = \"hostname\"")
	// The first command may be on its way before the refusal comes.
	out, errOut, code := zoosh(t, "sync /\nls /\n", "@prod")
	if code != 1 || strings.Contains(out, "zookeeper") || !strings.Contains(errOut, `credential of scheme "nosuch" was refused`) {
		t.Errorf("a scheme that the server does not know: code %d, out %q, err %q", code, out, errOut)
	}
}

func TestProfilesList(t *testing.T) {
	dir := twoProfiles(t, startServer(t, 0))
	out, errOut, code := zoosh(t, "", "profiles")
	if code != 0 || errOut != "" || strings.Contains(out, "hunter2") {
		t.Errorf("code %d, err %q, out %q", code, errOut, out)
	}
	inOrder(t, out, "dev ", ", default, dialect 3.9\n", "prod ", "/app, digest from ", "prod.auth", "timeout 5000 ms\n")
	if err := os.Chmod(filepath.Join(dir, "config.toml"), 0o622); err != nil {
		t.Fatal(err)
	}
	if _, errOut, _ := zoosh(t, "", "@prod", "get", "/"); os.PathSeparator == '/' && !strings.Contains(errOut, "can be written by others") {
		t.Errorf("it says %q", errOut)
	}
	configure(t, "[profiles.prod]\nservers = []\n")
	if _, errOut, code := zoosh(t, "", "profiles"); code != 1 || !strings.Contains(errOut, "config.toml:2: the profile prod has no servers") {
		t.Errorf("code %d, err %q", code, errOut)
	}
	configure(t, "")
	if out, errOut, code := zoosh(t, "", "profiles"); code != 0 || out != "" || !strings.Contains(errOut, "There are no profiles in ") {
		t.Errorf("code %d, out %q, err %q", code, out, errOut)
	}
}

// A credential is in no argument of a process while the session lasts, and in no
// history.
func TestCredentialsAreNotShown(t *testing.T) {
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("no /proc to look at")
	}
	srv := startServer(t, 0)
	twoProfiles(t, srv)
	cmd := process(t, "@prod")
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+t.TempDir())
	c := startClient(t, "zoosh", cmd)
	c.send("ls /zookeeper")
	c.expect("Node does not exist")
	procs, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, proc := range append(slices.Clone(procs), fmt.Sprintf("/proc/%d/environ", cmd.Process.Pid)) {
		if text, _ := os.ReadFile(proc); strings.Contains(string(text), "hunter2") {
			t.Errorf("%s shows it: %q", proc, text)
		}
	}
}

// The profiles that the manual shows, and those that help does, can be read.
func TestProfilesInTheDocuments(t *testing.T) {
	_, block, _ := strings.Cut(document(t, manualDir, "profiles.md"), "```toml\n")
	block, _, _ = strings.Cut(block, "```")
	for _, text := range []string{block, profileExample} {
		configure(t, text)
		file, err := readProfiles()
		if err != nil {
			t.Fatal(err)
		}
		if p := file.Find("prod"); file.Default != "dev" || file.Find("dev") == nil || p == nil || !p.ReadOnly || p.Colour != "red" || len(p.Auth) != 1 {
			t.Errorf("it is not what is told of it:\n%s", text)
		}
	}
}

// A profile has TLS and SASL as the flags have them.
func TestSecuredProfile(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	client := ca.Issue("client", false)
	_, addr := zktest.StartTLS(t, ca.Issue("server", false, "127.0.0.1", "localhost"), ca)
	dir := configure(t, fmt.Sprintf("[profiles.prod]\nservers = [%q]\ncacert = %q\ncert = %q\nkey = %q\n", addr, ca.CertFile, client.CertFile, client.KeyFile))
	page := filepath.Join(dir, "page.md")
	if err := os.WriteFile(page, []byte("```zk\n[zk] create /a b\nCreated /a\n```\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"@prod", "ls", "/"}, {"test", "@prod", page}, {"play", "-plain", "-auto", "@prod", "client"}} {
		if out, errOut, code := zoosh(t, "", args...); code != 0 {
			t.Errorf("%q: code %d, %s%s", args, code, out, errOut)
		}
	}
	if out, _, _ := zoosh(t, "", "complete", "zsh", "@prod", "get", "/"); !strings.Contains(out, "/zookeeper") {
		t.Errorf("completion: %q", out)
	}
	if _, errOut, code := zoosh(t, "", "@prod", "-cacert", client.CertFile, "ls", "/"); code != 1 || !strings.Contains(errOut, "signed by no CA that is trusted here") {
		t.Errorf("a flag over the profile: code %d, err %q", code, errOut)
	}
}

// connect @NAME at a prompt or in a script, and the other side of diff, take a profile
// where a connect string stands.
func TestProfileWhereAConnectStringStands(t *testing.T) {
	srv := startServer(t, 0)
	twoProfiles(t, srv)
	zoosh(t, "", "create", "/app", "z")
	zoosh(t, "", "@prod", "create", "/x", "y", "auth::cdrwa")
	zoosh(t, "", "create", "/same", "z")
	for _, tt := range []struct {
		in, args, out, err string
		code               int
	}{
		{"connect @prod\nget /x\n", "", "y\n", "", 0},
		{"create -e /mine x\nconnect @pord\nget /mine\n", "@dev", "x\n", "Created /mine\nconnect @pord: there is no profile \"pord\": there are dev, prod; did you mean prod?; the session on " + srv.Addr() + " stays\n", 0},
		{"", "@dev diff -noacl @prod/x /app/x", "", "app/x: Insufficient permission : /app/x\n", 2},
		{"", "-server @prod diff -noacl @prod/x /x", "", "", 0},
		{"", "@dev connect @nope", "", "connect @nope: there is no profile \"nope\": there are dev, prod", 1},
	} {
		out, errOut, code := zoosh(t, tt.in, strings.Fields(tt.args)...)
		if out != tt.out || !strings.Contains(errOut, tt.err) || code != tt.code {
			t.Errorf("%q zoosh %s: code %d, out %q, err %q; want %d, %q, %q", tt.in, tt.args, code, out, errOut, tt.code, tt.out, tt.err)
		}
	}
}
