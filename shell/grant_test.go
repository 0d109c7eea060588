package shell

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

// TestEveryCommandSaysWhatItReaches walks the table: a new command must say what it
// reaches, and one that takes files or goes elsewhere, when it does.
func TestEveryCommandSaysWhatItReaches(t *testing.T) {
	for _, c := range table {
		kinds := slices.Clone(c.Args)
		for _, o := range c.Options {
			kinds = append(kinds, o.Kind)
		}
		files := slices.Contains(kinds, ArgFile) || slices.Contains(kinds, ArgTree)
		switch {
		case c.Reaches&OwnServer == 0:
			t.Errorf("%s does not say what it reaches", c.Name)
		case (c.Reaches == OwnServer) != (c.Beyond == nil):
			t.Errorf("%s reaches %b, and does not say when", c.Name, c.Reaches)
		case files && c.Reaches&LocalFiles == 0:
			t.Errorf("%s takes files, and does not say that it reaches them", c.Name)
		}
	}
	// One that were to say nothing reaches nothing, then.
	c := &Call{cmd: &Command{Name: "new"}, sh: New(Config{Grant: &Grant{}})}
	if err := c.mayReach(); err == nil {
		t.Error("a command that does not say what it reaches is run for a page")
	}
}

// TestReached: what lines reach, by their words.
func TestReached(t *testing.T) {
	for line, want := range map[string]Reaches{
		"ls /": OwnServer, "create /a \"$(touch x)\"": OwnServer, "deleteall -y /": OwnServer, "cp -r /a /b": OwnServer,
		"server stop": OwnServer, "log": OwnServer, "create /a -": OwnServer, "multi -": OwnServer,
		"export /a -": OwnServer, "export /a x": OwnServer | LocalFiles, "export -f /a ~/.bashrc": OwnServer | LocalFiles,
		"export /a x -f": OwnServer | LocalFiles, `export "/a" 'x y'`: OwnServer | LocalFiles,
		"import - /a": OwnServer, "import -y -f x /a": OwnServer | LocalFiles, "import -dry-run /etc/passwd /a": OwnServer | LocalFiles,
		"diff /a /b": OwnServer, "diff /a x.json": OwnServer | LocalFiles, "diff file:/etc/passwd /a": OwnServer | LocalFiles,
		"diff /a zk2:2181/a": OwnServer | OtherServers, "diff /a @prod/a": OwnServer | LocalPrograms, "diff -o json x /a": OwnServer | LocalFiles,
		"connect": OwnServer, "connect zk2": OwnServer | OtherServers, "connect @prod": OwnServer | LocalPrograms, "connect a:b:c:99999999": OwnServer,
		"reconfig -file x": OwnServer | OwnEnsemble | LocalFiles, "reconfig -remove 1": OwnServer | OwnEnsemble,
		"4lw ruok": OwnServer, "4lw -a srst": OwnServer | OwnEnsemble, "4lw wchp": OwnServer | OwnEnsemble,
		"record": OwnServer, "record stop": OwnServer, "record ~/.bashrc": OwnServer | LocalFiles,
		"nosuch": 0, "export": 0, "": 0,
	} {
		if got := Reached(D39, line); got != want {
			t.Errorf("%q reaches %b, want %b", line, got, want)
		}
	}
}

// An attack is a page's line and what it is refused with.
type attack struct{ line, says string }

