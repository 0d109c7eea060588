package shell

import (
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/english"
)

// zkCli passes over words that are too many for a command: set /p {"a": 1} stores
// {"a": and succeeds. This file finds them.

// excess is how many arguments a call has that the command does not look at; kept is
// how many it does.
func (c *Call) excess() (kept, n int) {
	limit, extended := c.cmd.MaxArgs, c.cmd.MaxArgs34 == 0
	if c.dialect.Before(D38) && c.cmd.MaxArgs34 > 0 && !c.has(versionOption.Name) { // which comes before that of 3.4
		limit, extended = c.cmd.MaxArgs34, true
	}
	if limit == AnyArgs {
		return len(c.args), 0
	}
	kept = min(len(c.args), max(0, int(limit)))
	if fits := c.cmd.LastFits; fits != nil && extended && kept == int(limit) && !fits(c.args[kept-1]) {
		kept--
	}
	return kept, len(c.args) - kept
}

func mayBeVersion(word string) bool {
	_, err := parseInt32(word)
	return err == nil
}

// mayBeACL tells whether a word begins like an ACL, be it a wrong one.
func mayBeACL(word string) bool {
	scheme, _, ok := strings.Cut(word, ":")
	return ok && !strings.ContainsAny(scheme, `"'{}[](),`)
}

// refuseExcess refuses words that are too many of somebody who types them, and tells
// how to make one word of several.
func (c *Call) refuseExcess() error {
	kept, n := c.excess()
	if !c.sh.cfg.Typed || n == 0 {
		return nil
	}
	return failf("%s", c.tooMany(kept, "would be")+c.insteadOf(kept))
}

// ignored is what a script is told of such words; "" if there are none.
func (c *Call) ignored() string {
	kept, n := c.excess()
	if c.sh.cfg.Warn == nil || c.sh.cfg.Quiet || n == 0 || c.cmd.Own {
		return ""
	}
	return "note: " + c.tooMany(kept, "was") + c.insteadOf(kept)
}

// shownWord bounds what is shown of a word, and shownCommand of a command, in bytes.
const (
	shownWord    = 40
	shownCommand = 300
)

// tooMany says which words are too many.
func (c *Call) tooMany(kept int, is string) string {
	takes := english.Count(kept, "argument")
	if kept == 0 {
		takes = "no arguments"
	}
	which := "what follows"
	if n := len(c.args) - kept; !Secret(c.line) {
		which = "'" + OneLine(shortened(c.args[kept], shownWord)) + "'"
		if n > 1 {
			which += " and " + english.Count(n-1, "more word")
			is = strings.Replace(is, "was", "were", 1)
		}
	}
	return fmt.Sprintf("%s takes %s: %s %s ignored", c.cmd.Name, takes, which, is)
}

// insteadOf says what was meant, perhaps: an option, or one word that was not quoted.
func (c *Call) insteadOf(kept int) string {
	rest := c.args[kept:]
	p := optionParser{known: c.cmd.Options}
	switch {
	case c.dialect.Before(D38) && p.isOption(rest[0]):
		return ". In dialect 3.4 options come first"
	case len(rest) == 1 && p.find("v") != nil && !c.has("v") && mayBeVersion(rest[0]):
		return "; a version is given as -v " + rest[0]
	case kept == 0 || c.cmd.MaxArgs == NoArgs:
		return ""
	case Secret(c.line):
		return "; a word with blanks in it needs quotes"
	}
	if kept < len(c.cmd.Args) && c.cmd.Args[kept] == ArgACL && len(rest) == 1 && !strings.ContainsAny(rest[0], `"'{}[]`) {
		return c.asOneWord(kept) + " (an ACL is scheme:id:perms)"
	}
	return c.asOneWord(kept)
}

// asOneWord says how to quote the last argument with all that follows it.
func (c *Call) asOneWord(kept int) string {
	tail := c.args[kept-1:]
	head := c.words[:max(1, len(c.words)-len(tail))]
	word := strings.Join(tail, " ")
	if !slices.Equal(c.words[len(head):], tail) { // an option stands among them
		head = append([]string{c.cmd.Name}, c.args[:kept-1]...)
	} else if text := c.typedText(len(tail)); text != "" {
		word = text
	}
	quoted, ok := Quote(word)
	switch {
	case c.cmd.Own:
		quoted = quoteOwn(word)
	case !ok && (c.cmd.Name == "create" || c.cmd.Name == "set"):
		return "; as one word it needs both kinds of quotes, which multi can have: multi " + oneCommand(head, quoteOwn(word))
	case !ok:
		return "; as one word it would need both kinds of quotes, which zkCli cannot have"
	}
	return "; as one word: " + oneCommand(head, quoted)
}

// oneCommand is a command to be shown, unless it is long.
func oneCommand(head []string, last string) string {
	words := slices.Clone(head)
	for i, w := range words {
		if quoted, ok := Quote(w); ok {
			words[i] = quoted
		}
	}
	if text := strings.Join(append(words, last), " "); len(text) <= shownCommand {
		return OneLine(text)
	}
	return "all of it between " + last[:1]
}

// typedText is the last n words of the line as they were typed, with the blanks
// between them; "" if that is not known, or the first of them is quoted.
func (c *Call) typedText(n int) string {
	spans := wordPattern.FindAllStringSubmatchIndex(c.line, -1)
	if len(spans) < n || !slices.Equal(Split(c.line), c.words) {
		return ""
	}
	text := strings.TrimRight(c.line[spans[len(spans)-n][2]:], blanks)
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		return ""
	}
	return text
}
