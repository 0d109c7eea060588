package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"zoosh/internal/manual"
	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell"
)

// completeWait is how long a shell's user waits for the paths of a server.
const completeWait = 400 * time.Millisecond

// A completion is what the last of the words behind zoosh can become.
type completion struct {
	candidates []shell.Candidate
	files      bool // a file of the file system can stand there, too
}

// complete finds what the last of the words behind zoosh can become. The others are
// taken as they would be if the call were made; what is wrong with them is passed
// over.
func complete(ctx context.Context, words []string) completion {
	before, word := words[:len(words)-1], words[len(words)-1]
	at := place{fs: flagsOf(nil)}
	for i, w := range before {
		if at.take(w); at.command {
			return completeCommand(ctx, at.sub == nil, before[:i], before[i:], word)
		}
	}
	c := at.complete(word)
	c.candidates = slices.DeleteFunc(c.candidates, func(c shell.Candidate) bool { return !strings.HasPrefix(c.Text, word) })
	return c
}

// A place is where in a call a word stands.
type place struct {
	fs      *flagSet
	sub     *subcommand // that was named
	value   *flag.Flag  // whose value the next word is
	args    int         // of sub, so far
	command bool        // a ZooKeeper command has begun
}

// take passes a word.
func (p *place) take(w string) {
	switch {
	case p.value != nil:
		p.value = nil
	case strings.HasPrefix(w, "-") && w != "-":
		name, _, has := strings.Cut(strings.TrimLeft(w, "-"), "=")
		if f := p.fs.Lookup(name); f != nil && !has && !isBool(f) {
			p.value = f
		}
	case p.fs.profiled && strings.HasPrefix(w, "@"):
	case p.sub != nil:
		p.args++
		p.command = p.sub.takes == takesDirCommand && p.args > 1
	default:
		if p.sub = findSubcommand(w); p.sub == nil {
			p.command = true
			return
		}
		p.fs = flagsOf(p.sub)
	}
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// complete is what can stand at the place, if it begins with the word.
func (p *place) complete(word string) completion {
	if p.value != nil {
		return valuesOf(p.value)
	}
	if name, _, has := strings.Cut(word, "="); has && strings.HasPrefix(word, "-") {
		return p.joinedValue(name)
	}
	switch {
	case strings.HasPrefix(word, "-"):
		return completion{candidates: flagCandidates(p.fs)}
	case strings.HasPrefix(word, "@") && p.fs.profiled:
		return completion{candidates: profileCandidates()}
	case p.sub != nil:
		return p.argument()
	}
	return completion{candidates: beginnings()}
}

// joinedValue is what can stand behind -name=.
func (p *place) joinedValue(name string) completion {
	f := p.fs.Lookup(strings.TrimLeft(name, "-"))
	if f == nil {
		return completion{}
	}
	c := completion{}
	for _, v := range valuesOf(f).candidates { // a shell would not know what the file is joined to
		v.Text = name + "=" + v.Text
		c.candidates = append(c.candidates, v)
	}
	return c
}

// argument is what an argument of the subcommand can be.
func (p *place) argument() completion {
	switch {
	case p.sub.takes == takesFile && p.args == 0, p.sub.takes == takesFiles:
		return completion{files: true}
	case p.sub.takes == takesLesson && p.args == 0:
		return completion{candidates: lessonCandidates(), files: true}
	case p.sub.takes == takesDirCommand && p.args == 0:
		return completion{files: true}
	case p.sub.takes == takesDirCommand:
		return completion{candidates: commandCandidates()}
	case p.sub.takes == takesShell && p.args == 0:
		return completion{candidates: wordCandidates(completionShells()...)}
	case p.sub.takes == takesTopic && p.args == 0:
		return completion{candidates: topicCandidates()}
	}
	return completion{}
}

// valuesOf is what a flag can be set to.
func valuesOf(f *flag.Flag) completion {
	placeholder, _ := flag.UnquoteUsage(f)
	switch {
	case f.Name == "server":
		return completion{candidates: profileCandidates()}
	case f.Name == "dialect":
		return completion{candidates: wordCandidates(shell.DialectNames()...)}
	case f.Name == "lang":
		return completion{candidates: wordCandidates(roles.English, roles.Chinese)}
	case f.Name == "client-auth":
		return completion{candidates: wordCandidates("need", "want", "none")}
	case f.Name == "o":
		return completion{candidates: wordCandidates("text", "json")}
	}
	return completion{files: placeholder == "file" || placeholder == "DIR"}
}

func wordCandidates(words ...string) []shell.Candidate {
	out := make([]shell.Candidate, len(words))
	for i, w := range words {
		out[i].Text = w
	}
	return out
}

func flagCandidates(fs *flagSet) []shell.Candidate {
	var out []shell.Candidate
	fs.VisitAll(func(f *flag.Flag) {
		_, usage := flag.UnquoteUsage(f)
		out = append(out, shell.Candidate{Text: "-" + f.Name, Help: usage})
	})
	return append(out, shell.Candidate{Text: "-help", Help: "tell what there is"})
}

// profileCandidates are the profiles, none if they cannot be read.
func profileCandidates() []shell.Candidate {
	file, err := readProfiles()
	if err != nil {
		return nil
	}
	var out []shell.Candidate
	for _, name := range file.Names() {
		out = append(out, shell.Candidate{Text: "@" + name, Help: file.Find(name).Connect()})
	}
	return out
}

func lessonCandidates() []shell.Candidate {
	lessons, err := roles.Lessons(localeLanguage())
	if err != nil {
		return nil
	}
	var out []shell.Candidate
	for _, l := range lessons {
		out = append(out, shell.Candidate{Text: l.Name, Help: l.Title})
	}
	return out
}

func topicCandidates() []shell.Candidate {
	var out []shell.Candidate
	for _, t := range manual.Topics() {
		out = append(out, shell.Candidate{Text: t.Name, Help: t.Summary})
	}
	return out
}

// completeDialect is the dialect that has all commands.
const completeDialect = shell.D34

// beginnings are what a call can begin with, but for flags.
func beginnings() []shell.Candidate {
	out := profileCandidates()
	for _, sub := range subcommands {
		if sub.summary != "" {
			out = append(out, shell.Candidate{Text: sub.name, Help: sub.summary})
		}
	}
	for _, c := range commandCandidates() {
		if findSubcommand(c.Text) == nil {
			out = append(out, c)
		}
	}
	return out
}

func commandCandidates() []shell.Candidate {
	var out []shell.Candidate
	for _, c := range shell.Commands(completeDialect) {
		out = append(out, shell.Candidate{Text: c.Name, Help: c.Summary})
	}
	return out
}

// completeCommand completes a word of a ZooKeeper command, on the server that the
// flags before it name, if there is one to ask. It says nothing where there is none.
func completeCommand(ctx context.Context, asks bool, flags, command []string, word string) completion {
	line := ""
	for _, w := range command {
		quoted, ok := shell.Quote(w)
		if !ok {
			return completion{}
		}
		line += quoted + " "
	}
	if quoted, ok := shell.Quote(word); ok && word != "" {
		word = strings.TrimRight(quoted, `"'`) // it goes on
	}
	line += word
	if shell.CompletesFile(completeDialect, line) {
		return completion{files: true} // the user's shell knows them, and ~, better
	}
	sh, closeShell := completingShell(ctx, flags, asks && shell.CompletesPath(completeDialect, line))
	defer closeShell()
	ctx, cancel := context.WithTimeout(ctx, completeWait)
	defer cancel()
	_, candidates := sh.Complete(ctx, line, len(line))
	for i := range candidates {
		if words := shell.Split(candidates[i].Text); len(words) == 1 {
			candidates[i].Text = words[0] // its quotes are zkCli's
		}
	}
	return completion{candidates: candidates}
}

// completingShell is a shell to complete with, connected if that is asked for and
// quickly done.
func completingShell(ctx context.Context, flags []string, connected bool) (sh *shell.Shell, closeShell func()) {
	nowhere := shell.New(shell.Config{Dialect: completeDialect, Sink: func(shell.Item) {}})
	none := func() {}
	if !connected {
		return nowhere, none
	}
	std := stdio{out: io.Discard, err: io.Discard, terminal: func(any) bool { return false }, hasty: true}
	o, _, _, ok := parseFlags(flags, std)
	if !ok || o.embedded {
		return nowhere, none
	}
	if o.profile, _, ok = o.flags.takeProfile(ctx, true); !ok {
		return nowhere, none
	}
	if o.security.load(std) != nil {
		return nowhere, none
	}
	if o.server == "" {
		o.server = defaultServer
	}
	at := nearestOf(ctx, o.server)
	if at == "" {
		return nowhere, none
	}
	o.wait, o.dialect, o.timeout = true, completeDialect, 0
	cfg := (&target{connect: at}).shellConfig(o)
	cfg.Sink = func(shell.Item) {}
	sh = shell.New(cfg)
	ctx, cancel := context.WithTimeout(ctx, completeWait)
	defer cancel()
	if err := sh.Open(ctx); err != nil {
		return nowhere, func() { sh.Close() }
	}
	return sh, func() { sh.Close() }
}

// nearestOf is the connect string of the first server of an ensemble that takes a
// connection: a session would try for ever. It is "" if none does.
func nearestOf(ctx context.Context, connect string) string {
	servers, chroot, err := session.ParseConnect(connect)
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, completeWait)
	defer cancel()
	var d net.Dialer
	for _, server := range servers {
		if conn, err := d.DialContext(ctx, "tcp", server); err == nil {
			conn.Close()
			return server + chroot
		}
	}
	return ""
}

