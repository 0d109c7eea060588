package transcript

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"zoosh/internal/textfile"
	"zoosh/shell"
)

// Parse reads a page. file is its name in messages. An error says the place as
// file:line.
func Parse(file string, src []byte) (*Page, error) {
	text := textfile.Trim(src)
	p := &Page{File: file, FrontMatter: map[string]string{}, lines: splitLines(string(text)), mark: string(src[:len(src)-len(text)])}
	src = text
	front, err := p.parseFrontMatter()
	if err != nil {
		return nil, err
	}
	fences, err := p.findBlocks(src, front)
	if err != nil {
		return nil, err
	}
	begun := map[string]*capture{}
	prose := front
	for i, f := range fences {
		b := Block{
			Session: f.session, Line: f.open + 1, End: f.close + 1, Prose: p.text(prose, f.open),
			Steps: len(p.Steps), fence: f.fence, prefix: f.prefix,
		}
		prose = f.close + 1
		p.Blocks = append(p.Blocks, b)
		if err := p.parseBlock(i, f.open+1, f.close, begun); err != nil {
			return nil, err
		}
	}
	p.Tail = p.text(prose, len(p.lines))
	return p, nil
}

func splitLines(src string) []srcLine {
	var lines []srcLine
	for l := range strings.Lines(src) {
		text, lf := strings.CutSuffix(l, "\n")
		eol := ""
		if lf {
			eol = "\n"
			if t, cr := strings.CutSuffix(text, "\r"); cr {
				text, eol = t, "\r\n"
			}
		}
		lines = append(lines, srcLine{text: text, eol: eol})
	}
	return lines
}

// errorf is an error at the line of index i.
func (p *Page) errorf(i int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", p.File, i+1, fmt.Errorf(format, args...))
}

var frontMatterLine = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]*):(?:[ \t]+(.*))?$`)

// parseFrontMatter reads the "key: value" lines between two lines "---" at the
// top, and returns the index of the first line behind them.
func (p *Page) parseFrontMatter() (int, error) {
	if len(p.lines) == 0 || strings.TrimRight(strings.TrimPrefix(p.lines[0].text, "\ufeff"), " \t") != "---" {
		return 0, nil
	}
	for i, l := range p.lines[1:] {
		i++
		text := strings.TrimRight(l.text, " \t")
		if text == "---" {
			return i + 1, nil
		}
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		m := frontMatterLine.FindStringSubmatch(text)
		if m == nil {
			return 0, p.errorf(i, "front matter: this is no \"key: value\"")
		}
		if _, twice := p.FrontMatter[m[1]]; twice {
			return 0, p.errorf(i, "front matter: %s is given twice", m[1])
		}
		value := strings.TrimSpace(m[2])
		if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
			value = value[1 : n-1]
		}
		p.FrontMatter[m[1]] = value
	}
	return 0, p.errorf(0, "front matter: there is no line --- that ends it")
}

// fenced is a zk block as it was found: the indices of its fences' lines.
type fenced struct {
	open, close            int
	session, fence, prefix string
}

// blocks is CommonMark's block structure alone: what is inside a paragraph does
// not matter here.
var blocks = parser.NewParser(parser.WithBlockParsers(parser.DefaultBlockParsers()...))

// findBlocks finds the zk blocks behind line front, and notes in their lines
// where their content begins.
func (p *Page) findBlocks(src []byte, front int) ([]fenced, error) {
	starts := make([]int, len(p.lines)+1)
	for i, l := range p.lines {
		starts[i+1] = starts[i] + len(l.text) + len(l.eol)
	}
	body := src[starts[front]:]
	lineOf := func(pos int) int { // the line that the byte at pos of body is in
		return sort.SearchInts(starts, pos+starts[front]+1) - 1
	}
	var found []fenced
	err := ast.Walk(blocks.Parse(text.NewReader(body)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		code, ok := n.(*ast.FencedCodeBlock)
		if !ok || !entering || code.Info == nil {
			return ast.WalkContinue, nil
		}
		info := code.Info.Segment
		words := strings.Fields(string(info.Value(body)))
		if len(words) == 0 || words[0] != "zk" {
			return ast.WalkContinue, nil
		}
		f := fenced{open: lineOf(info.Start)}
		var err error
		if f.session, err = p.sessionName(f.open, words[1:]); err != nil {
			return ast.WalkStop, err
		}
		segs := code.Lines()
		f.close = f.open + 1 + segs.Len()
		f.fence, f.prefix = fenceOf(p.lines[f.open].text[:info.Start+starts[front]-starts[f.open]])
		if f.close >= len(p.lines) || !closes(p.lines[f.close].text, f.fence) {
			return ast.WalkStop, p.errorf(f.open, "no line %s ends this block", f.fence)
		}
		for i := range segs.Len() {
			seg, at := segs.At(i), f.open+1+i
			prefix := seg.Start + starts[front] - starts[at]
			if seg.Padding != 0 || prefix < 0 || prefix > len(p.lines[at].text) {
				return ast.WalkStop, p.errorf(at, "a tab in the indentation: indent this block with spaces")
			}
			p.lines[at].prefix = prefix
			if i == 0 {
				f.prefix = p.lines[at].text[:prefix]
			}
		}
		found = append(found, f)
		return ast.WalkContinue, nil
	})
	return found, err
}

// sessionName reads the words of an info string behind zk.
func (p *Page) sessionName(at int, words []string) (string, error) {
	name := ""
	for _, w := range words {
		key, _, option := strings.Cut(w, "=")
		switch {
		case option:
			return "", p.errorf(at, "unknown option %s of a zk block", key)
		case name != "":
			return "", p.errorf(at, "a zk block has one session: %s or %s?", name, w)
		}
		name = w
	}
	if name == "" {
		name = DefaultSession
	}
	return name, nil
}

// fenceOf takes what stands before an info string apart: the fence, and what is
// before it.
func fenceOf(text string) (fence, prefix string) {
	text = strings.TrimRight(text, " \t")
	if text == "" {
		return "```", ""
	}
	prefix = strings.TrimRight(text, text[len(text)-1:])
	fence = text[len(prefix):]
	// A list's mark stands only before the first line of its item.
	prefix = strings.Map(func(r rune) rune {
		if r == '>' {
			return r
		}
		return ' '
	}, prefix)
	return fence, prefix
}

