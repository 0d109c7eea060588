package datadir

import (
	"fmt"

	"zoosh/internal/wire"
)

// Txn is one record of the transaction log.
type Txn struct {
	Session int64 // whose request it was
	Cxid    int32 // the request's xid
	Zxid    int64
	Time    int64 // milliseconds since 1970
	Op      wire.Op
	// Body is what Op does: a *CreateTxn and so on. It is nil for closeSession in
	// the logs of servers before 3.6, which did not write down what it deletes, and
	// where that is too long: it is all that the session has then.
	Body   wire.Record
	Digest *Digest // nil if the log has none
}

// Digest is a hash of the tree after a txn, which ZooKeeper may write behind it.
type Digest struct {
	Version int32
	Value   int64
}

// Jute implements wire.Record.
func (d *Digest) Jute(c *wire.Codec) {
	c.Int32(&d.Version)
	c.Int64(&d.Value)
}

// headerSize and digestSize are lengths in bytes.
const (
	headerSize = 32
	digestSize = 12
)

// txnHeader is jute's TxnHeader.
type txnHeader Txn

// Jute implements wire.Record.
func (h *txnHeader) Jute(c *wire.Codec) {
	c.Int64(&h.Session)
	c.Int32(&h.Cxid)
	c.Int64(&h.Zxid)
	c.Int64(&h.Time)
	c.Int32((*int32)(&h.Op))
}

// AppendTxn appends t, as it stands in a log, to dst.
func AppendTxn(dst []byte, t *Txn) []byte {
	dst = wire.Marshal(dst, (*txnHeader)(t))
	if t.Body != nil {
		dst = wire.Marshal(dst, t.Body)
	}
	if t.Digest != nil {
		dst = wire.Marshal(dst, t.Digest)
	}
	return dst
}

// parseTxn reads a record of a log. Like ZooKeeper it passes over what a later
// version may have put behind the body, other than a digest.
func parseTxn(b []byte) (*Txn, error) {
	t := new(Txn)
	rest, err := wire.Unmarshal(b, (*txnHeader)(t))
	if err != nil {
		return nil, fmt.Errorf("the header of a txn: %w", err)
	}
	if t.Op == wire.OpCloseSession {
		t.Body, rest = parseClose(rest)
	} else if t.Body, rest, err = parseBody(t.Op, rest); err != nil {
		return nil, fmt.Errorf("the txn 0x%x, %v: %w", t.Zxid, t.Op, err)
	}
	if len(rest) >= digestSize {
		t.Digest = new(Digest)
		if _, err := wire.Unmarshal(rest, t.Digest); err != nil {
			return nil, fmt.Errorf("the digest of txn 0x%x: %w", t.Zxid, err)
		}
	}
	return t, nil
}

// parseBody reads the body of any txn but closeSession.
func parseBody(op wire.Op, b []byte) (body wire.Record, rest []byte, err error) {
	if op == wire.OpMulti {
		body = &MultiTxn{}
	} else if body = newBody(op); body == nil || op == wire.OpCheck {
		return nil, nil, fmt.Errorf("%w: no such operation stands in a log", wire.ErrMalformed)
	}
	rest, err = wire.Unmarshal(b, body)
	if err != nil && op == wire.OpCreate {
		// Before 3.4 a create did not say what its parent counts.
		old := &createTxnV0{ParentCversion: -1}
		if left, oldErr := wire.Unmarshal(b, old); oldErr == nil && len(left) == 0 {
			return (*CreateTxn)(old), nil, nil
		}
	}
	return body, rest, err
}

// parseClose reads the body of closeSession, which may be absent, with a digest
// behind it or not. A path is never empty, which tells the two apart where the
// bytes could be either.
func parseClose(b []byte) (body wire.Record, rest []byte) {
	paths := new(CloseSessionTxn)
	rest, err := wire.Unmarshal(b, paths)
	if err != nil {
		return nil, b
	}
	for _, path := range paths.Paths {
		if path == "" {
			return nil, b
		}
	}
	return paths, rest
}
