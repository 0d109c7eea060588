package shell

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/walk"
)

// memberCommands ask the servers about themselves, with four-letter words.
var memberCommands = []Command{
	{
		Name: "sessions", Run: runSessions, Results: []Result{&sessionLine{}}, Effect: Reads, Reaches: OwnServer, Own: true, AsksMembers: true, Sessionless: withoutOwners,
		Usage:   always("[-e]"),
		MaxArgs: NoArgs,
		Summary: "list the sessions and their clients' addresses, as far as the servers tell",
		Options: []Option{{Name: "e", Desc: "with the ephemerals of each, for which the tree is read"}},
		Example: "sessions -e",
	},
	{
		Name: "who", Run: runWho, Results: []Result{&ownerLine{}}, Effect: Reads, Reaches: OwnServer, Own: true, AsksMembers: true,
		Usage:   always("path"),
		Summary: "tell whose an ephemeral is: the session and its client's address",
		Args:    []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "who /app/workers/w1",
	},
	{
		Name: "4lw", Run: run4lw, Results: []Result{&wordReply{}}, Effect: Reads, Reaches: OwnServer | OwnEnsemble, Beyond: wordBeyond, Own: true, AsksMembers: true, Sessionless: anyWords,
		Usage:   always("[-a] word"),
		Summary: "send a four-letter word (ruok, conf, cons, dump, envi, mntr, srvr, stat, wchs, …) and show the answer",
		Options: []Option{{Name: "a", Desc: "to every server of the connect string, not the first that answers"}},
		Args:    []ArgKind{ArgOther}, MinArgs: 1, MaxArgs: 1,
		Example: "4lw ruok",
	},
	{
		Name: "srvr", Run: runSrvr, Results: []Result{&memberFigures{}}, Effect: Reads, Reaches: OwnServer, Own: true, AsksMembers: true, Sessionless: anyWords,
		Usage:   always(""),
		MaxArgs: NoArgs,
		Summary: "show each server's version, mode, zxid and load",
		Example: "srvr",
	},
	{
		Name: "mntr", Run: runMntr, Results: []Result{&memberFigures{}}, Effect: Reads, Reaches: OwnServer, Own: true, AsksMembers: true, Sessionless: anyWords,
		Usage:   always("[text]"),
		Summary: "show each server's figures, those alone that have text in their names",
		Args:    []ArgKind{ArgOther}, MaxArgs: 1,
		Example: "mntr znode",
	},
}

// sessionLine is a session, as JSON has it.
type sessionLine struct {
	Session    string   `json:"session"`
	Client     string   `json:"client,omitempty"` // "" if no server tells
	Server     string   `json:"server,omitempty"`
	TimeoutMS  int64    `json:"timeoutMs,omitempty"`
	Since      string   `json:"since,omitempty"`
	Ephemerals []string `json:"ephemerals,omitempty"`
	Own        bool     `json:"own,omitempty"` // it is this shell's
}

func (l *sessionLine) text(w *textOut) {
	mark := ""
	if l.Own {
		mark = "  (this one)"
	}
	w.outln("%-20s %-24s %-24s %8s  %s%s", l.Session, orDash(l.Client), orDash(l.Server),
		time.Duration(l.TimeoutMS)*time.Millisecond, orDash(l.Since), mark)
	for _, path := range l.Ephemerals {
		w.outln("  %s", path)
	}
}

func (l *sessionLine) objects() iter.Seq[any] { return one(l) }

func runSessions(c *Call) error {
	if err := c.atMost(0); err != nil {
		return err
	}
	owners := c.readOwners()
	clients, missing := c.clients()
	err := missing()
	if len(clients) == 0 && err != nil {
		return failf("%v", err)
	}
	if err != nil {
		c.errln("%v", err)
	}
	owned, err := owners()
	if err != nil {
		return err
	}
	var lines []sessionLine
	for id := range owned {
		if _, ok := clients[id]; !ok {
			clients[id] = client{id: id} // connected nowhere, or to a server that does not tell
		}
	}
	for id, cl := range clients {
		lines = append(lines, c.sessionLine(cl, owned[id]))
	}
	slices.SortFunc(lines, func(a, b sessionLine) int { return cmp.Compare(a.Session, b.Session) })
	if err := c.yieldSessions(lines); err != nil {
		return err
	}
	if _, past := c.pastClients(); past {
		c.note("%s", noAddress)
	}
	return nil
}

// withoutOwners tells of a line of sessions that it reads no tree: the servers tell
// everything.
func withoutOwners(words []string) bool { return !slices.Contains(words, "-e") }

