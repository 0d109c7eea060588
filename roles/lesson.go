package roles

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"zoosh/shell/transcript"
)

// A Lesson is a page that is worth playing.
type Lesson struct {
	Name     string // its file's, without the language and ".md"
	Title    string
	Summary  string // one sentence
	Language string // en, zh; en if the page does not tell
	Order    int    // its place in the menu
	Steps    []Step // as many as Page has
	Closing  string // the Markdown behind the last step; "" if there is none
	Page     *transcript.Page
}

// A Step is a command of one role, or what a role is told while it waits.
type Step struct {
	Session   string // the role
	Command   string // "" if the step is only to wait for an event
	Narration string // Markdown; "" if the step goes on with what the one before told
	// Goal is what a student is to achieve when the step is left to them, Markdown
	// without line ends; "" if it never is.
	Goal  string
	Hints []string // towards the goal, the vaguest first
	Shows []string // the lines of output and events that the page has
	Waits bool     // an event is among them
}

// Roles are the lesson's sessions in the order in which they begin.
func (l *Lesson) Roles() []string { return l.Page.Sessions() }

// ParseLesson reads a lesson. file is its name in messages, from which the
// lesson's name is taken too. An error says the place as file:line.
func ParseLesson(file string, src []byte) (*Lesson, error) {
	page, err := transcript.Parse(file, src)
	if err != nil {
		return nil, err
	}
	if len(page.Steps) == 0 {
		return nil, fmt.Errorf("%s: there is no block that begins with ```zk", file)
	}
	name, language := splitName(file)
	l := &Lesson{Name: name, Language: language, Page: page}
	front := func(key string, into *string) {
		if v := page.FrontMatter[key]; v != "" {
			*into = v
		}
	}
	front("title", &l.Title)
	front("summary", &l.Summary)
	front("language", &l.Language)
	if l.Title == "" {
		l.Title = firstHeading(page.Blocks[0].Prose, name)
	}
	if order, ok := page.FrontMatter["order"]; ok {
		if l.Order, err = strconv.Atoi(order); err != nil {
			return nil, fmt.Errorf("%s: front matter: order is a number, not %q", file, order)
		}
	}
	if err := l.readSteps(); err != nil {
		return nil, err
	}
	_, l.Closing = takeDirectives(page.Tail)
	return l, nil
}

// splitName takes the name and the language out of a file's name: master.zh.md.
func splitName(file string) (name, language string) {
	name = strings.TrimSuffix(filepath.Base(file), ".md")
	if base, lang := strings.TrimSuffix(name, filepath.Ext(name)), filepath.Ext(name); languageExt.MatchString(lang) {
		return base, lang[1:]
	}
	return name, English
}

var languageExt = regexp.MustCompile(`^\.[a-z]{2}$`)

var heading = regexp.MustCompile(`(?m)^#{1,6}[ \t]+(.*?)[ \t#]*$`)

func firstHeading(markdown, otherwise string) string {
	for _, m := range heading.FindAllStringSubmatch(markdown, -1) {
		if m[1] != "" {
			return m[1]
		}
	}
	return otherwise
}

// readSteps makes the steps of the page's.
func (l *Lesson) readSteps() error {
	l.Steps = make([]Step, len(l.Page.Steps))
	for i := range l.Page.Steps {
		from := &l.Page.Steps[i]
		s := &l.Steps[i]
		s.Session, s.Command, s.Waits = from.Session, strings.TrimSpace(from.Command), from.Waits()
		for _, line := range from.Output {
			s.Shows = append(s.Shows, line.Text)
		}
	}
	for i, b := range l.Page.Blocks {
		end := len(l.Steps)
		if i+1 < len(l.Page.Blocks) {
			end = l.Page.Blocks[i+1].Steps
		}
		if b.Steps == end {
			continue // an empty block: what it tells is lost, as nothing is to be done
		}
		goals, narration := takeDirectives(b.Prose)
		l.Steps[b.Steps].Narration = narration
		if err := assign(goals, l.Steps[b.Steps:end]); err != nil {
			return fmt.Errorf("%s:%d: %w", l.Page.File, b.Line, err)
		}
	}
	return nil
}

// A goal is what directives say of a step.
type goal struct {
	text  string
	hints []string
}

// comment is an HTML comment; a directive if it begins with a word we know.
var (
	comment   = regexp.MustCompile(`(?s)[ \t]*<!--(.*?)-->[ \t]*\n?`)
	directive = regexp.MustCompile(`(?s)^\s*(goal|hint):\s*(.*?)\s*$`)
)

// takeDirectives takes the comments out of a piece of prose, and reads those that
// are directives. A hint without a goal has a goal without text.
func takeDirectives(prose string) (goals []goal, rest string) {
	for _, c := range comment.FindAllStringSubmatch(prose, -1) {
		m := directive.FindStringSubmatch(c[1])
		if m == nil {
			continue
		}
		text := strings.Join(strings.Fields(m[2]), " ")
		switch {
		case m[1] == "goal":
			goals = append(goals, goal{text: text})
		case len(goals) == 0:
			goals = append(goals, goal{hints: []string{text}})
		default:
			last := &goals[len(goals)-1]
			last.hints = append(last.hints, text)
		}
	}
	return goals, strings.TrimSpace(comment.ReplaceAllString(prose, ""))
}

// assign gives the goals before a block to the block's commands, in order.
func assign(goals []goal, steps []Step) error {
	for _, g := range goals {
		for len(steps) > 0 && steps[0].Command == "" {
			steps = steps[1:]
		}
		switch {
		case g.text == "":
			return fmt.Errorf("a goal says nothing, or a hint has no goal before it: %q", g.hints)
		case len(steps) == 0:
			return fmt.Errorf("the goal %q has no command in this block", g.text)
		}
		steps[0].Goal, steps[0].Hints = g.text, g.hints
		steps = steps[1:]
	}
	return nil
}
