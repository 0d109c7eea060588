package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"zoosh/internal/manual"
	"zoosh/shell"
	"zoosh/tui"
)

const manUsage = `usage: zoosh man [TOPIC]

Prints the manual page, or that of a topic, as roff. zoosh help lists the topics.

  zoosh man > zoosh.1 && man -l zoosh.1
  zoosh man watches > zoosh-watches.7
`

// runMan is zoosh man.
func runMan(args []string, std stdio) int {
	fs := newFlagSet("zoosh man", std, manUsage)
	if code, ok := fs.parse(args); !ok {
		return code
	}
	if fs.NArg() > 1 {
		return fs.misused("unexpected %q", fs.Arg(1))
	}
	page := manPage()
	if fs.NArg() == 1 {
		var ok bool
		if page, ok = topicPage(fs.Arg(0)); !ok {
			return fs.misused("there is no topic %q: there are %s", fs.Arg(0), strings.Join(topicNames(), ", "))
		}
	}
	if _, err := io.WriteString(std.out, page); err != nil {
		return fs.failed(err)
	}
	return codeOK
}

// topicNames are the topics of the manual.
func topicNames() []string {
	var names []string
	for _, t := range manual.Topics() {
		names = append(names, t.Name)
	}
	return names
}

// manPage is the manual page: what is in tables is taken from them.
func manPage() string {
	var m roffPage
	m.raw(`.TH ZOOSH 1 ` + manDate + ` "zoosh" "User Commands"`)
	m.section("NAME")
	m.text("zoosh - a ZooKeeper shell for the terminal")
	m.synopsis()
	m.section("DESCRIPTION")
	for _, p := range manDescription {
		m.paragraph(p)
	}
	m.section("OPTIONS")
	m.flags(flagsOf(nil))
	m.section("SUBCOMMANDS")
	for _, sub := range subcommands {
		if sub.summary != "" {
			m.subcommand(&sub)
		}
	}
	m.section("COMMANDS")
	m.paragraph("Those of all zkClis, and zoosh's own. help tells which the dialect has.")
	for _, c := range shell.Commands(completeDialect) {
		m.command(c)
	}
	m.section("PROFILES")
	m.paragraph("The configuration file gives ensembles names:")
	m.example(profileExample)
	m.paragraph("A credential is the first line of a file, or of what a command prints. No password stands in the configuration file. Flags go before what a profile says.")
	m.section("KEYS")
	for _, s := range tui.Keys() {
		m.subsection(s.Place)
		for _, k := range s.Keys {
			m.item(k.Keys, k.Does)
		}
	}
	for _, part := range []struct {
		title string
		items [][2]string
	}{{"EXIT STATUS", manCodes}, {"FILES", manFiles}, {"ENVIRONMENT", manEnvironment}} {
		m.section(part.title)
		for _, it := range part.items {
			m.item(it[0], it[1])
		}
	}
	m.section("EXAMPLES")
	for _, e := range manExamples {
		m.paragraph(e[1])
		m.example(e[0])
	}
	m.section("SEE ALSO")
	m.paragraph("The manual has a page for each topic. zoosh help TOPIC shows it, F1 in the TUI does, and zoosh man TOPIC prints it for man, as zoosh-TOPIC(7).")
	for _, t := range manual.Topics() {
		m.item(t.Name, t.Summary)
	}
	return m.String()
}

// manDate is when what no table has was last written.
const manDate = "2026-12-01"

// What no table has.
var (
	manDescription = []string{
		"zoosh speaks zkCli's language: the same commands, the same output, the same exit codes, in the dialect of zkCli 3.4, 3.8 or 3.9. On a terminal it shows the watch events, the live tree and a znode beside the prompt; -plain is the prompt alone. With a command it runs that and ends; without a terminal each line of standard input is a command.",
		"If no server is named, zoosh joins a ZooKeeper on " + defaultServer + ", or the ensemble of the default profile. On a terminal it starts an embedded one if there is none.",
		"@NAME stands for a profile, a named ensemble of the configuration file.",
	}
	manCodes = [][2]string{
		{"0", "the last command succeeded"}, {"1", "it failed, or zoosh did"}, {"2", "the call was wrong"},
		{"127", "there is no such command"}, {"128+N", "signal N ended zoosh"},
	}
	manFiles = [][2]string{
		{"~/.config/zoosh/config.toml", "the profiles; below XDG_CONFIG_HOME if that is set, and where the system keeps such files if that is elsewhere"},
		{"~/.local/state/zoosh/history", "the lines typed at the prompt, but for those that may hold a password; below XDG_STATE_HOME if that is set"},
		{"~/.local/state/zoosh/lessons", "the lessons that were finished"},
	}
	manEnvironment = [][2]string{
		{"XDG_CONFIG_HOME, XDG_STATE_HOME", "where the files are"},
		{"LC_ALL, LC_MESSAGES, LANG", "the language of the lessons"},
		{"NO_COLOR", "if set, the TUI has no colours"},
		{"TERM", "dumb is line mode"},
		{saslVar, "user:password for SASL, where no file is named"},
		{"VISUAL, EDITOR", "what edits a znode's data"},
	}
	manExamples = [][2]string{
		{"zoosh @prod get /config > config.json", "The data of a znode of the ensemble that the profile prod names:"},
		{"printf 'create /a b\\nget /a\\n' | zoosh -embedded", "A script on an embedded server:"},
		{"zoosh test testdata/documented-session.md", "A session that is kept as text, replayed as a test:"},
		{"zoosh open /var/lib/zookeeper log -path /config -op delete", "What deleted a znode, when, and in which session:"},
		{"zoosh open -at 19:00 /var/lib/zookeeper get /config", "What was in it at seven:"},
		{"zoosh play -plain master", "A lesson, step by step:"},
	}
)