// readOwners begins to read, with -e, whose ephemerals there are, beside what else
// there is to be asked.
func (c *Call) readOwners() func() (map[int64][]string, error) {
	if !c.has("e") {
		return func() (map[int64][]string, error) { return nil, nil }
	}
	var owned map[int64][]string
	done := make(chan error, 1)
	go func() {
		done <- c.soon(func(c *Call) (err error) {
			owned, err = c.ephemeralsByOwner()
			return err
		})
	}()
	return func() (map[int64][]string, error) {
		err := <-done
		return owned, err
	}
}

func (c *Call) sessionLine(cl client, ephemerals []string) sessionLine {
	l := sessionLine{Session: hex(cl.id), Client: cl.address, Server: cl.server, TimeoutMS: cl.timeout.Milliseconds(),
		Ephemerals: ephemerals, Own: cl.id == c.zk.ID()}
	if !cl.since.IsZero() {
		l.Since = jsonTime(cl.since.UnixMilli())
	}
	return l
}

// ephemeralsByOwner reads the tree for them: dump would tell too, but few
// servers allow it.
func (c *Call) ephemeralsByOwner() (map[int64][]string, error) {
	owned, held := map[int64][]string{}, c.holds()
	err := c.walkTree("/", walk.Options{Depth: -1}, func(n *walk.Node) error {
		if n.Ephemeral() {
			owned[n.Stat.EphemeralOwner] = append(owned[n.Stat.EphemeralOwner], n.Path)
			return held.Take(heldEach + len(n.Path))
		}
		return nil
	})
	return owned, err
}

func (c *Call) yieldSessions(lines []sessionLine) error {
	p := c.printer()
	defer p.flush()
	p.textOnly(func(w *textOut) {
		w.outln("%-20s %-24s %-24s %8s  %s", "session", "client", "server", "timeout", "since")
	})
	for i := range lines {
		if err := p.yield(&lines[i]); err != nil {
			return err
		}
	}
	return nil
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func runWho(c *Call) error {
	if err := c.atMost(1); err != nil {
		return err
	}
	path := c.args[0]
	owner := int64(0)
	err := c.soon(func(c *Call) error {
		st, err := c.zk.Exists(c.ctx, path, nil)
		if err == nil {
			owner = st.EphemeralOwner
		}
		return err
	})
	if _, told := err.(*failure); err != nil && !told && !isNoNode(err) {
		return notKnown("%s", errorMessage(c.dialect, err, c.zk.LastError()))
	} else if err != nil {
		return err
	}
	if owner == 0 {
		return failf("%s is no ephemeral: it belongs to no session", path)
	}
	clients, missing := c.clients()
	cl := clients[owner]
	if cl.id = owner; cl.server == "" {
		err = missing()
	}
	if wrong := c.yieldOwner(path, cl, err); wrong != nil {
		return wrong
	}
	if err != nil {
		return notKnown("its client is not known: %v", err)
	}
	return nil
}

// yieldOwner yields whose a znode is. unknown is why that is not known as far as the
// client goes.
func (c *Call) yieldOwner(path string, cl client, unknown error) error {
	_, past := c.pastClients()
	o := &ownerLine{Path: path, sessionLine: c.sessionLine(cl, nil), past: past, unknown: unknown != nil}
	if err := c.yield(o); err != nil {
		return err
	}
	if past && cl.server == "" {
		c.textOnly(func(*textOut) { c.note("%s", noAddress) })
	}
	return nil
}

// An ownerLine is whose an ephemeral is.
type ownerLine struct {
	Path string `json:"path"`
	sessionLine
	past    bool // the session is one of a state that is over
	unknown bool // its client is
}

func (o *ownerLine) text(w *textOut) {
	switch {
	case o.Server != "":
		w.outln("%s: session %s, client %s on %s since %s", o.Path, o.Session, orDash(o.Client), o.Server, orDash(o.Since))
	case o.past:
		w.outln("%s: session %s, timeout %v", o.Path, o.Session, time.Duration(o.TimeoutMS)*time.Millisecond)
	case o.unknown:
		w.outln("%s: session %s", o.Path, o.Session)
	default:
		w.outln("%s: session %s, which is connected to none of the servers now", o.Path, o.Session)
	}
}

func (o *ownerLine) objects() iter.Seq[any] { return one(o) }

func run4lw(c *Call) error {
	if err := c.atMost(1); err != nil {
		return err
	}
	word := c.args[0]
	if len(word) != 4 {
		return failf("%s has not four letters", word)
	}
	if c.has("a") {
		return c.eachMember(word, func(s said) error {
			return c.yield(&wordReply{c.placeOf(s.member), word, s.text, true})
		})
	}
	s, err := c.oneMember(word)
	if err != nil {
		return err
	}
	if err := c.yield(&wordReply{c.placeOf(s.member), word, s.text, false}); err != nil {
		return err
	}
	if s.notServing() {
		return &failure{code: exitFailed} // it has been shown
	}
	return nil
}

// A wordReply is what a server answers to a four-letter word, as it comes. Text names the
// server where several are asked.
type wordReply struct {
	Server string `json:"server"`
	Word   string `json:"word"`
	Text   string `json:"text"`
	all    bool
}

func (r *wordReply) text(w *textOut) {
	if r.all {
		w.outln("%s", r.Server)
	}
	w.out(withLineEnd(r.Text))
}

func (r *wordReply) objects() iter.Seq[any] { return one(r) }

// withLineEnd ends an answer's last line, if there is any.
func withLineEnd(text string) string {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

// A figure is a name and a value of a server's answer.
type figure struct{ name, value string }

// readFigures reads "name: value" or "name<tab>value" a line.
func readFigures(text, separator string) (out []figure) {
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), separator)
		if ok {
			out = append(out, figure{name, strings.TrimSpace(value)})
		}
	}
	return out
}

