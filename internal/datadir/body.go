package datadir

import "zoosh/internal/wire"

// CreateTxn is the body of create and create2.
type CreateTxn struct {
	Path      string
	Data      []byte
	ACL       []wire.ACL
	Ephemeral bool
	// ParentCversion is what the parent counts from then on; -1 in the logs of
	// servers before 3.4, where it counts one more.
	ParentCversion int32
}

// Jute implements wire.Record.
func (t *CreateTxn) Jute(c *wire.Codec) {
	(*createTxnV0)(t).Jute(c)
	c.Int32(&t.ParentCversion)
}

// createTxnV0 is a CreateTxn that does not say what the parent counts.
type createTxnV0 CreateTxn

// Jute implements wire.Record.
func (t *createTxnV0) Jute(c *wire.Codec) {
	c.String(&t.Path)
	c.Buffer(&t.Data)
	juteACL(c, &t.ACL)
	c.Bool(&t.Ephemeral)
}

// CreateContainerTxn is the body of createContainer.
type CreateContainerTxn struct {
	Path           string
	Data           []byte
	ACL            []wire.ACL
	ParentCversion int32
}

// Jute implements wire.Record.
func (t *CreateContainerTxn) Jute(c *wire.Codec) {
	c.String(&t.Path)
	c.Buffer(&t.Data)
	juteACL(c, &t.ACL)
	c.Int32(&t.ParentCversion)
}

// CreateTTLTxn is the body of createTTL.
type CreateTTLTxn struct {
	Path           string
	Data           []byte
	ACL            []wire.ACL
	ParentCversion int32
	TTL            int64 // milliseconds
}

// Jute implements wire.Record.
func (t *CreateTTLTxn) Jute(c *wire.Codec) {
	c.String(&t.Path)
	c.Buffer(&t.Data)
	juteACL(c, &t.ACL)
	c.Int32(&t.ParentCversion)
	c.Int64(&t.TTL)
}

// DeleteTxn is the body of delete and deleteContainer.
type DeleteTxn struct{ Path string }

// Jute implements wire.Record.
func (t *DeleteTxn) Jute(c *wire.Codec) { c.String(&t.Path) }

// SetDataTxn is the body of setData and reconfig.
type SetDataTxn struct {
	Path    string
	Data    []byte
	Version int32 // the new one
}

// Jute implements wire.Record.
func (t *SetDataTxn) Jute(c *wire.Codec) {
	c.String(&t.Path)
	c.Buffer(&t.Data)
	c.Int32(&t.Version)
}

// SetACLTxn is the body of setACL.
type SetACLTxn struct {
	Path    string
	ACL     []wire.ACL
	Version int32 // the new one
}

// Jute implements wire.Record.
func (t *SetACLTxn) Jute(c *wire.Codec) {
	c.String(&t.Path)
	juteACL(c, &t.ACL)
	c.Int32(&t.Version)
}

// CheckVersionTxn is the body of check, which stands in a multi only.
type CheckVersionTxn struct {
	Path    string
	Version int32
}

// Jute implements wire.Record.
func (t *CheckVersionTxn) Jute(c *wire.Codec) {
	c.String(&t.Path)
	c.Int32(&t.Version)
}

// CreateSessionTxn is the body of createSession.
type CreateSessionTxn struct{ Timeout int32 } // milliseconds

// Jute implements wire.Record.
func (t *CreateSessionTxn) Jute(c *wire.Codec) { c.Int32(&t.Timeout) }

// CloseSessionTxn is the body of closeSession: the ephemeral znodes that go with
// the session.
type CloseSessionTxn struct{ Paths []string }

// Jute implements wire.Record.
func (t *CloseSessionTxn) Jute(c *wire.Codec) { c.Strings(&t.Paths) }

// ErrorTxn is the body of error: a request that was refused.
type ErrorTxn struct{ Err wire.Code }

// Jute implements wire.Record.
func (t *ErrorTxn) Jute(c *wire.Codec) { c.Int32((*int32)(&t.Err)) }

// MultiTxn is the body of multi. If one of the txns is an error, none has changed
// anything.
type MultiTxn struct{ Txns []SubTxn }

// SubTxn is one operation of a multi.
type SubTxn struct {
	Op   wire.Op
	Body wire.Record
}

// Jute implements wire.Record.
func (t *MultiTxn) Jute(c *wire.Codec) {
	wire.Vector(c, &t.Txns, 8, func(c *wire.Codec, s *SubTxn) { s.jute(c) })
}

// usualBody is how long most bodies are at most, in bytes.
const usualBody = 256

// jute is jute's Txn: the body stands in a buffer of its own.
func (s *SubTxn) jute(c *wire.Codec) {
	c.Int32((*int32)(&s.Op))
	if c.Encoding() {
		body := wire.Marshal(make([]byte, 0, usualBody), s.Body)
		c.Buffer(&body)
		return
	}
	var body []byte
	c.Buffer(&body)
	if c.Failed() {
		return
	}
	if s.Body = newBody(s.Op); s.Body == nil {
		c.Fail("%v cannot stand in a multi", s.Op)
	} else if _, err := wire.Unmarshal(body, s.Body); err != nil {
		c.Fail("%v in a multi: %v", s.Op, err)
	}
}

// newBody makes the empty body of a txn, or of one in a multi; nil if there is none.
func newBody(op wire.Op) wire.Record {
	switch op {
	case wire.OpCreate, wire.OpCreate2:
		return &CreateTxn{}
	case wire.OpCreateContainer:
		return &CreateContainerTxn{}
	case wire.OpCreateTTL:
		return &CreateTTLTxn{}
	case wire.OpDelete, wire.OpDeleteContainer:
		return &DeleteTxn{}
	case wire.OpSetData, wire.OpReconfig:
		return &SetDataTxn{}
	case wire.OpSetACL:
		return &SetACLTxn{}
	case wire.OpCheck:
		return &CheckVersionTxn{}
	case wire.OpCreateSession:
		return &CreateSessionTxn{}
	case wire.OpError:
		return &ErrorTxn{}
	}
	return nil
}

func juteACL(c *wire.Codec, v *[]wire.ACL) {
	wire.Vector(c, v, 12, func(c *wire.Codec, a *wire.ACL) { a.Jute(c) })
}
