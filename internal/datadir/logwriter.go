package datadir

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// The beginning of a log: magic, version and a database id that is always 0.
const (
	logMagic      = "ZKLG"
	fileVersion   = 2
	logHeaderSize = 16
	recordHead    = 12 // checksum and length
	recordEnd     = 'B'
)

// defaultPreallocate is by how much a log grows at a time, as ZooKeeper's
// zookeeper.preAllocSize of 65536 KB.
const defaultPreallocate = 64 << 20

// LogOptions say how a log is written.
type LogOptions struct {
	// Preallocate is by how many bytes the file grows at a time;
	// defaultPreallocate if 0, and only by what is written if negative.
	Preallocate int64
	// NoSync has Sync only hand the bytes to the system, as ZooKeeper's forceSync=no
	// does: they survive the program, but not the machine.
	NoSync bool
}

// LogWriter writes one transaction log. Its methods may be called by several
// goroutines: Append does not wait for a Sync that is under way.
//
// After an Append or Sync that failed nobody knows what is on the disk. The
// writer is then of no more use: every later call returns the same error.
type LogWriter struct {
	path string
	step int64 // preallocation
	// noSync is LogOptions.NoSync.
	noSync bool

	mu   sync.Mutex
	f    *os.File
	buf  *bufio.Writer
	size int64 // what was appended, with the header
	room int64 // the file's length, preallocated or written
	// zeroed is up to where zeros were written, so that the disk has blocks there.
	zeroed int64
	err    error
}

// zeroStep is how many zeros are written ahead at a time, in bytes.
const zeroStep = 1 << 20

var zeros [64 << 10]byte

var errClosed = errors.New("the log is closed")

// createLog starts the log whose first txn will be firstZxid in dir, a version-2
// directory. A log of that name is replaced if it holds no txns, as one does after
// a crash at the wrong moment, and refused otherwise.
func createLog(dir string, firstZxid int64, opts LogOptions) (*LogWriter, error) {
	path := filepath.Join(dir, logName(firstZxid))
	w := &LogWriter{path: path, step: opts.Preallocate, noSync: opts.NoSync, size: logHeaderSize, room: logHeaderSize}
	if w.step == 0 {
		w.step = defaultPreallocate
	}
	if err := w.create(dir); err != nil {
		return nil, fmt.Errorf("creating the log %s: %w", path, err)
	}
	return w, nil
}

func (w *LogWriter) create(dir string) error {
	if err := refuseTxns(w.path); err != nil {
		return err
	}
	f, err := os.OpenFile(w.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	if _, err = f.Write(appendFileHeader(nil, logMagic, 0)); err == nil {
		if err = f.Sync(); err == nil {
			err = syncDir(dir)
		}
	}
	if err != nil {
		f.Close()
		return err
	}
	w.f, w.buf = f, bufio.NewWriterSize(f, 64<<10)
	return nil
}

// refuseTxns is an error if the log at path exists and holds anything.
func refuseTxns(path string) error {
	r, err := openLog(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		_, err = r.Next()
		r.Close()
	}
	var d *Damage
	switch {
	case err == nil:
		return errors.New("it exists, and holds transactions")
	case err == io.EOF, errors.As(err, &d) && d.Torn:
		return nil
	}
	return err
}

func appendFileHeader(dst []byte, magic string, dbid int64) []byte {
	dst = append(dst, magic...)
	dst = binary.BigEndian.AppendUint32(dst, fileVersion)
	return binary.BigEndian.AppendUint64(dst, uint64(dbid))
}

// Append adds a record, which AppendTxn made. It is durable after the next Sync.
func (w *LogWriter) Append(record []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if err := w.append(record); err != nil {
		w.err = fmt.Errorf("appending to the log %s: %w", w.path, err)
	}
	return w.err
}

func (w *LogWriter) append(record []byte) error {
	if len(record) == 0 || len(record) > maxBuffer {
		return fmt.Errorf("a record of %d bytes; 1 to %d can be written", len(record), maxBuffer)
	}
	if err := w.preallocate(); err != nil {
		return err
	}
	head := binary.BigEndian.AppendUint64(make([]byte, 0, recordHead), uint64(adler32.Checksum(record)))
	w.buf.Write(binary.BigEndian.AppendUint32(head, uint32(len(record))))
	w.buf.Write(record)
	if err := w.buf.WriteByte(recordEnd); err != nil { // bufio's errors stick
		return err
	}
	w.size += recordHead + int64(len(record)) + 1
	return nil
}

// preallocate makes room when less than 4 KB of it is left, as ZooKeeper does: a
// file whose length does not change is synced faster. Into the next part of it zeros
// are written, for a file system that has to find blocks first syncs slower still.
func (w *LogWriter) preallocate() error {
	if w.step <= 0 {
		return nil
	}
	if w.size+4096 >= w.room {
		if err := w.lengthen(); err != nil {
			return err
		}
	}
	if w.size+4096 < w.zeroed {
		return nil
	}
	// Nothing of what was appended is beyond size, flushed or not.
	w.zeroed = max(w.zeroed, w.size)
	for end := min(w.zeroed+zeroStep, w.room); w.zeroed < end; {
		n, err := w.f.WriteAt(zeros[:min(int64(len(zeros)), end-w.zeroed)], w.zeroed)
		if w.zeroed += int64(n); err != nil {
			return err
		}
	}
	return nil
}

func (w *LogWriter) lengthen() error {
	if w.size > w.room {
		w.room = w.size + w.step
		w.room -= w.room % w.step
	} else {
		w.room += w.step
	}
	return w.f.Truncate(w.room)
}

// Sync makes durable what was appended before it was called.
func (w *LogWriter) Sync() error {
	w.mu.Lock()
	if w.err == nil {
		if err := w.buf.Flush(); err != nil {
			w.err = fmt.Errorf("writing the log %s: %w", w.path, err)
		}
	}
	err := w.err
	w.mu.Unlock()
	if err != nil {
		return err
	}
	if w.noSync {
		return nil
	}
	err = syncData(w.f)

	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("syncing the log %s: %w", w.path, err)
	}
	return w.err
}

// Close syncs and closes the log. What was preallocated stays, as in ZooKeeper.
func (w *LogWriter) Close() error {
	err := w.Sync()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == errClosed {
		return errClosed
	}
	if closeErr := w.f.Close(); err == nil {
		err = closeErr
	}
	if w.err == nil {
		w.err = errClosed
	}
	return err
}
