// Package manual is zoosh's manual: a Markdown page for each topic, part of the binary.
//
// Contract: the pages stand here as a forge shows them, with links that work there. Of a
// link to another page the text is that page's topic, so that it can be followed where
// only text is shown. Nothing is read before it is asked for. A page's title is its
// heading, and its sessions are transcripts, which the tests replay.
package manual

import (
	"embed"
	"strings"
)

//go:embed *.md
var files embed.FS

// A Topic is what a page is about.
type Topic struct {
	Name    string // of the page, without .md
	Summary string // a few words, for lists
}

// topics are the pages, in the order in which they are listed: what is read first, what
// is done with a shell, with sessions as text, with a server, and what else is to be known.
var topics = []Topic{
	{"start", "how to begin, how to call zoosh, its flags"},
	{"install", "a binary, packages, completion in bash, zsh and fish"},
	{"prompt", "the prompt: connection, history, several lines"},
	{"commands", "what zkCli does not have"},
	{"watches", "arming, following, what changed unseen"},
	{"tui", "the screen and its panes"},
	{"keys", "every key of the TUI"},
	{"scripts", "scripts, single commands, exit codes, pipes"},
	{"json", "-o json, and the names in it"},
	{"exports", "a subtree as a file, and back"},
	{"profiles", "names for ensembles, and credentials"},
	{"security", "TLS, SASL, ACLs, secrets"},
	{"lessons", "walkthroughs: played for you, or your turn"},
	{"writing-lessons", "a lesson of your own"},
	{"transcripts", "sessions as text: recorded, replayed"},
	{"testing", "zoosh in tests"},
	{"faults", "a server or a network that fails, at a command"},
	{"serve", "the server inside: in memory, on disk, zoo.cfg"},
	{"serve-security", "the server under TLS, and with users"},
	{"limits", "what clients may take, and how long things may be"},
	{"open", "a data directory, as it is and as it was: what deleted a znode"},
	{"differences", "dialects, and where zoosh differs from zkCli"},
	{"compatibility", "other clients' own tests"},
	{"performance", "figures, and what measures them"},
	{"maintainers", "the parts of the source, and how to add to them"},
}

// Topics lists the topics.
func Topics() []Topic { return topics }

// Page is the page of a topic, in Markdown, without front matter; ok is false if there is
// none.
func Page(name string) (markdown string, ok bool) {
	for _, t := range topics {
		if t.Name == name {
			src, err := files.ReadFile(name + ".md")
			return withoutFrontMatter(string(src)), err == nil
		}
	}
	return "", false
}

// withoutFrontMatter is a page without what is for who replays it.
func withoutFrontMatter(page string) string {
	const mark = "---\n"
	if front, ok := strings.CutPrefix(page, mark); ok {
		if _, rest, ok := strings.Cut(front, "\n"+mark); ok {
			return strings.TrimLeft(rest, "\n")
		}
	}
	return page
}
