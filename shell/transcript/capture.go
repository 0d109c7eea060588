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
}

// take sees what a line is: the command that it is, or holds, or "". Of other lines
// it sets the role, if it is known by then.
func (c *capture) take(l *Line) (command string) {
	rest, atPrompt := "", false
	if loc := prompt.FindStringIndex(l.Text); loc != nil {
		rest, atPrompt = l.Text[loc[1]:], true
	} else if emptyPrompt.MatchString(l.Text) {
		atPrompt = true
	}
	switch {
	case atPrompt && rest == eventHead: // the event came on the line of the prompt
		c.waits, c.broken, c.event = true, true, true
		l.Text = eventHead
		return ""
	case atPrompt && (strings.TrimSpace(rest) == "" || logLine.MatchString(rest)):
		c.waits, c.broken, c.event = true, strings.TrimSpace(rest) != "", false
		l.role = rolePrompt
		return ""
	case atPrompt:
		c.waits = false
		return rest
	}
	return c.behind(l)
}

// behind is take for a line without a prompt.
func (c *capture) behind(l *Line) (command string) {
	switch {
	case logLine.MatchString(l.Text):
		l.role = roleStart
		c.broken = true
	case !c.waits || l.Text == "":
	case l.Text == eventHead:
		c.broken, c.event = true, true
	case c.event:
		c.event = false
	case c.broken:
		c.waits = false
		return l.Text
	default: // no capture of zkCli: it is taken as it stands
		c.waits = false
	}
	return ""
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
		if r != '\b' {
			out = append(out, r)
		} else if len(out) > 0 {
			out = out[:len(out)-1]
		}
	}
	return string(out)
}
