package shell

import (
	"context"
	"errors"
	"io"
	"iter"
	"path"
	"slices"
	"strings"
	"time"
)

// logCommands read the transaction log.
var logCommands = []Command{
	{
		Name: "log", Run: runLog, Results: []Result{&transaction{}}, Effect: Reads, Reaches: OwnServer, Needs: NeedsNothing, Own: true,
		Usage:   always("[-n N] [-path path [-R]] [-op op] [-session id] [-from point] [-to point] [-f]"),
		MaxArgs: NoArgs,
		Summary: "list the transactions of the server whose data directory is open: what was done, when, and by which session. " +
			"A point is " + pointForms,
		Options: []Option{
			{Name: "n", Arg: "N", Desc: "the last N of them"},
			{Name: "path", Arg: "path", Desc: "those that touched a znode, or one of a pattern with * ? [a-z]; " +
				"what a multi did and what went with a session counts, what was refused has no path in the log", Kind: ArgPath},
			{Name: "R", Desc: "with -path: or one below it"},
			{Name: "op", Arg: "op", Desc: strings.Join(txnNames, ", ") + "; several with commas", Kind: ArgTxnOp},
			{Name: "session", Arg: "id", Desc: "those of that session (0x…): when it began, what else it touched"},
			{Name: "from", Arg: "point", Desc: "from a point on, with it"},
			{Name: "to", Arg: "point", Desc: "up to a point, with it"},
			{Name: "f", Desc: "go on with what comes, until Ctrl-C"},
		},
		Example: "log -path /app -op delete\nlog -session 0x1 -n 20\nlog -path /app -R -from 0x1",
	},
}

// logFilter is which transactions are asked for.
type logFilter struct {
	session   int64 // 0: any
	ops       []string
	path      string // "": any
	recursive bool
	from, to  *Point
}

