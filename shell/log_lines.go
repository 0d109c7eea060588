package shell

import (
	"fmt"
	"strconv"
	"strings"

	"zoosh/internal/english"
	"zoosh/internal/printable"
	"zoosh/internal/wire"
)

// maxParts is how many parts of a transaction are listed that were not asked for.
const maxParts = 20

// txnLines are the lines of a transaction: its zxid, time, session, operation and
// path, and what it did in short; then those of its parts. Of many parts those are
// counted alone that were not asked for.
func txnLines(t *Txn, wanted func(name, path string) bool) []string {
	session := "-"
	if t.Session != 0 {
		session = hex(t.Session)
	}
	lines := []string{fmt.Sprintf("%-6s %s %-18s %s", hex(t.Zxid), jsonTime(t.Time), session, txnText(t))}
	_, refused := t.refusal()
	few := len(t.Parts)+len(t.Deleted) <= maxParts || wanted(t.name(), t.Path)
	others := 0
	for i := range t.Parts {
		p := &t.Parts[i]
		if !few && !t.partTouches(p.name(), p.Path, wanted) {
			others++
			continue
		}
		line := "    " + p.text(t.Session)
		if refused && p.Op != wire.OpError {
			line += ", not done"
		}
		lines = append(lines, line)
	}
	for _, path := range t.Deleted {
		if !few && !t.partTouches("delete", path, wanted) {
			others++
			continue
		}
		lines = append(lines, "    delete "+logPath(path))
	}
	if others > 0 {
		lines = append(lines, "    and "+english.Count(others, "other"))
	}
	return lines
}

func txnText(t *Txn) string {
	if t.Op != wire.OpMulti {
		return t.text(t.Session)
	}
	if code, refused := t.refusal(); refused {
		return fmt.Sprintf("multi refused: %v", code)
	}
	return "multi " + english.Count(len(t.Parts), "operation")
}

// text is an operation of a session, its path, and what it did in short.
func (o *TxnOp) text(session int64) string {
	words := []string{o.name()}
	if o.Path != "" {
		words = append(words, logPath(o.Path))
	}
	if details := o.details(session); len(details) > 0 {
		words = append(words, strings.Join(details, ", "))
	}
	return strings.Join(words, " ")
}

func (o *TxnOp) details(session int64) (list []string) {
	switch o.name() {
	case "create":
		list = append(list, english.Count(o.Bytes, "byte"))
		switch o.kind() {
		case "persistent":
		case "ttl":
			list = append(list, "TTL "+o.TTL.String())
		default:
			list = append(list, o.kind())
		}
		if !isOpenACL(o.ACL) {
			list = append(list, "ACL "+logText(aclText(aclJSON(o.ACL))))
		}
	case "setData", "reconfig":
		list = append(list, english.Count(o.Bytes, "byte"), fmt.Sprintf("version %d", o.Version))
	case "setACL":
		list = append(list, "ACL "+logText(aclText(aclJSON(o.ACL))), fmt.Sprintf("version %d", o.Version))
	case "delete":
		if o.Op == wire.OpDeleteContainer {
			list = append(list, containerDeleter(session))
		}
	case "createSession":
		list = append(list, "timeout "+o.Timeout.String())
	case "closeSession":
		if o.Untold {
			list = append(list, "the log does not name its ephemerals (ZooKeeper before 3.6)")
		}
	case "error":
		if o.Err == wire.OK || o.Err == wire.RuntimeInconsistency { // of a multi
			list = append(list, "not done")
		} else {
			list = append(list, o.Err.String())
		}
	}
	return list
}

// containerDeleter is who sent a deleteContainer: it is the server's own, but a session
// may send it, too, and ZooKeeper then deletes what the session names.
func containerDeleter(session int64) string {
	if session == 0 {
		return "by the server: a container or a TTL that is over"
	}
	return "by the session, as deleteContainer"
}

// logPath is a path as one word of a line: a file can have anything in it.
func logPath(path string) string {
	if strings.ContainsAny(path, " \n\t\"") || !printable.Is(path) {
		return strconv.Quote(path)
	}
	return path
}

// logText keeps text within its line.
func logText(text string) string {
	if strings.ContainsAny(text, "\n\t") || !printable.Is(text) {
		return strconv.Quote(text)
	}
	return text
}

// jsonTxn is a transaction in JSON.
type jsonTxn struct {
	Zxid    string `json:"zxid"`
	Time    string `json:"time"`
	Session string `json:"session,omitempty"`
	Cxid    int32  `json:"cxid"`
	jsonTxnOp
	Parts []jsonTxnOp `json:"parts,omitempty"`
}

// jsonTxnOp is an operation in JSON. Names are missing that mean nothing for it.
type jsonTxnOp struct {
	Op        string    `json:"op"`
	Path      string    `json:"path,omitempty"`
	Kind      string    `json:"kind,omitempty"` // persistent, ephemeral, container or ttl
	TTLMS     int64     `json:"ttlMs,omitempty"`
	Bytes     *int      `json:"bytes,omitempty"`
	ACL       []jsonACL `json:"acl,omitempty"`
	Version   *int32    `json:"version,omitempty"`
	TimeoutMS int64     `json:"timeoutMs,omitempty"`
	Error     string    `json:"error,omitempty"`
	ByServer  bool      `json:"byServer,omitempty"` // a container or TTL znode that was over
	Deleted   []string  `json:"deleted,omitempty"`
}

func txnJSON(t *Txn) jsonTxn {
	out := jsonTxn{Zxid: hex(t.Zxid), Time: jsonTime(t.Time), Cxid: t.Cxid, jsonTxnOp: t.json(t.Session)}
	if t.Session != 0 {
		out.Session = hex(t.Session)
	}
	for i := range t.Parts {
		out.Parts = append(out.Parts, t.Parts[i].json(t.Session))
	}
	if code, refused := t.refusal(); refused {
		out.Error = code.String()
	}
	return out
}

func (o *TxnOp) json(session int64) jsonTxnOp {
	out := jsonTxnOp{Op: o.name(), Path: o.Path, Kind: o.kind(), TTLMS: o.TTL.Milliseconds(),
		TimeoutMS: o.Timeout.Milliseconds(), ByServer: o.Op == wire.OpDeleteContainer && session == 0, Deleted: o.Deleted}
	switch out.Op {
	case "create":
		out.Bytes, out.ACL = &o.Bytes, aclJSON(o.ACL)
	case "setData", "reconfig":
		out.Bytes, out.Version = &o.Bytes, &o.Version
	case "setACL":
		out.ACL, out.Version = aclJSON(o.ACL), &o.Version
	case "error":
		out.Error = o.Err.String()
	}
	return out
}