const completeUsage = `usage: zoosh complete zsh | fish WORD...
       zoosh complete bash LINE [BREAKS]

What the completion scripts of zoosh completion ask: how the last word behind zoosh
goes on, a line each. A line is + if the word is whole with it, else -; the word, and
a few words about it, with tabs between. A line of @files stands for the files there
are.
`

// runComplete is zoosh complete.
func runComplete(args []string, std stdio) int {
	fs := newFlagSet("zoosh complete", std, completeUsage)
	if std.inspect != nil || len(args) < 2 { // the words have dashes of their own
		if code, ok := fs.parse(args); !ok {
			return code
		}
		return fs.misused("it is for the scripts of zoosh completion")
	}
	ctx := context.Background()
	if args[0] == "bash" {
		breaks := ""
		if len(args) > 2 {
			breaks = args[2]
		}
		printBash(ctx, args[1], breaks, std.out)
		return codeOK
	}
	c := complete(ctx, args[1:])
	for _, it := range c.candidates {
		mark := "+"
		if it.Open {
			mark = "-"
		}
		if strings.ContainsAny(it.Text, "\n\t") || shell.Printable(it.Text) != it.Text {
			continue // no line of its own
		}
		fmt.Fprintf(std.out, "%s\t%s\t%s\n", mark, it.Text, shell.Printable(it.Help))
	}
	if c.files {
		fmt.Fprintln(std.out, "@files")
	}
	return codeOK
}
