package server

import (
	"encoding/binary"
	"errors"

	"zoosh/internal/wire"
)

// A path can be null on the wire. The records read it as an empty one, but in ZooKeeper
// a null path ends every request with an exception that does not check its path first.

var errNullPath = errors.New("the path is null")

// nullPathResponse is a string that is null.
type nullPathResponse struct{}

// Jute implements wire.Record.
func (nullPathResponse) Jute(c *wire.Codec) {
	null := int32(-1)
	c.Int32(&null)
}

// hasNullPath tells whether the path that a request begins with is null, where ZooKeeper
// answers that in another way than an empty path.
func hasNullPath(op wire.Op, body []byte) bool {
	switch op.PathRule() {
	case wire.PathNone, wire.PathChecked:
		return false
	}
	return len(body) >= 4 && int32(binary.BigEndian.Uint32(body)) == -1
}

// withoutPath answers a request whose path is null.
func (s *Server) withoutPath(c *conn, request *request, hd handler) (wire.Record, error) {
	h, err := request.header, errNullPath
	switch r := request.body.(type) { // the flags are looked at before
	case *wire.CreateRequest:
		if _, bad := checkCreateMode(h.Op, r.Flags, -1, ""); bad != nil {
			err = bad
		}
	case *wire.CreateTTLRequest:
		if _, bad := checkCreateMode(h.Op, r.Flags, r.TTL, ""); bad != nil {
			err = bad
		}
	}
	switch rule := h.Op.PathRule(); {
	case rule == wire.PathEchoed:
		return nullPathResponse{}, nil
	case rule == wire.PathPrefix:
		return s.getEphemerals(c, &wire.PathRequest{})
	case h.Op == wire.OpDeleteContainer: // malformed already
	case hd.prepare != nil:
		s.commit(c.session.id, h.Xid, &errorChange{code: codeOf(err)})
	}
	return nil, err
}
