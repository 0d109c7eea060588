package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// changesFiles are the functions of package os that change files, and the methods.
var changesFiles = []string{
	"os.Create", "os.CreateTemp", "os.WriteFile", "os.OpenFile", "os.Rename", "os.Chmod", "os.Truncate", "os.Link", "os.Symlink",
	"os.Mkdir", "os.MkdirAll", "os.MkdirTemp", "os.OpenRoot", "os.OpenInRoot", "os.Chown", "os.Lchown", "os.Chtimes", "os.RemoveAll", "os.CopyFS", ".Chmod", ".Chown",
}

// TestLocalFilesAreWrittenInOnePlace: whoever writes a file of the user's does it by
// internal/localfile, which knows devices and links.
func TestLocalFilesAreWrittenInOnePlace(t *testing.T) {
	read := 0
	for _, dir := range []string{".", "../../shell", "../../tui", "../../roles", "../../internal/profile", "../../internal/export", "../../internal/textfile"} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			read++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				name := "." + sel.Sel.Name
				if of, ok := sel.X.(*ast.Ident); ok && of.Name == "os" {
					name = "os" + name
				}
				if slices.Contains(changesFiles, name) {
					t.Errorf("%v: %s, which internal/localfile is there for", set.Position(n.Pos()), name)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 100 {
		t.Errorf("only %d files were read", read)
	}
}
