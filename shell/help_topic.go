package shell

import (
	"fmt"
	"iter"
	"strings"

	"zoosh/internal/manual"
	"zoosh/internal/prose"
)

// defaultColumns is how wide text is laid out that is not for a screen that is known.
const defaultColumns = 80

// columns is how wide text may be that is laid out for people. In a recording it has to
// come out the same wherever that is replayed.
func (sh *Shell) columns() int {
	if f := sh.cfg.FrontEnd; sh.cfg.Columns == nil || f != nil && f.Recording() != "" {
		return defaultColumns
	}
	return max(1, min(sh.cfg.Columns(), defaultColumns))
}

// A manualPage is a page of the manual: in JSON it is Markdown, or in a list its summary.
type manualPage struct {
	Topic   string `json:"topic"`
	Summary string `json:"summary,omitempty"`
	Text    string `json:"text,omitempty"`
	columns int
}

// text lays the page out for people.
func (p *manualPage) text(w *textOut) {
	var b strings.Builder
	for _, row := range prose.Layout(p.Text, p.columns) {
		text := strings.TrimRight(row.String(), " ")
		if len(row) > 0 && row[0].Style == prose.Heading {
			text = strings.ToUpper(text) // there is nothing else to tell it by
		}
		b.WriteString(text + "\n")
	}
	w.out(b.String())
}

func (p *manualPage) objects() iter.Seq[any] { return one(p) }

// topicsHelp is the part of help's list that has the topics.
func topicsHelp() string {
	var b strings.Builder
	b.WriteString("the manual (help TOPIC):\n")
	for _, t := range manual.Topics() {
		fmt.Fprintf(&b, "\t%-30s %s\n", t.Name, t.Summary)
	}
	return b.String()
}

// noSuchHelp says that there is neither a command nor a topic of that name.
func noSuchHelp(d Dialect, name string) error {
	var names []string
	for _, t := range manual.Topics() {
		names = append(names, t.Name)
	}
	topic := Nearest(name, names)
	if topic == "" || Suggest(d, name) != "" {
		return &failure{msg: "there is no command " + noSuch(d, name), code: exitNotFound}
	}
	text := OneLine(shortened(name, longestName))
	return &failure{msg: "there is no command or topic " + text + "; is it " + topic + "? (help lists them)", code: exitNotFound}
}

func topicCandidates() []Candidate {
	var out []Candidate
	for _, t := range manual.Topics() {
		out = append(out, Candidate{Text: t.Name, Help: t.Summary})
	}
	return out
}
