package main

import (
	"regexp"
	"slices"
	"strings"

	"zoosh/internal/manual"
	"zoosh/internal/prose"
)

// topicPage is the manual page of a topic, as roff; ok is false if there is none.
func topicPage(name string) (page string, ok bool) {
	text, ok := manual.Page(name)
	if !ok {
		return "", false
	}
	var m roffPage
	m.raw(`.TH ` + roff.Replace(strings.ToUpper("zoosh-"+name)) + ` 7 ` + manDate + ` "zoosh" "zoosh's manual"`)
	m.section("NAME")
	topics := manual.Topics()
	at := slices.IndexFunc(topics, func(t manual.Topic) bool { return t.Name == name })
	m.raw(roff.Replace("zoosh-"+name) + ` \- ` + roff.Replace(topics[at].Summary))
	m.section("DESCRIPTION")
	for _, b := range prose.Blocks(text) {
		m.block(b)
	}
	m.section("SEE ALSO")
	m.raw(`\fBzoosh\fR(1)` + seeAlso(text, name))
	return m.String(), true
}

// pageLink is a link to another page.
var pageLink = regexp.MustCompile(`\]\(([a-z-]+)\.md[)#]`)

// seeAlso is the pages that a page refers to.
func seeAlso(text, name string) string {
	var names []string
	for _, m := range pageLink.FindAllStringSubmatch(text, -1) {
		if m[1] != name {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	out := ""
	for _, n := range slices.Compact(names) {
		out += ", " + `\fB` + roff.Replace("zoosh-"+n) + `\fR(7)`
	}
	return out
}

// tableColumns is how wide a table is that man is not to fill.
const tableColumns = 72

// block is a block of a page of the manual.
func (m *roffPage) block(b prose.Block) {
	switch b.Kind {
	case prose.Title:
		switch text := b.Text().String(); b.Level {
		case 1: // the name has it
		case 2:
			m.section(roff.Replace(strings.ToUpper(text)))
		default:
			m.subsection(roff.Replace(text))
		}
	case prose.Paragraph:
		if !m.begun {
			m.raw(".PP")
		}
		m.spans(b.Text())
	case prose.List:
		for _, item := range b.Items() {
			m.listItem(item)
		}
	case prose.Listing:
		m.example(strings.Join(b.Lines(), "\n"))
	case prose.Table:
		m.table(b)
	}
}

// spans is text with its styles, in a line.
func (m *roffPage) spans(line prose.Line) { m.raw(roffSpans(line)) }

func roffSpans(line prose.Line) string {
	fonts := map[prose.Style]string{prose.Strong: "B", prose.Code: "B", prose.Heading: "B", prose.Emphasis: "I"}
	var b strings.Builder
	for _, s := range line {
		text := roff.Replace(s.Text)
		if font := fonts[s.Style]; font != "" {
			text = `\f` + font + text + `\fR`
		}
		b.WriteString(text)
	}
	return noRequest(b.String())
}

func (m *roffPage) listItem(item []prose.Block) {
	m.raw(`.IP \(bu 2`)
	for i, b := range item {
		if i == 0 && b.Kind == prose.Paragraph {
			m.spans(b.Text())
			continue
		}
		m.raw(".RS 2")
		m.block(b)
		m.raw(".RE")
	}
}

// table is what there is to say about the first cell of each row, or, where there are more
// columns than two, rows as they stand.
func (m *roffPage) table(b prose.Block) {
	rows := b.Cells()
	if slices.ContainsFunc(rows, func(cells []prose.Line) bool { return len(cells) != 2 }) {
		var lines []string
		for _, row := range b.Rows(tableColumns) {
			lines = append(lines, strings.TrimRight(row.String(), " "))
		}
		m.example(strings.Join(lines, "\n"))
		return
	}
	for _, cells := range rows {
		m.raw(".TP")
		m.spans(cells[0])
		m.spans(cells[1])
	}
}
