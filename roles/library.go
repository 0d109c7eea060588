package roles

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"zoosh/shell/transcript"
)

// The languages that lessons are written in.
const (
	English = "en"
	Chinese = "zh"
)

// files are the lessons that are part of the program.
//
//go:embed *.md
var files embed.FS

// library reads all lessons, when the first of them is asked for: a single
// command is not to wait for that.
var library = sync.OnceValues(func() ([]*Lesson, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("read the lessons: %w", err)
	}
	var all []*Lesson
	for _, e := range entries {
		src, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, fmt.Errorf("read the lessons: %w", err)
		}
		l, err := ParseLesson(e.Name(), src)
		if err != nil {
			return nil, fmt.Errorf("read the lessons: %w", err)
		}
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b *Lesson) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Name, b.Name), strings.Compare(a.Language, b.Language))
	})
	return all, nil
})

// All is every lesson that is part of the program, in every language.
func All() ([]*Lesson, error) { return library() }

// Lessons lists the lessons that are part of the program, in the order of the
// menu, each in the language asked for, or in English where it is not written in
// that.
func Lessons(language string) ([]*Lesson, error) {
	all, err := library()
	if err != nil {
		return nil, err
	}
	var listed []*Lesson
	for _, l := range all {
		i := slices.IndexFunc(listed, func(o *Lesson) bool { return o.Name == l.Name })
		switch {
		case i < 0:
			listed = append(listed, l)
		case l.Language == language:
			listed[i] = l
		}
	}
	return listed, nil
}

// Find finds a lesson by name, or reads it if the name is that of a file (it ends
// in .md or has a slash in it).
func Find(name, language string) (*Lesson, error) {
	if strings.HasSuffix(name, ".md") || strings.ContainsAny(name, `/\`) {
		src, err := transcript.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the lesson: %w", err)
		}
		return ParseLesson(name, src)
	}
	listed, err := Lessons(language)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, l := range listed {
		if l.Name == name {
			return l, nil
		}
		names = append(names, l.Name)
	}
	return nil, fmt.Errorf("there is no lesson %q; there are %s", name, strings.Join(names, ", "))
}

// LanguageOf is the language that a locale such as zh_CN.UTF-8 asks for: Chinese
// or, for all others, English.
func LanguageOf(locale string) string {
	lang := strings.FieldsFunc(locale, func(r rune) bool { return strings.ContainsRune("_.-@", r) })
	if len(lang) > 0 && strings.EqualFold(lang[0], Chinese) {
		return Chinese
	}
	return English
}
