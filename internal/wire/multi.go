package wire

// multiHeader stands before each part of a multi and of its reply.
type multiHeader struct {
	op   Op
	done bool
	err  Code
}

func (h *multiHeader) jute(c *Codec) {
	c.Int32((*int32)(&h.op))
	c.Bool(&h.done)
	c.Int32((*int32)(&h.err))
}

// multiEnd is the header that closes a multi.
var multiEnd = multiHeader{op: OpError, done: true, err: -1}

// MultiOp is one operation of a multi or multiRead: its opcode and its body.
type MultiOp struct {
	Op      Op
	Request Record
}

// MultiRest is what a multi is longer than the sizes of its operations: the header
// of the request, and the one that closes it.
const MultiRest = 8 + multiHeaderSize

const multiHeaderSize = 9

// Size is how many bytes the operation takes in a multi, without encoding it.
func (op MultiOp) Size() int {
	switch r := op.Request.(type) {
	case *CreateRequest:
		return multiHeaderSize + r.size()
	case *CreateTTLRequest:
		return multiHeaderSize + r.size() + 8
	case *SetDataRequest:
		return multiHeaderSize + 4 + len(r.Path) + 4 + len(r.Data) + 4
	case *PathVersionRequest:
		return multiHeaderSize + 4 + len(r.Path) + 4
	}
	return multiHeaderSize + len(Marshal(nil, op.Request))
}

// SizeAlone is how many bytes the request has that is the operation alone.
func (op MultiOp) SizeAlone() int { return 8 + op.Size() - multiHeaderSize }

func (r *CreateRequest) size() int {
	n := 4 + len(r.Path) + 4 + len(r.Data) + 4 + 4
	for _, a := range r.ACL {
		n += 4 + 4 + len(a.Scheme) + 4 + len(a.ID)
	}
	return n
}

// MultiRequest is the body of multi and multiRead.
type MultiRequest struct{ Ops []MultiOp }

// Jute implements Record.
func (r *MultiRequest) Jute(c *Codec) {
	if c.encoding {
		for _, op := range r.Ops {
			h := multiHeader{op: op.Op, err: -1}
			h.jute(c)
			op.Request.Jute(c)
		}
		multiEnd.jute(c)
		return
	}
	r.Ops = nil
	c.multiParts(func(h multiHeader) {
		body := h.op.newPart()
		if body == nil {
			c.fail("%v cannot stand in a multi", h.op)
			return
		}
		if body.Jute(c); c.err == nil {
			r.Ops = append(r.Ops, MultiOp{Op: h.op, Request: body})
		}
	})
}

// multiParts has read read what stands behind each header, up to the last one or an
// error.
func (c *Codec) multiParts(read func(h multiHeader)) {
	for {
		var h multiHeader
		if h.jute(c); c.err != nil || h.done {
			return
		}
		if read(h); c.err != nil {
			return
		}
	}
}

// MultiResult is what became of one operation of a multi: its reply or, with Op
// OpError, its error code. In a multi that failed the operations before the
// failing one have the code OK and those after it RuntimeInconsistency.
type MultiResult struct {
	Op    Op
	Err   Code
	Reply Record // *PathResponse, *Create2Response, *Stat, *GetDataResponse, *GetChildrenResponse or nil
}

// MultiResponse answers multi and multiRead.
type MultiResponse struct {
	Results []MultiResult
	// Most is how many results can be read: one more is malformed. 0 is any number.
	Most int
}

// Jute implements Record.
func (r *MultiResponse) Jute(c *Codec) {
	if c.encoding {
		for _, res := range r.Results {
			h := multiHeader{op: res.Op, err: res.Err}
			h.jute(c)
			if res.Op == OpError {
				code := int32(res.Err)
				c.Int32(&code)
			} else if res.Reply != nil {
				res.Reply.Jute(c)
			}
		}
		multiEnd.jute(c)
		return
	}
	r.Results = nil
	c.multiParts(func(h multiHeader) {
		if r.Most > 0 && len(r.Results) == r.Most {
			c.fail("a reply to %d operations has more results", r.Most)
			return
		}
		res := MultiResult{Op: h.op, Err: h.err}
		if h.op == OpError {
			c.Int32((*int32)(&res.Err))
		} else if res.Reply = h.op.newPartReply(); res.Reply != nil {
			res.Reply.Jute(c)
		} else {
			c.fail("%v cannot stand in a multi's reply", h.op)
		}
		if c.err == nil {
			r.Results = append(r.Results, res)
		}
	})
}
