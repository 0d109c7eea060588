package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"zoosh/shell"
)

// The scripts. All they know is how to ask zoosh complete, so that they need not
// change when zoosh does.
var (
	//go:embed completion/zoosh.bash
	bashScript string
	//go:embed completion/zoosh.zsh
	zshScript string
	//go:embed completion/zoosh.fish
	fishScript string
)

// completionScripts are the scripts by shell.
var completionScripts = map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}

// completionShells are the shells that there is a script for.
func completionShells() []string { return slices.Sorted(maps.Keys(completionScripts)) }

const completionUsage = `usage: zoosh completion bash | zsh | fish

Prints what makes a shell complete zoosh's words: commands, flags, profiles, lessons,
and the znodes of the server that the call names.

  source <(zoosh completion bash)    in ~/.bashrc
  source <(zoosh completion zsh)     in ~/.zshrc, after compinit
  zoosh completion fish | source     in ~/.config/fish/config.fish
`

// runCompletion is zoosh completion.
func runCompletion(args []string, std stdio) int {
	fs := newFlagSet("zoosh completion", std, completionUsage)
	if code, ok := fs.parse(args); !ok {
		return code
	}
	script := completionScripts[fs.Arg(0)]
	if script == "" || fs.NArg() > 1 {
		return fs.misused("for which shell? %s", strings.Join(completionShells(), ", "))
	}
	if _, err := io.WriteString(std.out, script); err != nil {
		return fs.failed(err)
	}
	return codeOK
}

// printBash prints the replies to a line of bash's that ends at the cursor: what
// bash is to put in place of the part that it takes for the word, which begins
// behind the last of breaks.
func printBash(ctx context.Context, line, breaks string, out io.Writer) {
	words, last := bashWords(line, breaks)
	if len(words) < 2 {
		return
	}
	c := complete(ctx, words[1:])
	replies := 0
	for _, it := range c.candidates {
		text, ok := last.reply(it)
		if !ok || len(it.Text) < last.from || shell.Printable(it.Text) != it.Text {
			continue
		}
		fmt.Fprintln(out, text)
		replies++
	}
	if c.files && replies == 0 {
		fmt.Fprintln(out, "@files")
	}
}

// A bashWord is how the word at the cursor is written.
type bashWord struct {
	quote byte // that is open; 0 if none is
	from  int  // where in the word's value begins what bash replaces
}

// reply is what bash is to insert for a candidate.
func (w bashWord) reply(it shell.Candidate) (text string, ok bool) {
	text = it.Text[min(w.from, len(it.Text)):]
	end := " "
	if it.Open {
		end = ""
	}
	switch w.quote {
	case 0:
		return escaped(text, " \t\"'\\$`&;|<>()*?[]{}~#!") + end, true
	case '"':
		text = escaped(text, "\"\\$`")
	case '\'':
		ok = !strings.Contains(text, "'")
		if !it.Open {
			end = "' "
		}
		return text + end, ok
	}
	if !it.Open {
		end = `" `
	}
	return text + end, true
}

func escaped(text, special string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(special, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// bashWords splits a command line as bash does, without expanding anything, and
// tells how the last word, perhaps an empty one, is written.
func bashWords(line, breaks string) (words []string, last bashWord) {
	var value []byte
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case last.quote != 0 && c == last.quote:
			last.quote = 0
		case c == '\\' && last.quote != '\'' && i+1 < len(line):
			i++
			value = append(value, line[i])
		case last.quote != 0:
			value = append(value, c)
		case c == '"' || c == '\'':
			last.quote = c
			last.from = len(value)
		case c == ' ' || c == '\t' || c == '\n':
			if i > 0 && !strings.ContainsRune(" \t\n", rune(line[i-1])) || len(value) > 0 {
				words = append(words, string(value))
			}
			value, last.from = nil, 0
		default:
			if strings.IndexByte(breaks, c) >= 0 {
				last.from = len(value)
				if c != '@' && c != '$' { // readline's special prefixes, which it keeps with the word
					last.from++
				}
			}
			value = append(value, c)
		}
	}
	return append(words, string(value)), last
}
