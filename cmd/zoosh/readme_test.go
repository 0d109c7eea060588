package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// README's table of parts has every folder of the program.
func TestREADMEHasTheParts(t *testing.T) {
	root := filepath.Join("..", "..")
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, parts, found := strings.Cut(string(readme), "\n## The parts\n")
	if !found {
		t.Fatal("README has no parts")
	}
	for _, parent := range []string{"cmd", "internal"} {
		folders, err := os.ReadDir(filepath.Join(root, parent))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range folders {
			if name := "`" + parent + "/" + f.Name() + "`"; f.IsDir() && !strings.Contains(parts, name) {
				t.Errorf("README's parts lack %s", name)
			}
		}
	}
}