func runSrvr(c *Call) error {
	if err := c.atMost(0); err != nil {
		return err
	}
	known := func(f figure) bool { return f.name == "Mode" || strings.HasSuffix(f.name, " version") }
	return c.figures("srvr", ":", known, func(figure) bool { return true })
}

func runMntr(c *Call) error {
	if err := c.atMost(1); err != nil {
		return err
	}
	known := func(f figure) bool { return strings.HasPrefix(f.name, "zk_") }
	return c.figures("mntr", "\t", known, func(f figure) bool {
		return len(c.args) == 0 || strings.Contains(f.name, c.args[0])
	})
}

// figures lays out what each server answers; in JSON an object a server, numbers
// as numbers. That it does not serve is an answer, too, and one without a known figure
// is none.
func (c *Call) figures(word, separator string, known, wanted func(figure) bool) error {
	return c.eachMember(word, func(s said) error {
		place := c.placeOf(s.member)
		all := readFigures(s.text, separator)
		if !s.notServing() && !slices.ContainsFunc(all, known) {
			return &strangeError{s, word}
		}
		all = slices.DeleteFunc(all, func(f figure) bool { return !wanted(f) })
		if s.notServing() {
			return c.yield(&memberFigures{server: place, fault: strings.TrimSpace(s.text)})
		}
		return c.yield(&memberFigures{server: place, figures: all})
	})
}

// memberFigures is what a server tells of itself, or that it does not serve.
type memberFigures struct {
	server  string
	figures []figure
	fault   string
}

func (m *memberFigures) text(w *textOut) {
	w.outln("%s", m.server)
	if m.fault != "" {
		w.outln("  %s", m.fault)
	}
	width := figureWidth(m.figures)
	for _, f := range m.figures {
		w.outln("%s", f.laidOut(width))
	}
}

func (m *memberFigures) objects() iter.Seq[any] {
	if m.fault != "" {
		return one(figuresJSON(m.server, []figure{{"error", m.fault}}))
	}
	return one(figuresJSON(m.server, m.figures))
}

// maxFigureName is how long a name may be that the values of all others stand clear of.
const maxFigureName = 64

// figureWidth is the width of the names' column. A server says how long they are, and
// how many.
func figureWidth(all []figure) int {
	width := 0
	for _, f := range all {
		width = max(width, min(len(f.name), maxFigureName))
	}
	return width
}

func (f figure) laidOut(width int) string { return fmt.Sprintf("  %-*s  %s", width, f.name, f.value) }

// figuresJSON is an answer as an object. What calls itself server there is none of the
// figures of a server, and does not hide whose they are.
func figuresJSON(server string, all []figure) map[string]any {
	out := map[string]any{"server": server}
	for _, f := range all {
		if f.name == "server" {
			continue
		}
		if n, err := strconv.ParseFloat(f.value, 64); err == nil && fmt.Sprint(n) == f.value && !math.IsNaN(n) && !math.IsInf(n, 0) {
			out[f.name] = n
		} else if n, err := strconv.ParseInt(f.value, 10, 64); err == nil {
			out[f.name] = n
		} else {
			out[f.name] = f.value
		}
	}
	return out
}
