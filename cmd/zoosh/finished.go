package main

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"zoosh/internal/textfile"
	"zoosh/roles"
)

// finishedPath is where the names of the lessons stand that were finished: beside
// the history.
func finishedPath() (string, error) {
	path, err := historyPath()
	if err != nil {
		return "", err
	}
	return filepath.Join(filepath.Dir(path), "lessons"), nil
}

// finishedLessons reads them; one that cannot be read is as good as empty.
func finishedLessons() []string {
	path, err := finishedPath()
	if err != nil {
		return nil
	}
	src, err := textfile.Read(path)
	const tooLong = 64 << 10 // that is not our file
	if err != nil || len(src) > tooLong {
		return nil
	}
	var names []string
	for line := range strings.Lines(string(src)) {
		if name := strings.TrimSpace(line); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// keepFinished adds a lesson to them. That it cannot be written is no reason to
// disturb anybody.
func keepFinished(name string) {
	path, err := finishedPath()
	if err != nil || os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return
	}
	defer file.Close()
	file.WriteString(strings.ReplaceAll(name, "\n", " ") + "\n")
}

// localeLanguage is the language of the lessons that the environment asks for.
func localeLanguage() string {
	return roles.LanguageOf(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")))
}
