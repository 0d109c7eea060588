package transcript

import (
	"regexp"
	"strings"
)

// What stands in a page may have been pasted from a terminal, which shows more than
// the lines of a session, and not always in one piece.

// logLine is a line of zkCli's log, which its terminal shows too, unless it was told
// otherwise.
var logLine = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d{3} \[.*\] - (?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) `)

// A capture is what is known of a session's terminal so far. When an event comes, or
// a line of the log, while a prompt waits, what is typed then stands without a
// prompt, behind those.
type capture struct {
	started bool // a command was run
	waits   bool // a prompt without a command was the last
	broken  bool // and something came behind it
	event   bool // an event has begun

	prompt string // the one that waits
	breaks []int  // the lines that came behind it, by number
}

// take sees what a line is: the command that it is, or holds, or "". Of other lines
// it sets the role, if it is known by then.
func (c *capture) take(l *Line) (command string) {
	rest, atPrompt := "", false
	if loc := prompt.FindStringIndex(l.Text); loc != nil {
		rest, atPrompt = l.Text[loc[1]:], true
		c.prompt = l.Text[:loc[1]]
	} else if emptyPrompt.MatchString(l.Text) {
		atPrompt = true
		c.prompt = l.Text + " "
	}
	if atPrompt {
		c.broken, c.event, c.breaks = false, false, nil
	}
	switch {
	case atPrompt && rest == eventHead: // the event came on the line of the prompt
		c.waits, c.event = true, true
		c.breakAt(l)
		l.Text, l.prompt = eventHead, c.prompt
		return ""
	case atPrompt && (strings.TrimSpace(rest) == "" || logLine.MatchString(rest)):
		c.waits = true
		if strings.TrimSpace(rest) != "" {
			c.breakAt(l)
		}
		l.role = rolePrompt
		return ""
	case atPrompt:
		c.waits = false
		return rest
	}
	return c.behind(l)
}

// breakAt takes note of a line that came while the prompt waited.
func (c *capture) breakAt(l *Line) {
	c.broken = true
	c.breaks = append(c.breaks, l.Number)
}

// behind is take for a line without a prompt.
func (c *capture) behind(l *Line) (command string) {
	switch {
	case logLine.MatchString(l.Text):
		l.role = roleStart
		c.breakAt(l)
	case !c.waits || l.Text == "":
	case l.Text == eventHead:
		c.event = true
		c.breakAt(l)
	case c.event:
		c.event = false
	case strings.TrimSpace(l.Text) == "": // nothing was typed
		l.role = rolePrompt
	case c.broken:
		c.waits = false
		return l.Text
	default: // no capture of zkCli: it is taken as it stands
		c.waits = false
	}
	return ""
}

// bare is what is known of a command in line l that has just been taken: nil if a
// prompt stands before it.
func (c *capture) bare(l Line) *bareCommand {
	if len(c.breaks) == 0 {
		return nil
	}
	return &bareCommand{prompt: c.prompt, text: l.Text, breaks: c.breaks}
}

// What terminals are told beside text.
var screenControl = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x07`)

// unscreened is a line as a terminal has it in the end: without control sequences,
// with backspaces done. Where JLine goes on in the next row it writes a blank and a
// carriage return.
func unscreened(text string) string {
	if !strings.ContainsAny(text, "\x1b\b\r\x07") {
		return text
	}
	text = screenControl.ReplaceAllString(text, "")
	text = strings.TrimRight(text, "\r")
	text = strings.ReplaceAll(text, " \r", "")
	if i := strings.LastIndexByte(text, '\r'); i >= 0 {
		text = text[i+1:] // written over
	}
	var out []rune
	for _, r := range text {
		switch {
		case r == '\x1b': // of no sequence that is known
		case r != '\b':
			out = append(out, r)
		case len(out) > 0:
			out = out[:len(out)-1]
		}
	}
	return string(out)
}
