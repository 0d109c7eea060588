package shell

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"zoosh/internal/textfile"
	"zoosh/internal/wire"
)

// multiCommands are transactions.
var multiCommands = []Command{
	{
		Name: "multi", Run: runMulti, Results: []Result{&committed{}}, Effect: Writes, Reaches: OwnServer, Creates: true, Own: true, Raw: true,
		OneRequest: true,
		Usage:      always(`operation ; operation ; … | -`),
		Summary:    "do all of the operations or none: create, set, delete and check, with their options",
		Args:       []ArgKind{ArgOther}, MinArgs: 1, MaxArgs: AnyArgs,
		Example: "multi create /app/b x ; set -v 0 /app/config y ; delete /app/z ; check -v 0 /app",
	},
}

// multiOps are the operations of a transaction: how their words are read.
var multiOps = map[string]struct {
	usage   string
	minArgs int
	maxArgs int
	make    func(*Call) (wire.MultiOp, error)
}{
	"create": {"create [-s] [-e] [-c] [-t ttl] path [data] [acl]", 1, 3, multiCreate},
	"set":    {"set [-v version] path data", 2, 2, multiSet},
	"delete": {"delete [-v version] path", 1, 1, multiDelete},
	"check":  {"check [-v version] path", 1, 1, multiCheck},
}

var versionOption = Option{Name: "v", Arg: "version", Desc: "only if it has that version"}

// An operation is one of a transaction, with its words for what is said about it.
type operation struct {
	text   string
	op     wire.MultiOp
	agreed bool       // -y: nothing is asked about it
	locks  []wire.ACL // the ACL of a create, if nobody could change it again and it is to be asked about
}

// runMulti reads operations that are separated by ; (or \;, as a shell needs it)
// as words of their own, or, for -, a line each from standard input.
func runMulti(c *Call) error {
	lists, err := c.operationWords()
	if err != nil {
		return err
	}
	var all []operation
	for _, words := range lists {
		o, err := c.operation(words)
		if err != nil {
			return err
		}
		all = append(all, o)
	}
	if len(all) == 0 {
		return failf("multi: there is no operation")
	}
	ops := make([]wire.MultiOp, len(all))
	var acls []wire.ACL
	for i, o := range all {
		ops[i] = o.op
		acls = append(acls, createACL(o.op)...)
	}
	if err := c.mayMakeLocked(all); err != nil {
		return err
	}
	spoiled := map[string]string{}
	for _, o := range all {
		if r, ok := o.op.Request.(*wire.SetDataRequest); ok && !o.agreed {
			if spoiled[r.Path], err = c.keepsJSON(r.Path, r.Data); err != nil {
				return err
			}
		}
	}
	results, err := c.zk.Multi(c.ctx, ops)
	c.explainACL(err, acls)
	if err != nil {
		return c.whichFailed(all, results, err)
	}
	if err := c.yield(&committed{c.act(""), committedParts(all, results)}); err != nil {
		return err
	}
	for path, where := range spoiled {
		c.saySpoiled(path, where)
	}
	return nil
}

// mayMakeLocked is mayLock for all of a transaction's znodes at once.
func (c *Call) mayMakeLocked(all []operation) error {
	var what []string
	var acls []wire.ACL
	for _, o := range all {
		if len(o.locks) > 0 {
			what, acls = append(what, strings.TrimPrefix(o.text, "create ")), append(acls, o.locks...)
		}
	}
	if len(what) > shownNames {
		what, acls = append(what[:shownNames:shownNames], "…"), acls[:min(len(acls), shownNames)]
	}
	return c.mayLock(strings.Join(what, ", "), acls)
}

// createACL is the ACL of an operation that creates.
func createACL(op wire.MultiOp) []wire.ACL {
	switch r := op.Request.(type) {
	case *wire.CreateRequest:
		return r.ACL
	case *wire.CreateTTLRequest:
		return r.ACL
	}
	return nil
}

func (c *Call) operationWords() ([][]string, error) {
	words := c.words[1:]
	if len(words) == 1 && words[0] == "-" {
		return c.operationLines()
	}
	var lists [][]string
	var one []string
	for _, w := range append(words[:len(words):len(words)], ";") {
		if w != ";" && w != `\;` {
			one = append(one, w)
			continue
		}
		if len(one) > 0 {
			lists = append(lists, one)
		}
		one = nil
	}
	return lists, nil
}

// operationText is what a line may have beside what goes into a request: blanks,
// quotes, options.
const operationText = 64 << 10

