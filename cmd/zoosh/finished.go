package main

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"zoosh/internal/localfile"
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
	const tooLong = 64 << 10 // that is not our file
	src, err := localfile.ReadOwn(path, tooLong)
	if err != nil {
		return nil
	}
	src = textfile.Trim(src)
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
	if err != nil {
		return
	}
	file, _, err := localfile.OpenOwn(path)
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
