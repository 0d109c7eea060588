package shell

import (
	"time"

	"zoosh/internal/wire"
)

// A TxnLog is the transactions of a server, as its files have them.
type TxnLog interface {
	// Open begins with a transaction at zxid or before it; the first, if it is 0.
	Open(zxid int64) (TxnReader, error)
}

// A TxnReader reads transactions in their order.
type TxnReader interface {
	// Next returns the next one, and io.EOF at the end. It may be called again then:
	// there may be more.
	Next() (*Txn, error)
	// Note is what there is to say about the end that Next has told of; "" if there
	// is nothing.
	Note() string
	Close() error
}

// A Txn is a transaction.
type Txn struct {
	Zxid    int64
	Time    int64 // milliseconds since 1970
	Session int64 // 0 if it is the server's own doing
	Cxid    int32 // the number of the request in its session
	TxnOp
	// Parts are those of a multi. If one of them is an error, none was done.
	Parts []TxnOp
}

// A TxnOp is what a transaction does.
type TxnOp struct {
	Op      wire.Op
	Path    string        // as it was created, with a sequential znode's number
	Bytes   int           // of data
	Version int32         // the new one, of setData and setACL
	ACL     []wire.ACL    // of create and setACL
	Owned   bool          // of create: an ephemeral
	TTL     time.Duration // of createTTL
	Timeout time.Duration // of createSession
	Err     wire.Code     // of error
	// Deleted are the ephemerals that go with the session of closeSession; Untold
	// says that the log does not name them.
	Deleted []string
	Untold  bool
}

// PastSession is a session that lived when the state was that a server shows which
// only reads.
type PastSession struct {
	ID      int64
	Timeout time.Duration
}

// txnNames are what -op asks for.
var txnNames = wire.TxnNames()

// name is what kind of operation it is, in txnNames.
func (o *TxnOp) name() string { return o.Op.TxnName() }

// kind is what kind of znode a create makes; "" of another operation.
func (o *TxnOp) kind() string {
	switch {
	case o.name() != "create":
		return ""
	case o.Op == wire.OpCreateContainer:
		return "container"
	case o.Op == wire.OpCreateTTL:
		return "ttl"
	case o.Owned:
		return "ephemeral"
	}
	return "persistent"
}

// isOpenACL tells whether an ACL is the one that most znodes have.
func isOpenACL(acl []wire.ACL) bool {
	open := wire.OpenACL()
	return len(acl) == 1 && acl[0] == open[0]
}

// refusal is why a multi was refused, if it was.
func (t *Txn) refusal() (code wire.Code, refused bool) {
	for i := range t.Parts {
		if p := &t.Parts[i]; p.Op == wire.OpError {
			refused = true
			if p.Err != wire.OK && (code == wire.OK || code == wire.RuntimeInconsistency) {
				code = p.Err
			}
		}
	}
	return code, refused
}

// touches calls visit for everything that the transaction did, a path with it if
// there is one, until visit returns true; it tells whether it did. What a part did the
// whole did, too.
func (t *Txn) touches(visit func(name, path string) bool) bool {
	if visit(t.name(), t.Path) {
		return true
	}
	if _, refused := t.refusal(); refused {
		return visit("error", "")
	}
	for i := range t.Parts {
		if p := &t.Parts[i]; t.partTouches(p.name(), p.Path, visit) {
			return true
		}
	}
	for _, path := range t.Deleted {
		if t.partTouches("delete", path, visit) {
			return true
		}
	}
	return false
}

// partTouches is touches for one part.
func (t *Txn) partTouches(name, path string, visit func(name, path string) bool) bool {
	return visit(name, path) || visit(t.name(), path)
}