// operationLines reads operations from standard input; empty lines and those
// that begin with # are passed over.
func (c *Call) operationLines() (lists [][]string, err error) {
	if c.sh.cfg.Input == nil {
		return nil, failf("there is no standard input to read here")
	}
	lines := textfile.NewLines(c.sh.cfg.Input, c.sh.maxRequest()+operationText)
	for bytes := 0; ; {
		text, err := lines.Next()
		var long *textfile.TooLongError
		switch {
		case errors.Is(err, io.EOF):
			return lists, nil
		case errors.As(err, &long):
			return nil, c.tooMuch(fmt.Sprintf("in line %d", long.Line))
		case err != nil:
			return nil, fmt.Errorf("read the operations: %w", err)
		}
		line := strings.TrimSpace(string(text))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words := Split(line)
		lists = append(lists, words)
		for _, w := range words {
			bytes += len(w)
		}
		if bytes > c.sh.maxRequest() {
			return nil, c.tooMuch("in its operations")
		}
	}
}

// operation reads one operation as the command of that name is read.
func (c *Call) operation(words []string) (operation, error) {
	name := words[0]
	kind, ok := multiOps[name]
	if !ok {
		return operation{}, failf("multi: %s is none of create, set, delete and check", name)
	}
	o := operation{text: strings.Join(words[:min(len(words), 2)], " ")}
	known := []Option{versionOption}
	if name == "create" {
		known = byName["create"].zkCliOptions()
	}
	if name == "create" || name == "set" {
		known = append(known, yesOption)
	}
	opts, args, err := parseOptions(known, words[1:])
	if err != nil {
		shown := strings.Join(words, " ")
		if secretWords(words) {
			shown = o.text
		}
		return o, failf("multi: %s: %v", shown, err)
	}
	if len(args) < kind.minArgs || len(args) > kind.maxArgs {
		return o, failf("multi: %s", kind.usage)
	}
	o.text = name + " " + args[0]
	part := &Call{ctx: c.ctx, sh: c.sh, cmd: byName["create"], dialect: Newest(), opts: opts, args: args, zk: c.zk, sink: c.sink, warns: c.warns}
	if o.op, err = kind.make(part); err != nil {
		return o, failf("multi: %s: %v", o.text, err)
	}
	o.agreed = part.has(yesOption.Name)
	if name == "create" && !part.has("e") && !o.agreed && lacksAdmin(createACL(o.op)) {
		o.locks = createACL(o.op)
	}
	return o, nil
}

func multiCreate(c *Call) (wire.MultiOp, error) {
	o, err := c.createOptions()
	if err != nil {
		return wire.MultiOp{}, err
	}
	var data []byte
	if len(c.args) > 1 {
		data = []byte(c.args[1])
	}
	if len(c.args) > 2 {
		if faults := aclFaults(c.args[2]); len(faults) > 0 { // zkCli has no multi to be true to
			return wire.MultiOp{}, malformed(faults)
		}
		o.ACL = c.parseACL(c.args[2])
	}
	return createOp(c.args[0], data, o), nil
}

func multiSet(c *Call) (wire.MultiOp, error) {
	version, err := c.version(2)
	return wire.MultiOp{Op: wire.OpSetData, Request: &wire.SetDataRequest{
		Path: c.args[0], Data: []byte(c.args[1]), Version: version}}, err
}

func multiDelete(c *Call) (wire.MultiOp, error) {
	version, err := c.version(1)
	return wire.MultiOp{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: c.args[0], Version: version}}, err
}

func multiCheck(c *Call) (wire.MultiOp, error) {
	version, err := c.version(1)
	return wire.MultiOp{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: c.args[0], Version: version}}, err
}

// committedParts are the operations of a transaction with what came of each.
func committedParts(all []operation, results []wire.MultiResult) (parts []committedPart) {
	for i, r := range results {
		p := committedPart{Op: all[i].op.Op.TxnName(), Path: operationPath(all[i].op), said: all[i].text, outcome: "ok"}
		switch reply := r.Reply.(type) {
		case *wire.PathResponse:
			p.Path, p.outcome = reply.Path, "created "+reply.Path
		case *wire.Create2Response:
			p.Path, p.outcome = reply.Path, "created "+reply.Path
		case *wire.Stat:
			p.Version, p.outcome = &reply.Version, fmt.Sprintf("version %d", reply.Version)
		}
		parts = append(parts, p)
	}
	return parts
}

// operationPath is the znode that an operation is about, as it was given.
func operationPath(op wire.MultiOp) string {
	switch r := op.Request.(type) {
	case *wire.SetDataRequest:
		return r.Path
	case *wire.PathVersionRequest:
		return r.Path
	}
	return "" // a create's is in its reply
}

// whichFailed says which operation failed.
func (c *Call) whichFailed(all []operation, results []wire.MultiResult, err error) error {
	for i, r := range results {
		if r.Err == wire.OK || r.Err == wire.RuntimeInconsistency {
			continue
		}
		var refused *wire.Error
		if !errors.As(err, &refused) {
			break
		}
		return &failure{code: exitFailed, cause: refused,
			msg: fmt.Sprintf("Nothing was changed: operation %d of %d, %s: %s", i+1, len(all), all[i].text,
				errorMessage(Newest(), &wire.Error{Code: r.Err, Path: refused.Path}, nil))}
	}
	return err
}