// A roffPage is a page in roff's man macros.
type roffPage struct {
	strings.Builder
	begun bool // a section has, and nothing is in it yet
}

// roff makes text what roff shows as it is, in ASCII.
var roff roffEscapes

type roffEscapes struct{}

var roffSigns = strings.NewReplacer(`\`, `\e`, `…`, `...`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`, `"`, `\(dq`)

// Replace escapes what roff would take for something else.
func (roffEscapes) Replace(s string) string {
	s = roffSigns.Replace(s)
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	return b.String()
}

func (m *roffPage) raw(line string) {
	m.WriteString(line + "\n")
	m.begun = strings.HasPrefix(line, ".S")
}

// text is a line of running text.
func (m *roffPage) text(s string) {
	s = roff.Replace(shell.Printable(strings.Join(strings.Fields(s), " ")))
	m.raw(noRequest(s))
}

// noRequest keeps a line from being taken for one of roff's requests.
func noRequest(line string) string {
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}

func (m *roffPage) section(title string) { m.raw(".SH " + title) }

func (m *roffPage) subsection(title string) { m.raw(".SS " + title) }

func (m *roffPage) paragraph(s string) {
	if !m.begun {
		m.raw(".PP")
	}
	m.text(s)
}

// item is a term, and what there is to say about it.
func (m *roffPage) item(term, s string) {
	m.raw(".TP")
	m.raw(`\fB` + roff.Replace(term) + `\fR`)
	m.text(s)
}

// example is lines that stay as they are.
func (m *roffPage) example(lines string) {
	for _, l := range []string{".PP", ".RS 4", ".nf"} {
		m.raw(l)
	}
	for line := range strings.SplitSeq(strings.TrimRight(lines, "\n"), "\n") {
		m.raw(noRequest(roff.Replace(line)))
	}
	m.raw(".fi")
	m.raw(".RE")
}

// synopsis is the calls that usage lists, and those of the subcommands.
func (m *roffPage) synopsis() {
	m.section("SYNOPSIS")
	calls := []string{"zoosh [flags] [@PROFILE]", "zoosh [flags] [@PROFILE] COMMAND [ARG...]", "zoosh [flags] [@PROFILE] < FILE"}
	for _, sub := range subcommands {
		if sub.summary != "" {
			calls = append(calls, strings.TrimRight("zoosh "+sub.name+" [flags] "+sub.args, " "))
		}
	}
	for i, call := range calls {
		if i > 0 {
			m.raw(".br")
		}
		m.text(call)
	}
}

// flags are the flags of a call.
func (m *roffPage) flags(fs *flagSet) {
	fs.VisitAll(func(f *flag.Flag) {
		placeholder, usage := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			usage += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		m.item(strings.TrimRight("-"+f.Name+" "+placeholder, " "), usage)
	})
}

// subcommand is what one does and which flags it has besides zoosh's own.
func (m *roffPage) subcommand(sub *subcommand) {
	m.subsection(strings.TrimRight(sub.name+" "+roff.Replace(sub.args), " "))
	m.text(sub.summary)
	m.flags(flagsOf(sub))
}

// command is a row of the table of commands.
func (m *roffPage) command(c *shell.Command) {
	usage, summary, _ := shell.UsageOf(shell.Newest(), c.Name)
	if usage == "" {
		usage, summary, _ = shell.UsageOf(completeDialect, c.Name)
	}
	m.item(usage, summary)
	if len(c.Options) == 0 {
		return
	}
	m.raw(".RS")
	for _, o := range c.Options {
		m.item(strings.TrimRight("-"+o.Name+" "+o.Arg, " "), o.Desc)
	}
	m.raw(".RE")
}
