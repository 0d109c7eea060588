package main

import (
	"regexp"
	"strings"

	"zoosh/internal/prose"
)

// layOut is Markdown as text of that width.
func layOut(markdown string, width int) string {
	var b strings.Builder
	for _, row := range prose.Layout(markdown, width) {
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	return strings.Trim(b.String(), "\n")
}

var markdownSigns = regexp.MustCompile("[\\\\`*_\\[\\]<>#&~|]")

// literally is a text as Markdown.
func literally(text string) string { return markdownSigns.ReplaceAllString(text, `\$0`) }