func (c *Call) logFilter(now time.Time) (f logFilter, err error) {
	if text, ok := c.opts["session"]; ok {
		if f.session, err = parseSessionID(text); err != nil {
			return f, failf("-session %s: it is a session's id such as 0x1000a2b3c4d0001", text)
		}
	}
	if text, ok := c.opts["op"]; ok {
		for op := range strings.SplitSeq(text, ",") {
			wanted := op
			if strings.EqualFold(op, "set") { // the command's name
				wanted = "setData"
			}
			i := slices.IndexFunc(txnNames, func(name string) bool { return strings.EqualFold(name, wanted) })
			if i < 0 {
				return f, failf("-op %s: it is one of %s", op, strings.Join(txnNames, ", "))
			}
			f.ops = append(f.ops, txnNames[i])
		}
	}
	f.path, f.recursive = c.opts["path"], c.has("R")
	if f.path == "" && f.recursive {
		return f, failf("-R goes with -path")
	}
	if f.path != "" && !strings.ContainsRune(`/?[\`, rune(f.path[0])) {
		return f, failf("-path %s: a path begins with /", f.path)
	}
	if len(f.path) > 1 && strings.HasSuffix(f.path, "/") {
		return f, failf("-path %s: a path does not end in /", f.path)
	}
	if _, err := path.Match(f.path, ""); err != nil {
		return f, failf("-path %s: a bracket is not closed", f.path)
	}
	for name, p := range map[string]**Point{"from": &f.from, "to": &f.to} {
		if text, ok := c.opts[name]; ok {
			point, err := ParsePoint(text, now)
			if err != nil {
				return f, failf("-%s: %v", name, err)
			}
			*p = &point
		}
	}
	return f, nil
}

// start is a zxid that nothing before is asked for of.
func (f *logFilter) start() int64 {
	if f.from == nil {
		return 0
	}
	return f.from.Zxid
}

func (f *logFilter) wants(t *Txn) bool {
	switch {
	case f.session != 0 && t.Session != f.session,
		f.from != nil && !f.from.atLeast(t), f.to != nil && f.to.after(t):
		return false
	case f.path == "" && f.ops == nil:
		return true
	}
	return t.touches(f.wantsOp)
}

// wantsOp tells whether an operation is one of those asked for.
func (f *logFilter) wantsOp(name, path string) bool {
	return (f.ops == nil || slices.Contains(f.ops, name)) && (f.path == "" || f.wantsPath(path))
}

func (f *logFilter) wantsPath(p string) bool {
	if p == "" {
		return false
	}
	for {
		if p == f.path {
			return true
		}
		if ok, err := path.Match(f.path, p); ok && err == nil {
			return true
		}
		if !f.recursive || p == "/" {
			return false
		}
		if p = path.Dir(p); p == "." {
			return false // a file can have any path in it
		}
	}
}

// over tells whether nothing that is asked for can come after t.
func (f *logFilter) over(t *Txn) bool {
	return f.to != nil && !f.to.IsTime() && t.Zxid >= f.to.Zxid
}

// runLog lists transactions as they are read: a log may be long.
func runLog(c *Call) error {
	if err := c.atMost(0); err != nil {
		return err
	}
	last, err := c.intOption("n", 0)
	if err != nil {
		return err
	}
	filter, err := c.logFilter(time.Now())
	if err != nil {
		return err
	}
	log, err := c.txnLog()
	if err != nil {
		return err
	}
	r, err := log.Open(filter.start())
	if err != nil {
		return failf("%v", err)
	}
	defer r.Close()
	l := &logLister{c: c, r: r, filter: filter, p: c.printer()}
	if c.has("n") {
		l.kept = newRing(last)
	}
	defer l.p.flush()
	return l.run()
}

// txnLog is the log of the server that the shell is connected to.
func (c *Call) txnLog() (TxnLog, error) {
	at := c.sh.ConnectString()
	if c.sh.cfg.Log == nil || at != c.sh.cfg.Connect {
		return nil, failf("log needs the server's files, and %s does not hand them out: where they are, zoosh open DIR log reads them. "+
			"An embedded server has them with -data-dir", at)
	}
	return c.sh.cfg.Log, nil
}

// A logLister is a log command at work.
type logLister struct {
	c      *Call
	r      TxnReader
	filter logFilter
	p      *printer
	kept   *ring // what -n has kept back so far; nil if nothing is kept back
	read   int
	shown  int
	first  Txn // of those read
	latest Txn
	beyond bool // it was said that what follows is not in the tree
}

func (l *logLister) run() error {
	err := l.list()
	if kept := l.kept; kept != nil {
		l.kept = nil
		for _, t := range kept.items() {
			if err := l.show(t); err != nil {
				return err
			}
		}
	}
	if err == nil && l.c.has("f") {
		return l.follow()
	}
	l.p.flush()
	if err == nil {
		l.conclude()
	}
	return err
}

// list reads up to the end.
func (l *logLister) list() error {
	for {
		t, err := l.r.Next()
		switch {
		case err == io.EOF || err != nil && l.filter.to != nil && l.read > 0 && l.filter.to.after(&l.latest):
			return nil // what is wrong comes after what was asked for
		case err != nil:
			return failf("%v", err)
		}
		if l.read++; l.read == 1 {
			l.first = *t
		}
		l.latest = *t
		if l.filter.wants(t) {
			if err := l.show(t); err != nil {
				return err
			}
		}
		if l.filter.over(t) {
			return nil
		}
		if l.read%64 == 0 {
			if err := l.c.ctx.Err(); err != nil {
				return err
			}
		}
	}
}

// show prints a transaction, or keeps it until it is known to be among the last.
func (l *logLister) show(t *Txn) error {
	if l.kept != nil {
		l.kept.add(t)
		return nil
	}
	l.shown++
	l.tellBeyond(t)
	return l.p.yield(&transaction{t, l.filter.wantsOp})
}

// A transaction is one of the log. Which of its parts are wanted is about text alone.
type transaction struct {
	txn    *Txn
	wanted func(name, path string) bool
}

func (t *transaction) text(w *textOut) {
	for _, line := range txnLines(t.txn, t.wanted) {
		w.outln("%s", line)
	}
}

func (t *transaction) objects() iter.Seq[any] { return one(txnJSON(t.txn)) }

// tellBeyond says, once, that a transaction came after the tree that is shown.
func (l *logLister) tellBeyond(t *Txn) {
	at := l.c.sh.cfg.AsOf
	if at == nil || t.Zxid <= *at || l.beyond {
		return
	}
	l.beyond = true
	l.p.flush()
	l.c.note("note: the tree is as of %s; what follows is not in it", hex(*at))
}

// followEvery is how often is looked for more.
const followEvery = 100 * time.Millisecond

// follow lists what comes. Ctrl-C is how it is meant to end.
func (l *logLister) follow() error {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		l.p.flush()
		if l.read > 0 && l.filter.over(&l.latest) {
			return nil
		}
		select {
		case <-l.c.ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := l.list(); err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
}

// conclude says what there is to say about the end.
func (l *logLister) conclude() {
	switch note := l.r.Note(); {
	case l.read == 0:
		l.c.note("the log has no transactions")
	case l.shown == 0:
		l.c.note("no such transaction; the log was read from %s (%s) to %s (%s)",
			hex(l.first.Zxid), jsonTime(l.first.Time), hex(l.latest.Zxid), jsonTime(l.latest.Time))
		fallthrough
	default:
		if note != "" {
			l.c.note("note: %s", note)
		}
	}
}

// A ring keeps the last of the transactions that it is given.
type ring struct {
	most int
	kept []*Txn
	next int // where the next one goes, once all places are taken
}

func newRing(most int) *ring { return &ring{most: most} }

func (r *ring) add(t *Txn) {
	switch {
	case len(r.kept) < r.most:
		r.kept = append(r.kept, t)
	case r.most > 0:
		r.kept[r.next] = t
		r.next = (r.next + 1) % r.most
	}
}

// items are those that are kept, the oldest first.
func (r *ring) items() []*Txn {
	return append(r.kept[r.next:len(r.kept):len(r.kept)], r.kept[:r.next]...)
}
