package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"zoosh/internal/fault"
	"zoosh/internal/printable"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// A Candidate is one way to complete the word being typed.
type Candidate struct {
	// Text takes the place of the word. It begins with the word, unless it has
	// to be quoted and the word has no quote yet.
	Text string
	Help string // a few words about it, perhaps none
	// Open: more may follow within the same word, as below a znode.
	Open bool
}

// completeTimeout bounds how long a completion asks the server for children.
const completeTimeout = 2 * time.Second

// Complete lists what the word that ends at byte pos of line can become, and
// where that word begins. Paths are those of the live tree.
func (sh *Shell) Complete(ctx context.Context, line string, pos int) (start int, candidates []Candidate) {
	err := fault.Do(func() error {
		start, candidates = sh.complete(ctx, line[:pos])
		return nil
	})
	if f := fault.Of(err); f != nil { // who asks may be a terminal's library
		sh.put(Item{Kind: Stderr, Text: fmt.Sprintf("%v\n%s", f, f.Report("completion"))})
		return pos, nil
	}
	return start, candidates
}

func (sh *Shell) complete(ctx context.Context, line string) (start int, candidates []Candidate) {
	start = wordStart(line)
	before, word := Split(strings.TrimSpace(line[:start])), line[start:] // of blanks alone Split makes a word
	d := sh.dialectNow()
	if len(before) == 0 {
		return start, beginning(word, sh.commandCandidates(d))
	}
	cmd := sh.lookup(d, before[0])
	switch {
	case cmd == nil:
		return start, nil
	case strings.HasPrefix(word, "-"):
		return start, beginning(word, cmd.optionCandidates())
	}
	switch kind := cmd.argKind(d, before[1:]); kind {
	case ArgPath:
		return start, sh.pathCandidates(ctx, word)
	case ArgFile:
		return start, sh.fileCandidates(ctx, cmd.Own, word)
	case ArgTree:
		if mayBePath(word) {
			candidates = sh.pathCandidates(ctx, word)
		}
		if mayBeFile(word) {
			candidates = append(candidates, sh.fileCandidates(ctx, cmd.Own, word)...)
		}
		return start, candidates
	default:
		return start, beginning(word, sh.argCandidates(kind))
	}
}

// A word that begins with a slash is a path, and a file if there is none yet or no
// slash.

// mayBePath and mayBeFile tell what a word can become where both can stand. A file with
// a slash before it has file: there.
func mayBePath(word string) bool {
	word = strings.TrimLeft(word, `"'`)
	return word == "" || word[0] == '/'
}

func mayBeFile(word string) bool { return !strings.HasPrefix(strings.TrimLeft(word, `"'`), "/") }

// CompletesPath tells whether what ends line is a path, which Complete asks the
// server about.
func CompletesPath(d Dialect, line string) bool {
	switch kindAt(d, line) {
	case ArgPath:
		return true
	case ArgTree:
		return mayBePath(line[wordStart(line):])
	}
	return false
}

// kindAt is the kind of argument that ends line.
func kindAt(d Dialect, line string) ArgKind {
	start := wordStart(line)
	before := Split(strings.TrimSpace(line[:start]))
	if len(before) == 0 || strings.HasPrefix(line[start:], "-") {
		return ArgOther
	}
	cmd := Lookup(d, before[0])
	if cmd == nil {
		return ArgOther
	}
	return cmd.argKind(d, before[1:])
}

// beginning keeps the candidates that begin with the word.
func beginning(word string, candidates []Candidate) []Candidate {
	return slices.DeleteFunc(candidates, func(c Candidate) bool { return !strings.HasPrefix(c.Text, word) })
}

// wordStart finds where the word at the end of line begins by zkCli's rule; a
// quote that is still open begins one too.
func wordStart(line string) int {
	end := 0
	for _, m := range wordPattern.FindAllStringSubmatchIndex(line, -1) {
		if m[0] > end {
			return end // a quote was passed over: it has not been closed yet
		}
		if word := line[m[2]:m[3]]; m[3] == len(line) && unquote(word) == word {
			return m[2]
		}
		end = m[1]
	}
	return end
}

