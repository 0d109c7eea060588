package server

import (
	"errors"
	"strings"

	"zoosh/internal/wire"
)

// ofReads are the handlers of the requests that read.
var ofReads = map[wire.Op]handler{
	wire.OpExists:               reads((*Server).exists),
	wire.OpGetData:              reads((*Server).getData),
	wire.OpGetACL:               reads((*Server).getACL),
	wire.OpGetChildren:          reads((*Server).getChildren),
	wire.OpGetChildren2:         reads((*Server).getChildren2),
	wire.OpGetAllChildrenNumber: reads((*Server).getAllChildrenNumber),
	wire.OpGetEphemerals:        reads((*Server).getEphemerals),
	wire.OpMultiRead:            reads((*Server).multiRead),
	wire.OpSync:                 reads((*Server).sync),
	wire.OpWhoAmI:               reads((*Server).whoAmI),
}

// readable is a znode that the client has one of the permissions for.
func (s *Server) readable(c *conn, path string, perm int32) (*node, error) {
	n, err := s.tree.get(path)
	if err != nil {
		return nil, err
	}
	if !s.permits(c, n.shared, perm) {
		return nil, &wire.Error{Code: wire.NoAuth, Path: path}
	}
	return n, nil
}

func (s *Server) exists(c *conn, r *wire.PathWatchRequest) (wire.Record, error) {
	if strings.IndexByte(r.Path, 0) >= 0 {
		return nil, &wire.Error{Code: wire.BadArguments, Path: r.Path}
	}
	n, err := s.readable(c, r.Path, wire.PermRead)
	if r.Watch && (err == nil || codeOf(err) == wire.NoNode) {
		s.tree.dataWatches.add(r.Path, c, watchOnce)
	}
	if err != nil {
		return nil, err
	}
	stat := n.clientStat()
	return &stat, nil
}

func (s *Server) getData(c *conn, r *wire.PathWatchRequest) (wire.Record, error) {
	n, err := s.readable(c, r.Path, wire.PermRead)
	if err != nil {
		return nil, err
	}
	if err := c.room(replyOverhead + len(n.data)); err != nil {
		return nil, err
	}
	if r.Watch {
		s.tree.dataWatches.add(r.Path, c, watchOnce)
	}
	return &wire.GetDataResponse{Data: n.data, Stat: n.clientStat()}, nil
}

func (s *Server) getACL(c *conn, r *wire.PathRequest) (wire.Record, error) {
	n, err := s.readable(c, r.Path, wire.PermRead|wire.PermAdmin)
	if err != nil {
		return nil, err
	}
	acl := n.acl()
	if err := c.room(sizeOfACL(acl)); err != nil {
		return nil, err
	}
	if !s.permits(c, n.shared, wire.PermAdmin) {
		acl = maskACL(acl)
	}
	return &wire.GetACLResponse{ACL: acl, Stat: n.clientStat()}, nil
}

// children lists a znode's children and arms the watch that was asked for.
func (s *Server) children(c *conn, r *wire.PathWatchRequest) (*node, []string, error) {
	n, err := s.readable(c, r.Path, wire.PermRead)
	if err != nil {
		return nil, nil, err
	}
	if err := c.roomForList(n.children().Len(), n.children().size()); err != nil {
		return nil, nil, err
	}
	if r.Watch {
		s.tree.childWatches.add(r.Path, c, watchOnce)
	}
	return n, n.children().Values(), nil
}

// replyOverhead is more than what a reply takes beside what it is asked for.
const replyOverhead = 128

var errLongReply = errors.New("the reply would be too long")

// longList is from how many bytes on a list takes long to make.
const longList = 64 << 10

// roomForList is room for a list of n strings that take so many bytes. While they are
// put together they are there once more, and others wait: a long one is made at a turn of
// those that take long.
func (c *conn) roomForList(n, size int) error {
	if size > maxReply {
		return errLongReply
	}
	if size > longList && !c.gated {
		c.wantsGate = true
		return errNoRoom
	}
	const header = 16
	return c.room(replyOverhead + size + header*n)
}

func sizeOfACL(acl []wire.ACL) int {
	size := replyOverhead
	for _, a := range acl {
		size += 12 + len(a.Scheme) + len(a.ID)
	}
	return size
}

func (s *Server) getChildren(c *conn, r *wire.PathWatchRequest) (wire.Record, error) {
	_, names, err := s.children(c, r)
	if err != nil {
		return nil, err
	}
	return &wire.GetChildrenResponse{Children: names}, nil
}

func (s *Server) getChildren2(c *conn, r *wire.PathWatchRequest) (wire.Record, error) {
	n, names, err := s.children(c, r)
	if err != nil {
		return nil, err
	}
	return &wire.GetChildren2Response{Children: names, Stat: n.clientStat()}, nil
}

func (s *Server) getAllChildrenNumber(c *conn, r *wire.PathRequest) (wire.Record, error) {
	if _, err := s.readable(c, r.Path, wire.PermRead); err != nil {
		return nil, err
	}
	return &wire.GetAllChildrenNumberResponse{Total: int32(s.tree.descendants(r.Path))}, nil
}

func (s *Server) getEphemerals(c *conn, r *wire.PathRequest) (wire.Record, error) {
	prefix := r.Path
	if trimmed := strings.TrimSpace(prefix); trimmed == "" || trimmed == "/" {
		prefix = ""
	}
	own := s.tree.ephemerals[c.session.id]
	if own != nil {
		if err := c.roomForList(own.Len(), own.size()); err != nil {
			return nil, err
		}
	}
	return &wire.GetChildrenResponse{Children: s.tree.ephemeralsOf(c.session.id, prefix)}, nil
}

// sync has nothing to wait for: there is one server, and it is here.
func (s *Server) sync(c *conn, r *wire.PathRequest) (wire.Record, error) {
	if err := c.room(replyOverhead + len(r.Path)); err != nil {
		return nil, err
	}
	return &wire.PathResponse{Path: r.Path}, nil
}

func (s *Server) whoAmI(c *conn, _ *wire.Empty) (wire.Record, error) {
	if err := c.room(replyOverhead + c.idBytes + 8*len(c.ids)); err != nil {
		return nil, err
	}
	reply := &wire.WhoAmIResponse{Clients: []wire.ClientInfo{}}
	for _, id := range c.ids {
		info := wire.ClientInfo{Scheme: id.scheme}
		if !s.cfg.lacks(id.scheme) {
			info.User = id.user()
		}
		reply.Clients = append(reply.Clients, info)
	}
	return reply, nil
}
