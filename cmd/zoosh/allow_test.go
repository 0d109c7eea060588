package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoosh/internal/server"
)

// pageOf makes a page of lines, with what its front matter needs.
func pageOf(t *testing.T, dir, needs string, lines ...string) string {
	t.Helper()
	src := "# A page\n\n```zk\n[zk] " + strings.Join(lines, "\n...\n[zk] ") + "\n...\n```\n"
	if needs != "" {
		src = "---\nneeds: " + needs + "\n---\n" + src
	}
	file := filepath.Join(dir, "page.md")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// forBoth calls test and play with a page, and hands on what both of them say.
func forBoth(t *testing.T, args []string, file string, check func(call, said string, code int)) {
	t.Helper()
	for _, call := range [][]string{{"test"}, {"play", "-plain", "-auto"}} {
		out, errOut, code := zoosh(t, "", append(append(call, args...), file)...)
		check(call[0], out+errOut, code)
	}
}

// TestPageWritesAndReadsNoFile: a page that does not say that it needs files has none,
// whatever is allowed, and nothing of it is run.
func TestPageWritesAndReadsNoFile(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Chdir(home)
	bashrc := filepath.Join(home, ".bashrc")
	if err := os.WriteFile(bashrc, []byte("true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	pages := t.TempDir()
	for _, lines := range [][]string{
		{`create /a "$(touch x)"`, "export -f /a " + bashrc},
		{`create /a "$(touch x)"`, "export -f /a .bashrc"},
		{`create /a "$(touch x)"`, "export -f /a '.bash'rc"},
		{`create /a "$(touch x)"`, `export /a ".bash\x72c" -f`},
		{"import /etc/passwd /b"}, {"import -dry-run /etc/passwd /b"}, {"diff / file:/etc/passwd"}, {"reconfig -file /etc/passwd"},
		{"record x.md"},
	} {
		file := pageOf(t, pages, "", lines...)
		for _, args := range [][]string{nil, {"-allow", "files=" + home}} {
			forBoth(t, args, file, func(call, said string, code int) {
				if code != 1 || !strings.Contains(said, "needs: files") || !strings.Contains(said, "-allow files=DIR") || !strings.Contains(said, "nothing was run") {
					t.Errorf("%s %q %q: code %d\n%s", call, args, lines, code, said)
				}
			})
		}
	}
	if b, err := os.ReadFile(bashrc); err != nil || string(b) != "true\n" {
		t.Errorf(".bashrc is %q, %v", b, err)
	}
	if there, err := os.ReadDir(home); err != nil || len(there) != 1 {
		t.Errorf("%v, %v", there, err)
	}
}

// TestPageRefusedAtItsLine: what does not show before is refused when it is run.
func TestPageRefusedAtItsLine(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("app.json:1", []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := pageOf(t, dir, "", "create /a x", "dialect 3.9", "diff / app.json:1", "redo 2")
	forBoth(t, nil, file, func(call, said string, code int) {
		if code != 1 || strings.Contains(said, "secret") || strings.Contains(said, "magic") {
			t.Errorf("%s: code %d\n%s", call, code, said)
		}
	})
}

// TestPageNeedsFiles: it is told which flag is missing, and has what is below the
// folder then, and nothing else.
func TestPageNeedsFiles(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "dir")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(top, "secret")
	if err := os.WriteFile(secret, []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	pages := t.TempDir()
	good := pageOf(t, pages, "files", "create /a x", "export -f /a a.json", "import -y a.json /b", "diff /a file:a.json")
	forBoth(t, nil, good, func(call, said string, code int) {
		if code != 1 || !strings.Contains(said, "-allow files=DIR") || strings.Contains(said, "Created /a") {
			t.Errorf("%s: code %d\n%s", call, code, said)
		}
	})
	forBoth(t, []string{"-allow", "files=" + dir}, good, func(call, said string, code int) {
		if code != 0 {
			t.Errorf("%s: code %d\n%s", call, code, said)
		}
	})
	if _, err := os.Stat(filepath.Join(dir, "a.json")); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"../secret", secret, "link", "/etc/passwd", "x/../../secret"} {
		bad := pageOf(t, pages, "files, connect", "create /a x", "export -f /a "+name)
		forBoth(t, []string{"-allow", "files=" + dir, "-allow", "connect=zk9:1"}, bad, func(call, said string, code int) {
			if code != 1 || !strings.Contains(said, "nothing was run") {
				t.Errorf("%s %s: code %d\n%s", call, name, code, said)
			}
		})
	}
	if b, _ := os.ReadFile(secret); string(b) != "s" {
		t.Errorf("the secret is %q", b)
	}
	good = pageOf(t, pages, "files", "export -f /a a.json")
	if _, said, code := zoosh(t, "", "play", "-turn", "-allow", "files="+dir, good); code != 1 || !strings.Contains(said, "cannot be your turn") {
		t.Errorf("your turn: code %d, %q", code, said)
	}
}

// TestPageStaysOnItsServer: a page leaves neither its server nor, with -server, its
// place there.
func TestPageStaysOnItsServer(t *testing.T) {
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	at := func(words ...string) string {
		t.Helper()
		out, errOut, code := zoosh(t, "", append([]string{"-server", srv.Addr()}, words...)...)
		if code != 0 {
			t.Fatalf("%q: %s", words, errOut)
		}
		return out
	}
	for _, path := range []string{"/sandbox", "/prod", "/prod/a"} {
		at("create", path, "x")
	}
	before := at("ls", "-R", "/prod")
	pages := t.TempDir()
	for _, args := range [][]string{nil, {"-server", srv.Addr() + "/sandbox"}, {"-server", srv.Addr() + "/sandbox", "-allow", "connect=" + srv.Addr() + "/other"}} {
		for _, to := range []string{srv.Addr(), srv.Addr() + "/", srv.Addr() + "/prod", "zk9:2181," + srv.Addr()} {
			file := pageOf(t, pages, "", "connect "+to, "deleteall -y /prod", "deleteall -y /a")
			forBoth(t, args, file, func(call, said string, code int) {
				if code != 1 || !strings.Contains(said, "-allow connect=") || !strings.Contains(said, "nothing was run") {
					t.Errorf("%s %q %s: code %d\n%s", call, args, to, code, said)
				}
			})
		}
		file := pageOf(t, pages, "", "deleteall -y /prod", "deleteall -y /../prod", "deleteall -y ../prod", "delete od", "set od x")
		forBoth(t, args, file, func(call, said string, code int) {
			if strings.Contains(said, "nothing was run") {
				t.Errorf("%s %q:\n%s", call, args, said)
			}
		})
	}
	for _, line := range []string{"4lw srst", "4lw wchp", "reconfig -remove 1", "reconfig -add server.2=evil:1:2;3"} {
		file := pageOf(t, pages, "", "create /a x", line)
		if out, _, code := zoosh(t, "", "test", "-server", srv.Addr()+"/sandbox", file); code != 1 || !strings.Contains(out, "acts below /sandbox alone") {
			t.Errorf("%s: code %d, %s", line, code, out)
		}
		if out, errOut, code := zoosh(t, "", "play", "-auto", "-server", srv.Addr(), file); code != 1 || !strings.Contains(out+errOut, "acts below /zoosh-page-") {
			t.Errorf("%s: code %d, %s%s", line, code, out, errOut)
		}
	}
	if after := at("ls", "-R", "/prod"); after != before {
		t.Errorf("/prod was\n%s and is\n%s", before, after)
	}
	allowed := pageOf(t, pages, "connect", "connect "+srv.Addr()+"/prod", "create /b x")
	forBoth(t, nil, allowed, func(call, said string, code int) {
		if code != 1 || !strings.Contains(said, "-allow connect=HOST:PORT") || strings.Contains(said, "Created /b") {
			t.Errorf("%s: code %d\n%s", call, code, said)
		}
	})
	forBoth(t, []string{"-allow", "connect=" + srv.Addr() + "/prod"}, allowed, func(call, said string, code int) {
		if code != 0 {
			t.Errorf("%s: code %d\n%s", call, code, said)
		}
		at("delete", "/prod/b")
	})
}

// TestPageRunsNoProfile: a page's @NAME neither asks for a credential nor runs its
// command.
func TestPageRunsNoProfile(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	ran := filepath.Join(config, "ran")
	if err := os.Mkdir(filepath.Join(config, "zoosh"), 0o700); err != nil {
		t.Fatal(err)
	}
	toml := "[profiles.prod]\nservers = [\"127.0.0.1:1\"]\n[[profiles.prod.auth]]\nscheme = \"digest\"\ncommand = \"touch " + ran + "\"\n"
	if err := os.WriteFile(filepath.Join(config, "zoosh", "config.toml"), []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"connect @prod", "diff / @prod/"} {
		file := pageOf(t, t.TempDir(), "connect, files", line)
		forBoth(t, []string{"-allow", "connect=127.0.0.1:1", "-allow", "files=" + config}, file, func(call, said string, code int) {
			if code != 1 || !strings.Contains(said, "uses no profiles") {
				t.Errorf("%s %s: code %d\n%s", call, line, code, said)
			}
		})
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("the command was run")
	}
}

// TestUpdateWritesThePageAlone: no link is followed, and no page has no end.
func TestUpdateWritesThePageAlone(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	src := "```zk\n[zk] create /a x\nnothing\n```\n"
	if err := os.WriteFile(target, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "page.md")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	out, _, code := zoosh(t, "", "test", "-update", link)
	if b, _ := os.ReadFile(target); code != 1 || !strings.Contains(out, "symbolic link") || string(b) != src {
		t.Errorf("code %d, %s\n%s", code, out, b)
	}
	if out, _, code := zoosh(t, "", "test", "-update", "/dev/null"); code != 1 || !strings.Contains(out, "cannot be rewritten") {
		t.Errorf("code %d, %s", code, out)
	}
	if out, _, code := zoosh(t, "", "test", "/dev/zero"); code != 1 || !strings.Contains(out, "too long for a page") {
		t.Errorf("code %d, %s", code, out)
	}
	if out, _, code := zoosh(t, "", "test", "-update", target); code != 0 || !strings.HasPrefix(out, "new ") {
		t.Errorf("code %d, %s", code, out)
	}
}
