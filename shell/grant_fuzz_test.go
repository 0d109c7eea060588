package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzGrantFile: whatever a page calls a file, it is below the folder.
func FuzzGrantFile(f *testing.F) {
	for _, name := range []string{"a", "../a", "/etc/passwd", "up/x", "sub/../../x", "link", "", ".", "a/./b", "sub//x", "folder/x", "\x00", "~/x"} {
		f.Add(name)
	}
	top := f.TempDir()
	dir, err := filepath.EvalSymlinks(top)
	if err != nil {
		f.Fatal(err)
	}
	dir = filepath.Join(dir, "dir")
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o755); err != nil {
		f.Fatal(err)
	}
	for link, to := range map[string]string{"link": "/etc/passwd", "up": "..", "folder": top, "in": "sub", "loop": "loop"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			f.Skip(err)
		}
	}
	g := &Grant{Files: dir}
	f.Fuzz(func(t *testing.T, name string) {
		path, err := g.file(name)
		if err != nil {
			return
		}
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil || folder != dir && !strings.HasPrefix(folder, dir+"/") {
			t.Fatalf("%q is %q, in %q: %v", name, path, folder, err)
		}
		if st, err := os.Lstat(path); err == nil && !st.Mode().IsRegular() {
			t.Fatalf("%q is %v", name, st.Mode())
		}
	})
}

// FuzzForesee: a line that reaches beyond is refused where nothing is granted, and no
// other is.
func FuzzForesee(f *testing.F) {
	for _, line := range []string{"ls /", "export -f /a ~/.bashrc", `export "/a" -f 'x y`, "diff /a zk2:2181/a", "connect @prod", "connect a,b/c",
		"import\t-y - /a", "reconfig -file x -s", "4lw -a srst", "record stop", `diff "file:\x41" /`, "export -- /a -", "connect ''", "redo 1"} {
		f.Add(line, true)
	}
	f.Fuzz(func(t *testing.T, line string, typed bool) {
		for _, d := range []Dialect{D34, D38, D39} {
			reached := Reached(d, line)
			why := Foresee(Config{Dialect: d, Grant: &Grant{}}, line)
			beyond := reached &^ (OwnServer | OwnEnsemble) // which is its own where there is no path
			if (why != nil) != (beyond != 0) {
				t.Fatalf("%q in %v reaches %b: %v", line, d, reached, why)
			}
			Foresee(Config{Dialect: d, Typed: typed, Grant: &Grant{}}, line)
		}
	})
}
