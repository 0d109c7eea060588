package shell

import (
	"regexp"
	"strings"
)

// A command that is typed may have several lines: a word that begins with a quote
// goes on until it ends. This file tells where a command ends, and writes one down in
// lines that can be told from other text.

// Continued is what stands before each line of a command behind its first: at a
// prompt, in pages and in the history.
const Continued = "> "

// An Entry is a command that comes line by line. The zero value has none yet.
type Entry struct {
	begun bool
	words openWord  // by zkCli's rule
	own   *ownQuote // by that of zoosh's own commands, if it is one of them
}

// Add takes the next line and tells whether a word is open at its end, so that the
// command goes on.
func (e *Entry) Add(line string) (open bool) {
	if !e.begun {
		e.begun = true
		if c := byName[FirstWord(line)]; c != nil && c.Own {
			e.own = &ownQuote{}
		}
	}
	e.words.add(line)
	if e.own == nil {
		return e.words.quote != 0
	}
	e.own.add(line)
	switch {
	case e.own.quote == 0:
		return false
	case e.own.first:
		return true
	}
	return e.words.quote != 0 // zoosh's rule cannot read it: see Shell.split
}

// openWord finds the word that begins with a quote which zkCli's rule passes over,
// because it does not end.
type openWord struct{ quote byte }

func (o *openWord) add(line string) {
	if o.quote != 0 {
		end := strings.IndexByte(line, o.quote)
		if end < 0 {
			return
		}
		line, o.quote = line[end+1:], 0
	}
	for {
		line = strings.TrimLeft(line, blanks)
		if line == "" {
			return
		}
		end := strings.IndexAny(line, blanks)
		if c := line[0]; c == '"' || c == '\'' {
			if end = strings.IndexByte(line[1:], c); end < 0 {
				o.quote = c
				return
			}
			end += 2
		}
		if end < 0 {
			return
		}
		line = line[end:]
	}
}

// blanks are what stands between words.
const blanks = " \t\n\v\f\r"

// ownQuote finds the quote that is open by the rule of splitOwn.
type ownQuote struct {
	quote byte
	first bool // it begins its word
	begun bool // there is a word that has not ended
}

func (o *ownQuote) add(line string) {
	if o.quote == 0 {
		o.begun = false // the end of a line is a blank
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && o.quote != '\'':
			_, n := escape(line[i:], o.quote)
			o.begun, i = true, i+n-1
		case o.quote == 0 && (c == '"' || c == '\''):
			o.quote, o.first, o.begun = c, !o.begun, true
		case o.quote != 0 && c == o.quote:
			o.quote = 0
		case o.quote == 0:
			o.begun = strings.IndexByte(blanks, c) < 0
		}
	}
}

// SplitCommands is the commands in lines of text, each with all of its lines; blank lines
// are none. open tells that the last one goes on in another line.
func SplitCommands(text string) (commands []string, open bool) {
	starts, open := commandsIn(text)
	for i, from := range starts {
		to := len(text)
		if i+1 < len(starts) {
			to = starts[i+1] - 1
		}
		if command := text[from:to]; strings.TrimSpace(command) != "" {
			commands = append(commands, command)
		}
	}
	return commands, open
}

// CommandAt is where the command begins that stands at byte pos of text.
func CommandAt(text string, pos int) int {
	starts, _ := commandsIn(text[:pos])
	return starts[len(starts)-1]
}

// commandsIn is where the commands in text begin, be they blank.
func commandsIn(text string) (starts []int, open bool) {
	var e Entry
	for at, fresh := 0, true; ; {
		if fresh {
			starts, e = append(starts, at), Entry{}
		}
		line, _, more := strings.Cut(text[at:], "\n")
		open = e.Add(line)
		if !more {
			return starts, open
		}
		at, fresh = at+len(line)+1, !open
	}
}

// FormatEntry writes a command down so that ReadEntry gives it back: each line behind
// the first has Continued before it. ok is false for what is not one command.
func FormatEntry(command string) (text string, ok bool) {
	if starts, open := commandsIn(command); len(starts) > 1 || open {
		return "", false
	}
	return strings.ReplaceAll(command, "\n", "\n"+Continued), true
}

// ReadEntry reads the command that FormatEntry has written into the first of n lines
// and those behind it, and tells how many it has taken. open tells that it does not
// end there.
func ReadEntry(n int, line func(i int) string) (command string, taken int, open bool) {
	var e Entry
	var b strings.Builder
	for taken < n {
		text := line(taken)
		if taken > 0 {
			rest, ok := CutContinued(text)
			if !ok {
				break
			}
			text = rest
			b.WriteByte('\n')
		}
		b.WriteString(text)
		taken++
		if open = e.Add(text); !open {
			break
		}
	}
	return b.String(), taken, open
}

// CutContinued is a line of a command without what stands before it. An empty line may
// have lost the blank.
func CutContinued(line string) (rest string, ok bool) {
	if line == strings.TrimRight(Continued, " ") {
		return "", true
	}
	return strings.CutPrefix(line, Continued)
}

// LineEnd stands for the end of a line where a text has only one.
const LineEnd = "↵"

// OneLine is text safe to show, in one line.
func OneLine(text string) string { return strings.ReplaceAll(Printable(text), "\n", LineEnd) }

// pastedPrompt is how zkCli's prompt begins a line, in documents too.
var pastedPrompt = regexp.MustCompile(`^\[zk: [^]]*\] ?`)

// Pasted is a text as it is to be put into a prompt: of a session that was copied with
// its prompts only what was typed there counts. run tells that it is one line with its
// end behind it, which may be run at once; what has several lines is to be looked at
// first.
func Pasted(text string) (typed string, run bool) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	if pastedPrompt.MatchString(text) || strings.Contains(text, "\n[zk: ") {
		text = typedIn(strings.Split(text, "\n"), text)
	}
	line, rest, ended := strings.Cut(text, "\n")
	if ended && strings.Trim(rest, "\n") == "" {
		return line, true
	}
	return strings.TrimRight(text, "\n"), false
}

// typedIn is what was typed at the prompts in lines; otherwise, if there are none.
func typedIn(lines []string, otherwise string) string {
	var b strings.Builder
	found := false
	for i := 0; i < len(lines); {
		at := pastedPrompt.FindString(lines[i])
		if at == "" {
			i++
			continue
		}
		command, taken, _ := ReadEntry(len(lines)-i, func(n int) string {
			if n == 0 {
				return lines[i][len(at):]
			}
			return lines[i+n]
		})
		b.WriteString(command)
		if found, i = true, i+taken; i < len(lines) {
			b.WriteByte('\n')
		}
	}
	if !found {
		return otherwise
	}
	return b.String()
}
