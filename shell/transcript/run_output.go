package transcript

import (
	"strings"

	"zoosh/shell"
)

// A runOutput is what a run of a page put out.
type runOutput struct {
	steps  []stepOutput // by step of the page
	events map[string][]runEvent
}

type stepOutput struct {
	out  []outLine
	late bool // the command did not end in time
}

// A runEvent is an event that a session received.
type runEvent struct {
	outLine
	step  int // the step of the page, of whichever session, that ran when it came
	early bool
}

// gather makes lines of what a command put out. Output that looks like an event,
// because data does, counts as one, since it would in a page too.
func gather(items []shell.Item) (out []outLine, events []outLine) {
	var plain strings.Builder
	flush := func() {
		for l := range strings.Lines(shell.Printable(plain.String())) {
			out = append(out, outLine{text: strings.TrimSuffix(l, "\n")})
		}
		plain.Reset()
	}
	whole := true // the last line has ended
	for _, it := range items {
		if whole && statText.MatchString(it.Text) {
			flush()
			out = append(out, statLines(it.Text)...)
			continue
		}
		plain.WriteString(it.Text)
		if it.Text != "" {
			whole = strings.HasSuffix(it.Text, "\n")
		}
	}
	flush()
	return splitEvents(out)
}

func splitEvents(lines []outLine) (out []outLine, events []outLine) {
	for i := 0; i < len(lines); i++ {
		if lines[i].text != eventHead {
			out = append(out, lines[i])
			continue
		}
		end := eventEnd(i, len(lines), func(j int) (string, bool) { return lines[j].text, true })
		body := ""
		if end > i+1 {
			body = lines[end-1].text
		}
		events = append(events, eventLine(body))
		i = end - 1
	}
	return out, events
}

// shown is the event in a text that zkCli prints for one; ok is false if nothing
// is printed.
func shown(it shell.Item) (line outLine, ok bool) {
	text := strings.TrimRight(shell.Printable(it.Text), "\n")
	if text == "" {
		return outLine{}, false
	}
	return eventLine(text[strings.LastIndexByte(text, '\n')+1:]), true
}

// sameEvent tells whether a session received what the page shows, apart from the
// zxid's value.
func sameEvent(want pageEvent, got outLine) bool {
	if want.pattern != nil && want.pattern.re != nil {
		return want.pattern.re.MatchString(got.text)
	}
	_, _, ok := got.valueOf(want.text)
	return ok
}