// closes tells whether a line ends the block that fence opened.
func closes(line, fence string) bool {
	line = strings.TrimRight(strings.TrimLeft(line, " \t>"), " \t")
	return len(line) >= len(fence) && strings.Trim(line, fence[:1]) == ""
}

// The prompt, with whatever stands in it. Without the blank behind it the whole
// of it must be there: "[zk]" is also the list of a znode whose only child is zk.
var (
	prompt      = regexp.MustCompile(`^\[zk(?:: .*?)?\] `)
	emptyPrompt = regexp.MustCompile(`^\[zk: .*\([A-Z_]+\) [0-9]+\]$`)
)

// startLine is what zkCli prints before its first prompt.
var startLine = regexp.MustCompile(`^(?:$|Connecting to |Welcome to ZooKeeper!$|JLine support is ` +
	`|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d|SLF4J|log4j:|Picked up |ZooKeeper JMX enabled|Using config: |/.*/java$)`)

// parseBlock reads the lines of block b, from index from up to index to.
func (p *Page) parseBlock(b, from, to int, begun map[string]*capture) error {
	session := p.Blocks[b].Session
	so := begun[session]
	if so == nil {
		so = &capture{}
		begun[session] = so
	}
	var step *Step
	begin := func(s Step) {
		s.Session, s.Block = session, b
		p.Steps = append(p.Steps, s)
		step = &p.Steps[len(p.Steps)-1]
	}
	for i := from; i < to; i++ {
		line := Line{Number: i + 1, Text: unscreened(p.lines[i].text[p.lines[i].prefix:])}
		if command := so.take(&line); command != "" {
			command, last, err := p.wholeCommand(command, i, to)
			if err != nil {
				return err
			}
			begin(Step{Command: command, Line: i + 1, End: last + 1, bare: so.bare(line)})
			so.started, i = true, last
			continue
		}
		if step == nil {
			begin(Step{Line: i + 1, End: i + 1})
		}
		if line.role == roleOutput && !so.started && startLine.MatchString(line.Text) {
			line.role = roleStart
		}
		text := line.Text
		if line.role == roleOutput {
			var err error
			if line.pattern, err = parsePattern(text); err != nil {
				return p.errorf(i, "%w", err)
			}
		}
		step.Output = append(step.Output, line)
	}
	for i := p.Blocks[b].Steps; i < len(p.Steps); i++ {
		p.Steps[i].findEvents()
	}
	return nil
}

// wholeCommand is the command that begins with first in the line of index i, and the
// index of its last line. Only a prompt has commands of several lines.
func (p *Page) wholeCommand(first string, i, to int) (command string, last int, err error) {
	if !p.Typed() {
		return first, i, nil
	}
	command, taken, open := shell.ReadEntry(to-i, func(n int) string {
		if n == 0 {
			return first
		}
		return unscreened(p.lines[i+n].text[p.lines[i+n].prefix:])
	})
	if open {
		return "", 0, p.errorf(i, "a word begins with a quote and does not end; each further line of a command has %q before it", shell.Continued)
	}
	return command, i + taken - 1, nil
}

// eventHead is the line that begins an event.
const eventHead = "WATCHER::"

// findEvents finds the events among the lines of a step and gives their lines,
// and the blank ones beside them, their roles.
func (s *Step) findEvents() {
	blank := func(i int) bool { return s.Output[i].Text == "" && s.Output[i].role != rolePrompt }
	for i := 0; i < len(s.Output); i++ {
		if s.Output[i].Text != eventHead || s.Output[i].role != roleOutput {
			continue
		}
		for j := i - 1; j >= 0 && blank(j) && s.Output[j].role == roleOutput; j-- {
			s.Output[j].role = roleBlank
		}
		ev := pageEvent{head: s.Output[i].Number - 1, body: s.Output[i].Number - 1, prompt: s.Output[i].prompt}
		end := eventEnd(i, len(s.Output), func(j int) (string, bool) {
			return s.Output[j].Text, s.Output[j].role != rolePrompt && !logLine.MatchString(s.Output[j].Text)
		})
		for j := i; j < end; j++ {
			s.Output[j].role = roleEvent
			ev.body, ev.text, ev.pattern = s.Output[j].Number-1, s.Output[j].Text, s.Output[j].pattern
		}
		if end == i+1 {
			ev.text = ""
		}
		s.events = append(s.events, ev)
		i = end - 1
		for j := end; j < len(s.Output) && blank(j); j++ {
			s.Output[j].role = roleBlank
			i = j
		}
	}
}

// eventEnd is the index behind the event that begins at line i of n: its next
// line, or the one behind a blank line, is the event itself.
func eventEnd(i, n int, line func(int) (text string, ok bool)) int {
	for j := i + 1; j < n && j <= i+2; j++ {
		text, ok := line(j)
		if !ok || text == eventHead {
			break
		}
		if text != "" {
			return j + 1
		}
	}
	return i + 1
}
