package differ

import (
	"fmt"
	"strings"

	"zoosh/internal/wire"
)

// newRun forgets the clients of the run before.
func (p *peer) newRun(start int64) {
	p.sessions, p.orphans, p.start, p.times = nil, nil, start, make(map[int64]int64)
}

// A controller is a session that no ACL stops, for what is between the runs.
type controller struct{ *client }

func newController(addr string) (*controller, error) {
	c, err := (&peer{addr: addr}).client(wire.ConnectRequest{Timeout: 1 << 30, Passwd: make([]byte, 16)})
	if err != nil {
		return nil, err
	}
	_, err = c.ask(wire.OpAuth, &wire.AuthPacket{Scheme: "digest", Auth: []byte(super)}, nil)
	return &controller{c}, err
}

// zxid is the last that the server has given.
func (k *controller) zxid() (int64, error) {
	h, err := k.ask(wire.OpSync, &wire.PathRequest{Path: "/"}, nil)
	return h.Zxid, err
}

// burn uses zxids up: what is refused takes one, too.
func (k *controller) burn(n int64) error {
	for range n {
		if _, err := k.ask(wire.OpDelete, &wire.PathVersionRequest{Path: "/nothing/here"}, nil); err != nil {
			return err
		}
	}
	return nil
}

// system are the znodes that cannot be deleted.
var system = []string{"/", "/zookeeper", wire.QuotaPath, wire.ConfigPath}

// clean deletes everything.
func (k *controller) clean() error {
	for _, path := range system {
		for _, r := range []struct {
			op   wire.Op
			body wire.Record
		}{
			{wire.OpSetACL, &wire.SetACLRequest{Path: path, ACL: wire.OpenACL(), Version: -1}},
			{wire.OpSetData, &wire.SetDataRequest{Path: path, Data: []byte{}, Version: -1}},
		} {
			if _, err := k.ask(r.op, r.body, nil); err != nil {
				return err
			}
		}
		if err := k.below(path); err != nil {
			return err
		}
	}
	return nil
}

func (k *controller) below(path string) error {
	var r wire.GetChildrenResponse
	if _, err := k.ask(wire.OpGetChildren, &wire.PathWatchRequest{Path: path}, &r); err != nil {
		return err
	}
	for _, name := range r.Children {
		child := wire.JoinPath(path, name)
		if child == "/zookeeper" || child == wire.QuotaPath || child == wire.ConfigPath {
			continue
		}
		if err := k.below(child); err != nil {
			return err
		}
		if _, err := k.ask(wire.OpDelete, &wire.PathVersionRequest{Path: child, Version: -1}, nil); err != nil {
			return err
		}
	}
	return nil
}

// state is what is left after cleaning, and must be the same on both servers.
func (k *controller) state() (string, error) {
	var b strings.Builder
	for _, path := range system {
		var r wire.GetChildren2Response
		if _, err := k.ask(wire.OpGetChildren2, &wire.PathWatchRequest{Path: path}, &r); err != nil {
			return "", err
		}
		r.Stat.Ctime, r.Stat.Mtime = 0, 0
		fmt.Fprintf(&b, "%s %+v\n", path, r)
	}
	return b.String(), nil
}

// closeAll ends the run's sessions.
func (p *peer) closeAll() error {
	for _, c := range append(p.orphans, p.sessions...) {
		if c.id == 0 {
			continue
		}
		conn, answer, err := p.dial(wire.ConnectRequest{Timeout: 1 << 30, SessionID: c.id, Passwd: c.passwd})
		if err != nil {
			return err
		}
		if c.conn != nil {
			c.conn.nc.Close()
		}
		if answer == nil {
			continue
		}
		if c.conn = conn; answer.SessionID != 0 {
			if _, err := c.ask(wire.OpCloseSession, &wire.Empty{}, nil); err != nil {
				return err
			}
		}
		conn.nc.Close()
	}
	return nil
}
