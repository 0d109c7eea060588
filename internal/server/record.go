package server

import (
	"fmt"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
)

// What stands in the transaction log for each change, and the other way about.

func (c *createChange) record() wire.Record {
	switch c.kind {
	case wire.OpCreateContainer:
		return &datadir.CreateContainerTxn{Path: c.path, Data: c.data, ACL: c.acl, ParentCversion: c.parentCversion}
	case wire.OpCreateTTL:
		return &datadir.CreateTTLTxn{Path: c.path, Data: c.data, ACL: c.acl, ParentCversion: c.parentCversion, TTL: c.ttl}
	}
	return &datadir.CreateTxn{Path: c.path, Data: c.data, ACL: c.acl, Ephemeral: c.ephemeral, ParentCversion: c.parentCversion}
}

func (c *deleteChange) record() wire.Record { return &datadir.DeleteTxn{Path: c.path} }

func (c *setDataChange) record() wire.Record {
	return &datadir.SetDataTxn{Path: c.path, Data: c.data, Version: c.version}
}

func (c *setACLChange) record() wire.Record {
	return &datadir.SetACLTxn{Path: c.path, ACL: c.acl, Version: c.version}
}

func (c *checkChange) record() wire.Record {
	return &datadir.CheckVersionTxn{Path: c.path, Version: c.version}
}

func (c *createSessionChange) record() wire.Record {
	return &datadir.CreateSessionTxn{Timeout: c.timeout}
}

// record names what goes with the session. If that is more than a log may hold in
// one record, for ZooKeeper to read it, there is none: all that the session has is
// meant then, as in the logs of servers before 3.6.
func (c *closeSessionChange) record() wire.Record {
	size := 0
	for _, path := range c.paths {
		size += 4 + len(path)
	}
	if size > wire.MaxFrame {
		return nil
	}
	return &datadir.CloseSessionTxn{Paths: c.paths}
}

func (c *errorChange) record() wire.Record { return &datadir.ErrorTxn{Err: c.code} }

func (c *multiChange) record() wire.Record {
	m := &datadir.MultiTxn{Txns: make([]datadir.SubTxn, 0, len(c.changes))}
	for _, sub := range c.changes {
		op := sub.op()
		if op == wire.OpCreate2 {
			op = wire.OpCreate // the same txn; ZooKeeper before 3.9 does not know the other in a multi
		}
		m.Txns = append(m.Txns, datadir.SubTxn{Op: op, Body: sub.record()})
	}
	return m
}

// changeOf is the change that a txn of the log stands for. What a log may hold
// and this server does not know, such as a new configuration of an ensemble, is an
// error.
func changeOf(op wire.Op, body wire.Record) (change, error) {
	switch r := body.(type) {
	case *datadir.CreateTxn:
		return &createChange{kind: op, path: r.Path, data: r.Data, acl: r.ACL,
			ephemeral: r.Ephemeral, parentCversion: r.ParentCversion}, nil
	case *datadir.CreateContainerTxn:
		return &createChange{kind: op, path: r.Path, data: r.Data, acl: r.ACL, parentCversion: r.ParentCversion}, nil
	case *datadir.CreateTTLTxn:
		return &createChange{kind: op, path: r.Path, data: r.Data, acl: r.ACL,
			ttl: r.TTL, parentCversion: r.ParentCversion}, nil
	case *datadir.DeleteTxn:
		return &deleteChange{kind: op, path: r.Path}, nil
	case *datadir.SetDataTxn:
		return &setDataChange{path: r.Path, data: r.Data, version: r.Version}, nil
	case *datadir.SetACLTxn:
		return &setACLChange{path: r.Path, acl: r.ACL, version: r.Version}, nil
	case *datadir.CheckVersionTxn:
		return &checkChange{path: r.Path, version: r.Version}, nil
	case *datadir.CreateSessionTxn:
		return &createSessionChange{timeout: r.Timeout}, nil
	case *datadir.CloseSessionTxn:
		return &closeSessionChange{paths: r.Paths}, nil
	case *datadir.ErrorTxn:
		return &errorChange{code: r.Err}, nil
	case *datadir.MultiTxn:
		return multiChangeOf(r)
	case nil:
		if op == wire.OpCloseSession { // without what goes with it
			return &closeSessionChange{}, nil
		}
	}
	return nil, fmt.Errorf("a txn of the kind %v", op)
}

func multiChangeOf(r *datadir.MultiTxn) (change, error) {
	m := &multiChange{}
	for _, sub := range r.Txns {
		c, err := changeOf(sub.Op, sub.Body)
		if err != nil {
			return nil, fmt.Errorf("multi: %w", err)
		}
		m.changes = append(m.changes, c)
	}
	return m, nil
}
