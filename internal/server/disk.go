package server

import (
	"errors"
	"fmt"

	"zoosh/internal/datadir"
)

// openDisk takes the data directory, restores what is in it and begins to keep
// what comes.
func (s *Server) openDisk() (err error) {
	if s.cfg.DataDir == "" {
		return nil
	}
	s.dir, err = datadir.Open(s.cfg.DataDir, s.cfg.LogDir, datadir.Options{
		Log:         datadir.LogOptions{Preallocate: s.cfg.PreAllocSize, NoSync: s.cfg.NoSync},
		TrustEmpty:  s.cfg.TrustEmpty,
		MaxUnpacked: s.cfg.MaxUnpacked,
	})
	if err != nil {
		return fmt.Errorf("data directory %s: %w", s.cfg.DataDir, err)
	}
	defer func() {
		if err != nil {
			s.closeDisk()
		}
	}()
	if exposed := s.dir.Exposed(); exposed != "" {
		s.logf("other users of this machine can read every znode, whatever its ACL, in %s and what else has been there before: what is made now is for this user alone (chmod -R go= %s)", exposed, s.cfg.DataDir)
	}
	if err := s.loadSecret(); err != nil {
		return fmt.Errorf("data directory %s: %w", s.cfg.DataDir, err)
	}
	if err := s.restore(); err != nil {
		return fmt.Errorf("data directory %s: %w", s.cfg.DataDir, err)
	}
	s.tree.recent = newRecency()
	s.durable = s.zxid
	s.files.fill()
	s.journal = openJournal(s.zxid, s.createLog, s.diskFailed)
	s.do(s.endDeadSessions)
	return nil
}

// snapshotFirst writes a snapshot before anything is served: ZooKeeper refuses logs
// without one.
func (s *Server) snapshotFirst() error {
	err := s.beginSnapshot(alreadyLocked).write()
	s.tree.replaced = nil
	return err
}

// createLog begins a file of the transaction log.
func (s *Server) createLog(first int64) (txnLog, error) {
	var log *datadir.LogWriter
	err := s.withFiles(func() (err error) {
		log, err = s.dir.CreateLog(first)
		return err
	})
	if err != nil {
		return nil, err
	}
	return log, nil
}

// keep hands a txn that was applied to the journal.
func (s *Server) keep(t *txn) {
	if s.journal == nil {
		return
	}
	s.journal.append(&datadir.Txn{
		Session: t.session, Cxid: t.cxid, Zxid: t.zxid, Time: t.time,
		Op: t.change.op(), Body: t.change.record(),
	})
	s.snapshotWhenDue()
}

// diskFailed stops the server, as ZooKeeper does: what was not written may be on
// disk in part, and nothing must follow it.
func (s *Server) diskFailed(err error) {
	s.stop(&diskError{err})
}

// A diskError is why a server has stopped by itself.
type diskError struct{ err error }

func (e *diskError) Error() string {
	return "the server stops, since its disk refuses: " + e.err.Error()
}

func (e *diskError) Unwrap() error { return e.err }

// failure is what the disk has said if that was the end of the server. It does not
// wait.
func (s *Server) failure() error {
	select {
	case <-s.quit:
	default:
		return nil
	}
	var failed *diskError
	if errors.As(s.broke, &failed) {
		return failed.err
	}
	return nil
}

// closeDisk ends the journal and gives the data directory back.
func (s *Server) closeDisk() error {
	if s.dir == nil {
		return nil
	}
	err := s.journal.close()
	s.files.lend()
	if errors.Is(s.err, err) {
		err = nil // it is why the server has stopped: once is enough
	}
	return errors.Join(err, s.dir.Close())
}
