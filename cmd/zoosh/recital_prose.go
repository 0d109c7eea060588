package main

import "strings"

// layOut is Markdown as text of that width.
func layOut(markdown string, width int) string { return strings.TrimSpace(markdown) }
