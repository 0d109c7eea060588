package shell

import (
	"bytes"
	"iter"
	"regexp"
	"unicode/utf8"

	"zoosh/internal/walk"
)

// A match is a line of a znode's data that matches, as JSON has it. Line is 0 for
// data that is no text, which counts as one line.
type match struct {
	Path string `json:"path"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

func (m *match) text(w *textOut) {
	if m.Line == 0 {
		w.outln("%s: binary data matches", m.Path)
		return
	}
	w.outln("%s:%d:%s", m.Path, m.Line, m.Text)
}

func (m *match) objects() iter.Seq[any] { return one(m) }

// A matchCount is how many lines of a znode's data match.
type matchCount struct {
	Path  string `json:"path"`
	Lines int    `json:"lines"`
}

func (m *matchCount) text(w *textOut) { w.outln("%s:%d", m.Path, m.Lines) }

func (m *matchCount) objects() iter.Seq[any] { return one(m) }

// runGrep prints path:line:text for each matching line, as grep -rn does.
func runGrep(c *Call) error {
	if err := c.atMost(2); err != nil {
		return err
	}
	depth, err := c.intOption("d", -1)
	if err != nil {
		return err
	}
	re, err := c.grepPattern()
	if err != nil {
		return err
	}
	p := c.printer()
	defer p.flush()
	found := false
	err = c.walkTree(c.pathArg(1), walk.Options{Depth: depth, Data: true}, func(n *walk.Node) error {
		matches := matchLines(re, n)
		found = found || len(matches) > 0
		return c.yieldMatches(p, n.Path, matches)
	})
	if err == nil && !found {
		return &failure{code: exitFailed}
	}
	return err
}

func (c *Call) grepPattern() (*regexp.Regexp, error) {
	text := c.args[0]
	if c.has("F") {
		text = regexp.QuoteMeta(text)
	}
	if c.has("i") {
		text = "(?i)" + text
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, failf("%v", err)
	}
	return re, nil
}

// matchLines finds the lines that match.
func matchLines(re *regexp.Regexp, n *walk.Node) []match {
	if !utf8.Valid(n.Data) {
		if re.Match(n.Data) {
			return []match{{Path: n.Path}}
		}
		return nil
	}
	var out []match
	number := 0
	for line := range bytes.Lines(n.Data) {
		number++
		if line = bytes.TrimRight(line, "\r\n"); re.Match(line) {
			out = append(out, match{n.Path, number, string(line)})
		}
	}
	return out
}

// yieldMatches yields what the options ask for of a znode's matches.
func (c *Call) yieldMatches(p *printer, path string, matches []match) error {
	switch {
	case len(matches) == 0:
		return nil
	case c.has("c"):
		return p.yield(&matchCount{path, len(matches)})
	case c.has("l"):
		return p.yield(znodePath(path))
	}
	for i := range matches {
		if err := p.yield(&matches[i]); err != nil {
			return err
		}
	}
	return nil
}
