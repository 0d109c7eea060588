// Package transcript reads ZooKeeper sessions that stand in a Markdown page,
// replays them, says what differs and rewrites the page.
//
// # Contract
//
// A fenced block whose info string begins with the word zk is a piece of a
// session; the next word names the session, main if there is none. Blocks run in
// the order of the page, and a session opens at its first block. A line that
// begins with a zkCli prompt ("[zk: host(STATE) 3] " or "[zk] ") is a command;
// host, state and number are not compared. What follows, up to the next prompt
// of the session, is its output, be it in this block or in a later one.
//
// In a page whose front matter says "at: prompt", a word of a command that begins
// with a quote goes on until it ends, as at a prompt: each further line of the
// command has "> " before it.
//
// Output is compared to the letter, except for:
//
//   - "..." alone on a line, which stands for any lines, also none;
//   - a line that ends in " (glob)", in which * and ? match and \ escapes, or in
//     " (re)", an anchored regular expression of Go;
//   - the volatile values of a stat (zxids, times, the owner's session id) and
//     the zxid of an event, which are bound: see below;
//   - what zkCli prints when it starts, before the first command of a session.
//
// A "WATCHER::" line begins an event, which the session must receive, in the
// session's order of events, before the page goes on; the replay waits for it. It
// may have come earlier than the page shows it. An event that the page does not
// show is a difference too, unless it only tells of the connection (type:None).
// Blank lines beside an event mean nothing.
//
// A volatile value in the page stands for one value of the run, throughout the
// page and all of its sessions. Zxids and session ids: equal in the page is equal
// in the run, and the other way round; zxids rise together. Times have seconds
// only, and a replay is fast: a time belongs to its zxid (ctime to cZxid, mtime
// to mZxid), the same zxid has the same time wherever it is shown, and times do
// not fall while zxids rise. 0x0, the zxid -1, and the owners that mark
// containers and TTL znodes stand for themselves.
//
// Where values contradict each other, the reading that leaves the fewest lines
// wrong counts. If two values contradict only each other and stand on equally
// many lines, such as a zxid that is shown twice and was changed in one place, the
// page alone does not say which is wrong: both are shown as differing, and Update
// rewrites only one of them, so that they agree. Which one, evidence decides if
// there is any: of zxids and session ids, that their distances in the page are
// closest to those in the run; of a session id without another to measure by, how
// its last 16 bits, which count the sessions of a server, compare with the run's;
// of times, the zone of the others. It may mislead where the page was captured on
// a server that others used too. Without evidence the first in the page stays.
//
// Update rewrites only the lines that differ and keeps the rest to the byte. A
// page that was updated passes when it is replayed.
package transcript

import (
	"cmp"
	"slices"
	"strings"
)

// DefaultSession is the session of a block that names none.
const DefaultSession = "main"

// Page is a transcript that has been read.
type Page struct {
	File        string            // as given to Parse; for messages
	FrontMatter map[string]string // title, summary, language, dialect…; never nil
	Blocks      []Block           // the zk blocks, in the order of the page
	Steps       []Step            // what is in them, in the order of the page
	Tail        string            // the Markdown behind the last block

	lines []srcLine // the whole file
	mark  string    // the byte order mark before them, if there is one
}

// Block is a fenced block of a session.
type Block struct {
	Session string
	Line    int    // of the opening fence; lines count from 1
	End     int    // of the closing fence
	Prose   string // the Markdown between the block before, or the front matter, and this one
	Steps   int    // index in Page.Steps of its first step

	fence  string // the opening fence without its info string
	prefix string // what stands before the block's lines: indentation, quote marks
}

// Step is a command with what the page shows behind it. A block that begins with
// something other than a prompt has a step without a command for that.
type Step struct {
	Session string
	Command string // as typed; "" if there is none. It may have several lines
	Line    int    // of the command, or of the first line if there is none
	End     int    // of the command's last line; Line if there is none
	Block   int    // index in Page.Blocks
	Output  []Line // output and events, as they stand in the page

	events []pageEvent
	bare   *bareCommand // nil if the command has a prompt on its line
}

// bareCommand is a command that stands without a prompt, because something came
// while the prompt waited.
type bareCommand struct {
	prompt string // that waited
	text   string // of the command's first line
	breaks []int  // what came, by number of the line
}

// Waits tells whether the page shows an event in the step, which is waited for.
func (s *Step) Waits() bool { return len(s.events) > 0 }

// Line is a line of a page that says what a session put out.
type Line struct {
	Number int // from 1
	Text   string

	role    role
	pattern *pattern // nil if the line is to be taken to the letter
	prompt  string   // what stood before an event that came on the prompt's line; not in Text
}

// role says what a line of output is for.
type role int

const (
	roleOutput role = iota
	roleBlank       // blank and beside an event: it may stand for an empty line, or mean nothing
	roleEvent       // part of an event
	rolePrompt      // a prompt with nothing behind it
	roleStart       // what zkCli prints when it starts
)

// pageEvent is an event that a page shows. Its lines are indices of Page.lines.
type pageEvent struct {
	head, body int
	prompt     string   // before the head on its line; "" if there is none
	text       string   // the WatchedEvent line; "" if it is missing
	pattern    *pattern // nil if text is to be taken to the letter
}

// srcLine is a line of the file.
type srcLine struct {
	text   string
	eol    string // "\n", "\r\n" or, at the end of the file, ""
	prefix int    // in a zk block: how much of text stands before the block's content
}

// Bytes is the page as it was read.
func (p *Page) Bytes() []byte {
	var b strings.Builder
	for _, l := range p.lines {
		b.WriteString(l.text)
		b.WriteString(l.eol)
	}
	return []byte(b.String())
}

// Sessions lists the names of the sessions in the order in which they open.
func (p *Page) Sessions() []string {
	var names []string
	seen := map[string]bool{}
	for _, b := range p.Blocks {
		if !seen[b.Session] {
			seen[b.Session] = true
			names = append(names, b.Session)
		}
	}
	return names
}

// StepOf is the index of the step that a line is in, or of the one before it; 0 if
// there is none. Lines count from 1.
func (p *Page) StepOf(line int) int {
	i, found := slices.BinarySearchFunc(p.Steps, line, func(s Step, line int) int { return cmp.Compare(s.Line, line) })
	if !found && i > 0 {
		i--
	}
	return i
}

// text is the Markdown of the lines from index from up to index to.
func (p *Page) text(from, to int) string {
	var b strings.Builder
	for _, l := range p.lines[from:to] {
		b.WriteString(l.text)
		b.WriteString(l.eol)
	}
	return b.String()
}
