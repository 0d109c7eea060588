package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// A fileLog is the transaction log in a data directory, for a shell.
type fileLog struct {
	path, logDir string
	// live: a server of this process is writing there, so that an unfinished record
	// at the end is nothing to speak of.
	live bool
}

// Open implements shell.TxnLog.
func (l *fileLog) Open(zxid int64) (shell.TxnReader, error) {
	past, err := datadir.OpenPast(l.path, l.logDir)
	if err != nil {
		return nil, err
	}
	if !past.HasLogs() && !l.live {
		return nil, fmt.Errorf("there is no transaction log in %s (-log-dir names the directory where they are)", cmp.Or(l.logDir, l.path))
	}
	return &fileLogReader{past.Read(zxid), l.live}, nil
}

type fileLogReader struct {
	*datadir.PastReader
	live bool
}

// Next implements shell.TxnReader.
func (r *fileLogReader) Next() (*shell.Txn, error) {
	t, err := r.PastReader.Next()
	if err != nil {
		return nil, err
	}
	return shellTxn(t), nil
}

// Note implements shell.TxnReader.
func (r *fileLogReader) Note() string {
	var notes []string
	for _, g := range r.Gaps() {
		notes = append(notes, fmt.Sprintf("what came between 0x%x and 0x%x is missing", g.After, g.Before))
	}
	if torn := r.Torn(); torn != nil && !r.live {
		notes = append(notes, torn.Error())
	}
	return strings.Join(notes, "; ")
}

// shellTxn is a txn of a file as a shell shows it.
func shellTxn(t *datadir.Txn) *shell.Txn {
	out := &shell.Txn{Zxid: t.Zxid, Time: t.Time, Session: t.Session, Cxid: t.Cxid, TxnOp: shellTxnOp(t.Op, t.Body)}
	if multi, ok := t.Body.(*datadir.MultiTxn); ok {
		for _, sub := range multi.Txns {
			out.Parts = append(out.Parts, shellTxnOp(sub.Op, sub.Body))
		}
	}
	return out
}

func shellTxnOp(op wire.Op, body wire.Record) shell.TxnOp {
	out := shell.TxnOp{Op: op}
	switch b := body.(type) {
	case *datadir.CreateTxn:
		out.Path, out.Bytes, out.ACL, out.Owned = b.Path, len(b.Data), b.ACL, b.Ephemeral
	case *datadir.CreateContainerTxn:
		out.Path, out.Bytes, out.ACL = b.Path, len(b.Data), b.ACL
	case *datadir.CreateTTLTxn:
		out.Path, out.Bytes, out.ACL, out.TTL = b.Path, len(b.Data), b.ACL, time.Duration(b.TTL)*time.Millisecond
	case *datadir.DeleteTxn:
		out.Path = b.Path
	case *datadir.SetDataTxn:
		out.Path, out.Bytes, out.Version = b.Path, len(b.Data), b.Version
	case *datadir.SetACLTxn:
		out.Path, out.ACL, out.Version = b.Path, b.ACL, b.Version
	case *datadir.CheckVersionTxn:
		out.Path = b.Path
	case *datadir.CreateSessionTxn:
		out.Timeout = time.Duration(b.Timeout) * time.Millisecond
	case *datadir.CloseSessionTxn:
		out.Deleted = b.Paths
	case *datadir.ErrorTxn:
		out.Err = b.Err
	case nil:
		out.Untold = op == wire.OpCloseSession
	}
	return out
}
