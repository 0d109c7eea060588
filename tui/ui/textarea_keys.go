package ui

// A TextEdit is what a key does to text of several lines, beside the edits of a line.
type TextEdit struct {
	Title string
	Keys  []string
	do    func(a *TextArea, w, h int)
}

// TextEdits are the keys of text of several lines. Who has such a text has them in its
// table.
var TextEdits = []TextEdit{
	{"A line up", []string{"up"}, func(a *TextArea, w, _ int) { a.Move(-1, w) }},
	{"A line down", []string{"down"}, func(a *TextArea, w, _ int) { a.Move(1, w) }},
	{"A page up", []string{"pgup"}, func(a *TextArea, w, h int) { a.Move(1-h, w) }},
	{"A page down", []string{"pgdown"}, func(a *TextArea, w, h int) { a.Move(h-1, w) }},
	{"To the start of the text", []string{"ctrl+home"}, func(a *TextArea, _, _ int) { a.start() }},
	{"To the end of the text", []string{"ctrl+end"}, func(a *TextArea, _, _ int) { a.end() }},
	{"A new line", []string{"enter"}, func(a *TextArea, _, _ int) { a.Paste("\n") }},
	{"A tab", []string{"tab"}, func(a *TextArea, _, _ int) { a.Paste("\t") }},
}

// Do edits a text that has h rows of w cells on the screen.
func (e *TextEdit) Do(a *TextArea, w, h int) { e.do(a, w, h) }
