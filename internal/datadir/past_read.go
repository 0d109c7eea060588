package datadir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// PastReader reads the txns of all logs, one after the other. Of files that a
// server is still writing it reads what has come, again and again.
type PastReader struct {
	p    *Past
	left []File
	log  *logReader
	file File // of log
	// final: there is a newer log, so that log gets no more.
	final bool
	last  int64 // zxid
	torn  *Damage
	gaps  []Gap
}

// A Gap is where txns are missing between two logs.
type Gap struct{ After, Before int64 } // zxids

// maxGaps is how many gaps are remembered.
const maxGaps = 100

// Read begins with the log that may hold the txn zxid; the first, if it is 0.
func (p *Past) Read(zxid int64) *PastReader {
	return &PastReader{p: p, left: logsAfter(p.logs, zxid-1)}
}

// Next returns the next txn. At the end, and at a record that is not written whole
// with nothing behind it, it returns io.EOF; later calls look whether there is more.
// A *Damage is returned by every later call.
func (r *PastReader) Next() (*Txn, error) {
	if r.log != nil {
		if err := r.log.resume(); err != nil {
			return nil, err
		}
	}
	for {
		t, err := r.next()
		if err == nil {
			return t, nil
		} else if !r.ended(err) {
			return nil, err
		}
		if more, err := r.advance(); err != nil {
			return nil, err
		} else if !more {
			return nil, io.EOF
		}
	}
}

// Torn is the unfinished record that the last io.EOF stands for; nil for a clean
// end.
func (r *PastReader) Torn() *Damage { return r.torn }

// Gaps are where txns were missing so far.
func (r *PastReader) Gaps() []Gap { return r.gaps }

// Close closes what is open.
func (r *PastReader) Close() error {
	if r.log == nil {
		return nil
	}
	return r.log.Close()
}

// next is the next txn of the log that is open.
func (r *PastReader) next() (*Txn, error) {
	if r.log == nil {
		return nil, io.EOF
	}
	t, err := r.log.Next()
	if err != nil {
		return nil, err
	}
	if t.Zxid <= r.last {
		return nil, r.log.damage(r.log.Offset(), false, "the txn 0x%x comes after 0x%x", t.Zxid, r.last)
	}
	if r.last != 0 && !follows(r.last, t.Zxid) && len(r.gaps) < maxGaps {
		r.gaps = append(r.gaps, Gap{r.last, t.Zxid})
	}
	r.last, r.torn = t.Zxid, nil
	return t, nil
}

// ended tells whether err is the end of a log, clean or torn.
func (r *PastReader) ended(err error) bool {
	r.torn = nil
	var d *Damage
	if errors.As(err, &d) && d.Torn {
		r.torn = d
		return true
	}
	return err == io.EOF
}

// advance goes on in the log behind the one that has ended. Without one there is no
// more.
func (r *PastReader) advance() (more bool, err error) {
	if err := r.findNext(); err != nil || len(r.left) == 0 {
		return false, err
	}
	if r.log != nil && !r.final {
		r.final = true // it may have got more before the next one was begun
		return true, r.log.resume()
	}
	log, err := openLog(r.left[0].Path)
	switch {
	case err == nil:
	case !r.ended(err):
		return false, err
	case len(r.left) == 1:
		return false, nil // it has just been begun
	default:
		r.left = r.left[1:]
		return true, nil
	}
	r.Close()
	r.log, r.file, r.final, r.left = log, r.left[0], false, r.left[1:]
	return true, nil
}

// findNext looks for logs that were begun meanwhile.
func (r *PastReader) findNext() (err error) {
	if len(r.left) > 0 || r.p.logDir == "" {
		return nil
	}
	logs, err := listLogs(r.p.logDir)
	for len(logs) > 0 && logs[0].Zxid <= r.file.Zxid {
		logs = logs[1:]
	}
	r.left = logs
	return err
}

// resume lets Next look again where the log ended: more may have been written.
func (r *logReader) resume() error {
	f, ok := r.src.(*os.File)
	if !ok || r.err == nil || isDamage(r.err) {
		return nil
	}
	head := make([]byte, recordHead)
	n, err := f.ReadAt(head, r.at)
	if err != nil && err != io.EOF {
		return fmt.Errorf("reading %s: %w", r.file, err)
	}
	if n < recordHead || bytes.Equal(head, make([]byte, recordHead)) {
		return nil // still the end, which Next says without reading all the zeros again
	}
	r.err = nil
	return r.reload()
}

func notEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
