package server

import (
	"fmt"
	"sync"
	"time"

	"zoosh/internal/datadir"
)

// maxBacklog is how many bytes of txns may wait for the disk before no more
// requests are taken.
const maxBacklog = 64 << 20

// journal makes txns durable. Whoever holds the server's lock appends them without
// waiting and goes on; a goroutine of the journal's writes whatever has gathered, syncs it
// once (a group commit) and releases the outboxes that hold replies until then.
//
// After an error nothing more is released: no client hears of what is not on disk.
//
// A nil journal is that of a server in memory.
type journal struct {
	create func(first int64) (txnLog, error) // begins a file with the txn first
	failed func(error)
	ended  chan struct{}

	mu      sync.Mutex
	changed sync.Cond
	next    batch // what the next sync will be of
	writing int   // bytes of the batch that is being written
	durable int64 // zxid of the last txn synced
	waiting []*outbox
	syncs   []synced // since takeSyncs was last called
	closed  bool
	err     error

	log    txnLog // of the journal's goroutine; nil before the first txn
	gather gathering
}

// txnLog is a file of the transaction log.
type txnLog interface {
	Append(record []byte) error
	Sync() error
	Close() error
}

// A batch is the txns of one sync.
type batch struct {
	records []byte // marshalled, one after the other
	ends    []int  // where each ends
	first   int64  // zxid of the first
	// roll is the number of the txn before which a new file is begun; -1 for none.
	roll int
}

func (b *batch) reset() { b.records, b.ends, b.roll = b.records[:0], b.ends[:0], -1 }

// record is the txn number i.
func (b *batch) record(i int) []byte {
	start := 0
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.records[start:b.ends[i]]
}

// openJournal starts a journal after the txn durable. failed is called once, by
// another goroutine, if the disk refuses.
func openJournal(durable int64, create func(first int64) (txnLog, error), failed func(error)) *journal {
	j := &journal{create: create, failed: failed, ended: make(chan struct{}), durable: durable}
	j.changed.L = &j.mu
	j.next.reset()
	go j.run()
	return j
}

// volatile tells whether nothing is kept on disk.
func (j *journal) volatile() bool { return j == nil }

// append takes a txn. The zxids must follow each other.
func (j *journal) append(t *datadir.Txn) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	b := &j.next
	if len(b.ends) == 0 {
		b.first = t.Zxid
	}
	b.records = datadir.AppendTxn(b.records, t)
	b.ends = append(b.ends, len(b.records))
	if n := len(b.ends); n == 1 || n == j.gather.expected {
		j.changed.Broadcast()
	}
}

// roll has the txns from here on written to a new file.
func (j *journal) roll() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next.roll = len(j.next.ends)
}

// await has the outbox released once the txn zxid is durable.
func (j *journal) await(o *outbox, zxid int64) {
	if j == nil {
		return
	}
	j.mu.Lock()
	durable := j.durable
	if zxid > durable && !o.awaited {
		o.awaited = true
		j.waiting = append(j.waiting, o)
	}
	j.mu.Unlock()
	if zxid <= durable {
		o.release(durable)
	}
}

// settled is the zxid of the last txn that is durable.
func (j *journal) settled() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.durable
}

// synced is when the txns up to one have become durable.
type synced struct {
	zxid int64
	at   time.Time
}

// takeSyncs appends the syncs that there were since it was last called.
func (j *journal) takeSyncs(to []synced) []synced {
	j.mu.Lock()
	defer j.mu.Unlock()
	to = append(to, j.syncs...)
	j.syncs = j.syncs[:0]
	return to
}

// awaitRoom waits while the disk is too far behind.
func (j *journal) awaitRoom() {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(j.next.records)+j.writing > maxBacklog && j.err == nil && !j.closed {
		j.changed.Wait()
	}
}

// close makes what was appended durable, ends the journal and tells what went
// wrong, then or before.
func (j *journal) close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	j.closed = true
	j.changed.Broadcast()
	j.mu.Unlock()
	<-j.ended
	return j.err
}

func (j *journal) run() {
	defer close(j.ended)
	var b batch
	b.reset()
	for j.take(&b) {
		began := time.Now()
		if err := j.write(&b); err != nil {
			j.fail(err)
			return
		}
		j.release(&b, time.Since(began))
	}
	if j.log != nil {
		if err := j.log.Close(); err != nil {
			j.fail(fmt.Errorf("close the transaction log: %w", err))
		}
	}
}

// take waits for txns and takes them all, and tells whether there were any before
// the end.
func (j *journal) take(b *batch) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.writing = 0
	j.changed.Broadcast()
	for len(j.next.ends) == 0 && !j.closed {
		j.changed.Wait()
	}
	j.awaitOthers()
	if cap(b.records) > maxSpare {
		b.records = nil
	}
	b.reset()
	if len(j.next.ends) == 0 {
		return false
	}
	*b, j.next = j.next, *b
	j.writing = len(b.records)
	if b.roll == len(b.ends) {
		b.roll, j.next.roll = -1, 0
	}
	return true
}

// write makes a batch durable.
func (j *journal) write(b *batch) error {
	for i := range b.ends {
		if j.log == nil || i == b.roll {
			if err := j.begin(b.first + int64(i)); err != nil {
				return err
			}
		}
		if err := j.log.Append(b.record(i)); err != nil {
			return fmt.Errorf("write the transaction log: %w", err)
		}
	}
	if err := j.log.Sync(); err != nil {
		return fmt.Errorf("sync the transaction log: %w", err)
	}
	return nil
}

// begin begins a new file, whose first txn is zxid.
func (j *journal) begin(zxid int64) error {
	if j.log != nil {
		if err := j.log.Close(); err != nil {
			return fmt.Errorf("close the transaction log: %w", err)
		}
	}
	var err error
	if j.log, err = j.create(zxid); err != nil {
		return fmt.Errorf("begin a transaction log: %w", err)
	}
	return nil
}

// release lets go what was held for a batch, whose sync has taken so long.
func (j *journal) release(b *batch, took time.Duration) {
	durable := b.first + int64(len(b.ends)) - 1
	j.mu.Lock()
	j.durable = durable
	j.syncs = append(j.syncs, synced{durable, time.Now()})
	j.gather.synced(len(b.ends), len(j.next.ends), took)
	j.changed.Broadcast()
	waiting := j.waiting
	j.waiting = nil
	for _, o := range waiting {
		o.awaited = false
	}
	j.mu.Unlock()
	for _, o := range waiting {
		if o.release(durable) {
			j.mu.Lock()
			if !o.awaited {
				o.awaited = true
				j.waiting = append(j.waiting, o)
			}
			j.mu.Unlock()
		}
	}
}

func (j *journal) fail(err error) {
	j.mu.Lock()
	j.err = err
	j.changed.Broadcast()
	j.mu.Unlock()
	j.failed(err)
}

// awaitDurable waits until the txn zxid is on disk, or never will be.
func (j *journal) awaitDurable(zxid int64) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.durable < zxid {
		if j.err != nil {
			return j.err
		}
		j.changed.Wait()
	}
	return nil
}
