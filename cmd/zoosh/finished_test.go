package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoosh/roles"
)

func TestFinishedLessons(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", dir)
	if got := finishedLessons(); got != nil {
		t.Errorf("without a file: %q", got)
	}
	keepFinished("master")
	keepFinished("worker turn")
	if got := finishedLessons(); !slices.Equal(got, []string{"master", "worker turn"}) {
		t.Errorf("kept %q", got)
	}
	file := filepath.Join(dir, "zoosh", "lessons")
	if err := os.WriteFile(file, []byte(strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := finishedLessons(); got != nil {
		t.Errorf("of what is no such file: %d names", len(got))
	}
	// Where nothing can be kept, nothing is.
	t.Setenv("XDG_STATE_HOME", file)
	keepFinished("client")
}

func TestLocaleLanguage(t *testing.T) {
	for _, tt := range []struct{ all, messages, lang, want string }{
		{"", "", "", roles.English}, {"", "", "zh_CN.UTF-8", roles.Chinese},
		{"C", "", "zh_CN.UTF-8", roles.English}, {"", "zh_TW", "en_US", roles.Chinese},
	} {
		t.Setenv("LC_ALL", tt.all)
		t.Setenv("LC_MESSAGES", tt.messages)
		t.Setenv("LANG", tt.lang)
		if got := localeLanguage(); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}
