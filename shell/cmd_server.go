package shell

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/walk"
)

// serverCommands ask the servers about themselves, with four-letter words.
var serverCommands = []Command{
	{
		Name: "sessions", Run: runSessions, JSON: runSessions, Effect: Reads, Own: true,
		Usage:   map[Dialect]string{D39: "[-e]"},
		Summary: "list the sessions and their clients' addresses, as far as the servers tell",
		Options: []Option{{Name: "e", Desc: "with the ephemerals of each, for which the tree is read"}},
		Example: "sessions -e",
	},
	{
		Name: "who", Run: runWho, JSON: runWho, Effect: Reads, Own: true,
		Usage:   map[Dialect]string{D39: "path"},
		Summary: "tell whose an ephemeral is: the session and its client's address",
		Args:    []ArgKind{ArgPath}, MinArgs: 1,
		Example: "who /app/workers/w1",
	},
	{
		Name: "4lw", Run: run4lw, Effect: Reads, Own: true,
		Usage:   map[Dialect]string{D39: "[-a] word"},
		Summary: "send a four-letter word (ruok, conf, cons, dump, envi, mntr, srvr, stat, wchs, …) and show the answer",
		Options: []Option{{Name: "a", Desc: "to every server of the connect string, not the first that answers"}},
		Args:    []ArgKind{ArgOther}, MinArgs: 1,
		Example: "4lw ruok",
	},
	{
		Name: "srvr", Run: runSrvr, JSON: runSrvr, Effect: Reads, Own: true,
		Usage:   map[Dialect]string{D39: ""},
		Summary: "show each server's version, mode, zxid and load",
		Example: "srvr",
	},
	{
		Name: "mntr", Run: runMntr, JSON: runMntr, Effect: Reads, Own: true,
		Usage:   map[Dialect]string{D39: "[text]"},
		Summary: "show each server's figures, those alone that have text in their names",
		Args:    []ArgKind{ArgOther},
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

func runSessions(c *Call) error {
	if err := c.atMost(0); err != nil {
		return err
	}
	c.first() // it is one of them
	clients, err := c.clients()
	if len(clients) == 0 && err != nil {
		return failf("%v", err)
	}
	if err != nil {
		c.errln("%v", err)
	}
	owned := map[int64][]string{}
	if c.has("e") {
		if owned, err = c.ephemeralsByOwner(); err != nil {
			return err
		}
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
	if err := c.printSessions(lines); err != nil {
		return err
	}
	if _, past := c.pastClients(); past {
		c.note("%s", noAddress)
	}
	return nil
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
	owned := map[int64][]string{}
	err := c.walkTree("/", walk.Options{Depth: -1}, func(n *walk.Node) error {
		if n.Ephemeral() {
			owned[n.Stat.EphemeralOwner] = append(owned[n.Stat.EphemeralOwner], n.Path)
		}
		return nil
	})
	return owned, err
}

func (c *Call) printSessions(lines []sessionLine) error {
	p := c.printer()
	defer p.flush()
	if !c.asJSON {
		p.line("%-20s %-24s %-24s %8s  %s", "session", "client", "server", "timeout", "since")
	}
	for _, l := range lines {
		if c.asJSON {
			if err := p.object(l); err != nil {
				return err
			}
			continue
		}
		mark := ""
		if l.Own {
			mark = "  (this one)"
		}
		p.line("%-20s %-24s %-24s %8s  %s%s", l.Session, orDash(l.Client), orDash(l.Server),
			time.Duration(l.TimeoutMS)*time.Millisecond, orDash(l.Since), mark)
		for _, path := range l.Ephemerals {
			p.line("  %s", path)
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
	st, err := c.zk.Exists(c.ctx, path, nil)
	if err != nil {
		return err
	}
	if st.EphemeralOwner == 0 {
		return failf("%s is no ephemeral: it belongs to no session", path)
	}
	clients, err := c.clients()
	_, past := c.pastClients()
	cl := clients[st.EphemeralOwner]
	cl.id = st.EphemeralOwner
	l := c.sessionLine(cl, nil)
	switch {
	case c.asJSON:
		return c.object(struct {
			Path string `json:"path"`
			sessionLine
		}{path, l})
	case cl.address != "":
		c.outln("%s: session %s, client %s on %s since %s", path, l.Session, l.Client, l.Server, l.Since)
	case past:
		c.outln("%s: session %s, timeout %v", path, l.Session, cl.timeout)
		c.note("%s", noAddress)
	case err != nil:
		c.outln("%s: session %s", path, l.Session)
		c.errln("its client is not known: %v", err)
	default:
		c.outln("%s: session %s, which is connected to none of the servers now", path, l.Session)
	}
	return nil
}

func run4lw(c *Call) error {
	if err := c.atMost(1); err != nil {
		return err
	}
	word := c.args[0]
	if len(word) != 4 {
		return failf("%s has not four letters", word)
	}
	return c.eachServer(c.has("a"), func(server string) error {
		answer, err := c.fourLetter(server, word)
		if err != nil {
			return err
		}
		if c.has("a") {
			c.outln("%s", c.placeOfMember(server))
		}
		if answer != "" && !strings.HasSuffix(answer, "\n") {
			answer += "\n"
		}
		c.out(answer)
		return nil
	})
}

// eachServer calls ask for every server, or for them in turn until one answers,
// and says at once what goes wrong. It fails if none answers.
func (c *Call) eachServer(all bool, ask func(server string) error) error {
	var errs []error
	servers := c.servers()
	for _, server := range servers {
		err := ask(server)
		if err == nil && !all {
			return nil
		}
		if err != nil {
			errs = append(errs, err)
		}
		if err := c.ctx.Err(); err != nil {
			return err
		}
	}
	if len(errs) == len(servers) {
		return failf("%v", errors.Join(errs...))
	}
	for _, err := range errs {
		c.errln("%v", err)
	}
	return nil
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
	return c.figures("srvr", ":", func(figure) bool { return true })
}

func runMntr(c *Call) error {
	if err := c.atMost(1); err != nil {
		return err
	}
	return c.figures("mntr", "\t", func(f figure) bool {
		return len(c.args) == 0 || strings.Contains(f.name, c.args[0])
	})
}

// figures lays out what each server answers; in JSON an object a server, numbers
// as numbers.
func (c *Call) figures(word, separator string, wanted func(figure) bool) error {
	return c.eachServer(true, func(server string) error {
		answer, err := c.fourLetter(server, word)
		if err != nil {
			return err
		}
		all := readFigures(answer, separator)
		all = slices.DeleteFunc(all, func(f figure) bool { return !wanted(f) })
		if c.asJSON {
			return c.object(figuresJSON(c.placeOfMember(server), all))
		}
		width := 0
		for _, f := range all {
			width = max(width, len(f.name))
		}
		c.outln("%s", c.placeOfMember(server))
		for _, f := range all {
			c.outln("  %-*s  %s", width, f.name, f.value)
		}
		return nil
	})
}

func figuresJSON(server string, all []figure) map[string]any {
	out := map[string]any{"server": server}
	for _, f := range all {
		if n, err := strconv.ParseFloat(f.value, 64); err == nil && fmt.Sprint(n) == f.value {
			out[f.name] = n
		} else if n, err := strconv.ParseInt(f.value, 10, 64); err == nil {
			out[f.name] = n
		} else {
			out[f.name] = f.value
		}
	}
	return out
}
