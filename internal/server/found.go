package server

import (
	"fmt"
	"path/filepath"

	"zoosh/internal/datadir"
	"zoosh/internal/english"
)

// Found is what a server went on from in its data directory.
type Found struct {
	Zxid     int64
	Znodes   int
	Snapshot datadir.File
	Logs     []datadir.File // that were read, the oldest first
	Txns     int            // that they had after the snapshot
}

func newFound(info *datadir.RecoverInfo, znodes int) *Found {
	return &Found{Zxid: info.Zxid, Znodes: znodes, Snapshot: info.Snapshot, Logs: info.Read, Txns: info.Txns}
}

// Found is what the server went on from; nil if it began empty.
func (s *Server) Found() *Found { return s.found }

// String says it in a line.
func (f *Found) String() string {
	from := "no snapshot"
	if f.Snapshot.Path != "" {
		from = filepath.Base(f.Snapshot.Path)
	}
	return fmt.Sprintf("as of 0x%x, %s, from %s and %s", f.Zxid, english.Count(f.Znodes, "znode"), from, f.logs())
}

func (f *Found) logs() string {
	if len(f.Logs) == 0 {
		return "no transaction logs"
	}
	text := english.Count(f.Txns, "transaction") + " of " + filepath.Base(f.Logs[0].Path)
	if n := len(f.Logs); n > 1 {
		text += " to " + filepath.Base(f.Logs[n-1].Path)
	}
	return text
}

// Bare tells whether it is a snapshot without the logs that go with it, which are
// elsewhere, or lost. One of zxid 0 has none yet.
func (f *Found) Bare() bool { return len(f.Logs) == 0 && f.Snapshot.Zxid != 0 }