// TestGrantNothing plays lines of a hostile page in a shell that reaches its own server
// below a path alone.
func TestGrantNothing(t *testing.T) {
	srv, other := startServer(t, server.Config{}), startServer(t, server.Config{})
	all := openOn(t, srv, Config{Dialect: D39})
	for _, line := range []string{"create /sandbox s", "create /sandbox/a \"$(touch x)\"", "create /sandboxed x", "create /prod p", "create /prod/a x"} {
		all.run(line)
	}
	before, _, _ := all.run("ls -R /prod")
	elsewhere := openOn(t, other, Config{Dialect: D39})
	elsewhere.run("create /prod x")
	dir := t.TempDir()
	t.Chdir(dir)
	bashrc := filepath.Join(dir, ".bashrc")
	if err := os.WriteFile(bashrc, []byte("true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := false
	x := openOn(t, srv, Config{Target: session.Target{Connect: srv.Addr() + "/sandbox"}, Dialect: D39, Grant: &Grant{},
		Profile: func(context.Context, string) (session.Target, error) {
			asked = true
			return session.Target{Connect: other.Addr()}, nil
		}})
	for _, a := range []attack{
		{"export -f /a " + bashrc, "is a file of this machine"},
		{"export -f /a .bashrc", "is a file of this machine"},
		{"export / new.json", "is a file of this machine"},
		{"import -y /etc/passwd /b", "is a file of this machine"},
		{"diff /a file:" + bashrc, "is a file of this machine"},
		{"diff /a .bashrc", "is a file of this machine"},
		{"diff " + other.Addr() + "/prod /a", "is not the page's own server"},
		{"diff /a " + srv.Addr() + "/prod", "is not the page's own server, nor below its place"},
		{"connect " + other.Addr(), "is not the page's own server"},
		{"connect " + srv.Addr() + "," + other.Addr() + "/sandbox", "is not the page's own server"},
		{"connect " + srv.Addr(), "nor below its place"},
		{"connect " + srv.Addr() + "/", "nor below its place"},
		{"connect " + srv.Addr() + "/sandboxed", "nor below its place"},
		{"connect " + srv.Addr() + "/prod", "nor below its place"},
		{"connect " + srv.Addr() + "/sandbox/../prod", ""},
		{"connect @prod", "uses no profiles"},
		{"diff /a @prod/a", "uses no profiles"},
		{"reconfig -file /etc/passwd", "acts below /sandbox alone"},
		{"reconfig -add server.2=evil:1:2;3", "acts below /sandbox alone"},
		{"4lw srst", "acts below /sandbox alone"},
		{"4lw wchp", "acts below /sandbox alone"},
		{"record " + bashrc, "is a file of this machine"},
		// Paths beyond the place.
		{"deleteall -y /../prod", ""}, {"deleteall -y ../prod", ""}, {"get ed", ""}, {"set ed y", ""}, {"delete ed", ""},
		{"create ed/x y", ""}, {"setAcl ed world:anyone:r", ""}, {"ls ../prod", ""}, {"multi delete ed", ""}, {"cp ed /copy", ""},
	} {
		_, err, code := x.run(a.line)
		if code == 0 || !strings.Contains(err, a.says) {
			t.Errorf("%s: code %d, %q, want %q", a.line, code, err, a.says)
		}
	}
	x.run("get /a")
	if _, err, code := x.run("redo 0"); code == 0 && !strings.Contains(err, "is a file of this machine") {
		t.Errorf("redo: %q", err)
	}
	if asked {
		t.Error("a profile was asked for")
	}
	for _, line := range []string{"connect", "connect " + srv.Addr() + "/sandbox", "connect " + srv.Addr() + "/sandbox/a"} {
		if _, err, code := x.run(line); code != 0 {
			t.Errorf("%s: %q", line, err)
		}
	}
	if b, err := os.ReadFile(bashrc); err != nil || string(b) != "true\n" {
		t.Errorf(".bashrc is %q, %v", b, err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("there is %v, %v", names, err)
	}
	if after, _, _ := all.run("ls -R /prod"); after != before {
		t.Errorf("/prod was\n%s and is\n%s", before, after)
	}
	if got, _, code := all.run("get /sandboxed"); code != 0 || got != "x\n" {
		t.Errorf("/sandboxed is %q", got)
	}
	if _, _, code := elsewhere.run("exists /prod"); code != 0 {
		t.Error("the other server was written to")
	}
}

// TestGrantFiles: files are those below the folder of the grant.
func TestGrantFiles(t *testing.T) {
	top := t.TempDir()
	dir, out := filepath.Join(top, "dir"), filepath.Join(top, "out")
	for _, d := range []string{dir, out, filepath.Join(dir, "sub")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	secret := filepath.Join(out, "secret")
	os.WriteFile(secret, []byte("s"), 0o600)
	for link, to := range map[string]string{"link": secret, "folder": out, "up": "..", "inside": "sub", "dangling": filepath.Join(out, "new")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	g := &Grant{}
	if err := g.Allow("files=" + dir); err != nil {
		t.Fatal(err)
	}
	x := open(t, Config{Dialect: D39, Grant: g})
	x.run("create /a x")
	for _, name := range []string{"../out/secret", secret, "link", "folder/secret", "folder/new", "up/out/new", "dangling", "sub/../../out/new",
		dir + "/../out/new", dir + "x", ".", "", "..", "sub", "inside", "/dev/null", "/dev/stdin", "nosuch/x"} {
		for _, line := range []string{"export -f /a " + quoteOwn(name), "import -y -f " + quoteOwn(name) + " /b"} {
			if _, err, code := x.run(line); code == 0 || strings.Contains(err, "magic") {
				t.Errorf("%s: %q", line, err)
			}
		}
	}
	if b, _ := os.ReadFile(secret); string(b) != "s" {
		t.Errorf("the secret is %q", b)
	}
	if names, _ := os.ReadDir(out); len(names) != 1 {
		t.Errorf("there is %v", names)
	}
	for i, name := range []string{"a.json", "sub/a.json", "inside/b.json", filepath.Join(dir, "c.json"), "sub/../d.json"} {
		to := "/c" + string(rune('0'+i))
		for _, line := range []string{"export /a " + name, "import -y " + name + " " + to, "diff /a file:" + name, "diff " + to + " /a", "export -f /a " + name} {
			if _, err, code := x.run(line); code != 0 {
				t.Errorf("%s: %q", line, err)
			}
		}
	}
	if _, err, _ := x.run("import nosuch.json /x"); !strings.Contains(err, "nosuch.json") || strings.Contains(err, dir) {
		t.Errorf("%q", err)
	}
}

// TestGrantConnect: servers that were named, below the paths that were named.
func TestGrantConnect(t *testing.T) {
	other := startServer(t, server.Config{})
	elsewhere := openOn(t, other, Config{Dialect: D39})
	elsewhere.run("create /app x")
	elsewhere.run("create /apple x")
	g := &Grant{}
	if err := g.Allow("connect=" + other.Addr() + "/app"); err != nil {
		t.Fatal(err)
	}
	x := open(t, Config{Dialect: D39, Grant: g})
	own := x.sh.ConnectString()
	for line, ok := range map[string]bool{
		"connect " + other.Addr() + "/app": true, "connect " + own: true, "diff /a " + other.Addr() + "/app": true,
		"connect " + other.Addr(): false, "connect " + other.Addr() + "/apple": false, "diff / " + other.Addr() + "/apple": false,
		"connect " + other.Addr() + ",zk9:2181/app": false, "export /a x": false,
	} {
		_, err, _ := x.run(line)
		if refused := strings.Contains(err, "the page") || strings.Contains(err, "a page"); refused == ok {
			t.Errorf("%s: %q", line, err)
		}
	}
}

func TestAllow(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	os.WriteFile(file, nil, 0o600)
	for text, ok := range map[string]bool{
		"files=" + dir: true, "files=": false, "files": false, "files=" + file: false, "files=" + dir + "/nosuch": false,
		"connect=zk1": true, "connect=zk1:2181/app": true, "connect=zk1,zk2": true, "connect=": false, "connect=:1": false, "connect=zk1:x": false,
		"connect=@prod": false, "programs=sh": false, "": false, "all": false,
	} {
		if err := new(Grant).Allow(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
	g := &Grant{}
	if err := g.Allow("files=" + dir); err != nil {
		t.Fatal(err)
	}
	if err := g.Allow("files=" + dir); err == nil {
		t.Error("two folders")
	}
}