func (sh *Shell) commandCandidates(d Dialect) []Candidate {
	var out []Candidate
	for _, c := range Commands(d) {
		if sh.lookup(d, c.Name) != nil {
			out = append(out, Candidate{Text: c.Name, Help: c.Summary})
		}
	}
	return out
}

func (c *Command) optionCandidates() []Candidate {
	var out []Candidate
	for _, o := range c.Options {
		out = append(out, Candidate{Text: "-" + o.Name, Help: o.Desc})
	}
	return out
}

// argKind is the kind of the argument that follows the given words.
func (c *Command) argKind(d Dialect, before []string) ArgKind {
	probe := Call{cmd: c, dialect: d, words: append([]string{c.Name}, before...)}
	if err := probe.parseOptions(); err != nil { // an option's argument is being typed
		return c.valueKind(before)
	}
	switch n := len(probe.args); {
	case c.ArgOf != nil:
		return c.ArgOf(probe.args)
	case len(c.Args) == 0:
		return ArgOther
	case n < len(c.Args):
		return c.Args[n]
	default:
		return c.Args[len(c.Args)-1]
	}
}

// valueKind is the kind of argument that the last of the words takes, if it is an
// option.
func (c *Command) valueKind(words []string) ArgKind {
	for _, o := range c.Options {
		if len(words) > 0 && words[len(words)-1] == "-"+o.Name {
			return o.Kind
		}
	}
	return ArgOther
}

// schemes are what ACLs and addauth can name.
var schemes = []string{"world:anyone:", "auth:", "digest:", "ip:", "x509:", "sasl:"}

func (sh *Shell) argCandidates(kind ArgKind) []Candidate {
	switch kind {
	case ArgOnOff:
		return words("on", "off")
	case ArgDialect:
		return words(DialectNames()...)
	case ArgHelp:
		return append(sh.commandCandidates(sh.dialectNow()), topicCandidates()...)
	case ArgTxnOp:
		return words(txnNames...)
	case ArgFormat:
		return words("text", "json")
	case ArgSession:
		return sh.sessionCandidates()
	case ArgServerAct:
		return actCandidates()
	case ArgServerSession:
		return sh.targetCandidates()
	case ArgServerLine:
		return append(sh.targetCandidates(), Candidate{Text: allSessions})
	case ArgACL:
		return words(schemes...)
	case ArgScheme:
		return words("digest", "ip", "x509", "sasl")
	}
	return nil
}

func words(texts ...string) []Candidate {
	out := make([]Candidate, len(texts))
	for i, t := range texts {
		out[i] = Candidate{Text: t, Open: strings.HasSuffix(t, ":")}
	}
	return out
}

// pathCandidates asks the server for the children of the part of word that is a
// path already. It arms no watch.
func (sh *Shell) pathCandidates(ctx context.Context, word string) []Candidate {
	quote := ""
	if word != "" && (word[0] == '"' || word[0] == '\'') {
		quote, word = word[:1], word[1:]
	}
	zk := sh.Session()
	if zk == nil || zk.State() != session.Connected && zk.State() != session.ConnectedReadOnly {
		return nil
	}
	if !strings.HasPrefix(word, "/") {
		return beginning(quote+word, []Candidate{{Text: quote + "/", Open: true}})
	}
	parent, _ := wire.SplitPath(word)
	if parent == "" { // of "/", whose children are asked for
		parent = "/"
	}
	ctx, cancel := context.WithTimeout(ctx, completeTimeout)
	defer cancel()
	children, _, err := zk.Children(ctx, parent, nil)
	if err != nil {
		return nil // a path that is not there has no completion
	}
	sortNames(children)
	var out []Candidate
	for _, name := range children {
		path := wire.JoinPath(parent, name)
		text, ok := Quote(path)
		if quote != "" {
			text, ok = quote+path+quote, !strings.Contains(path, quote)
		}
		if ok && printable.Is(path) && strings.HasPrefix(path, word) {
			out = append(out, Candidate{Text: text, Open: true})
		}
	}
	return out
}
