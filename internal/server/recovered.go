package server

import (
	"fmt"
	"path/filepath"

	"zoosh/internal/datadir"
	"zoosh/internal/english"
)

// Recovered is what a server went on from in its data directory.
type Recovered struct {
	Zxid     int64
	Znodes   int
	Snapshot datadir.File
	Logs     []datadir.File // that were read, the oldest first
	Txns     int            // that they had after the snapshot
}

func newRecovered(info *datadir.RecoverInfo, znodes int) *Recovered {
	return &Recovered{Zxid: info.Zxid, Znodes: znodes, Snapshot: info.Snapshot, Logs: info.Read, Txns: info.Txns}
}

// Recovered is what the server went on from; nil if it began empty.
func (s *Server) Recovered() *Recovered { return s.recovered }

// String says it in a line.
func (r *Recovered) String() string {
	from := "no snapshot"
	if r.Snapshot.Path != "" {
		from = filepath.Base(r.Snapshot.Path)
	}
	return fmt.Sprintf("as of 0x%x, %s, from %s and %s", r.Zxid, english.Count(r.Znodes, "znode"), from, r.logs())
}

func (r *Recovered) logs() string {
	if len(r.Logs) == 0 {
		return "no transaction logs"
	}
	text := english.Count(r.Txns, "transaction") + " of " + filepath.Base(r.Logs[0].Path)
	if n := len(r.Logs); n > 1 {
		text += " to " + filepath.Base(r.Logs[n-1].Path)
	}
	return text
}

// Bare tells whether it is a snapshot without the logs that go with it, which are
// elsewhere, or lost. One of zxid 0 has none yet.
func (r *Recovered) Bare() bool { return len(r.Logs) == 0 && r.Snapshot.Zxid != 0 }
