// Package datadir reads and writes the files that a ZooKeeper keeps: the
// transaction logs and the snapshots of a data directory, as ZooKeeper 3.8 lays
// them out. Either program can open what the other has written.
//
// Contract: nothing is lost that was durable, and nothing is invented. A record
// is durable once LogWriter.Sync has returned after its Append; a snapshot has
// its name only once all of it is on the disk. What a crash may leave behind, a
// record at the end of a log that was not written whole, is told apart from
// damage: the first is cut off and said, the second is refused, with the file, the
// offset and the reason (Damage). A file is never trusted: whatever a length in
// it says, memory is bounded by what the file really holds and by maxBuffer.
//
// The directory as ZooKeeper has it:
//
//	dataDir/version-2/snapshot.<zxid>   the state that the txns up to zxid made
//	logDir/version-2/log.<zxid>         the txns from zxid on
//
// with zxids in hexadecimal, and .gz or .snappy behind the name of a snapshot
// that is compressed. Dir.Recover puts the state together from them, to go on from it;
// Past looks into them, at any state that they tell of, and touches nothing.
//
// The package stands on wire alone. It knows records and files, no tree: what a
// txn does is its callers' affair.
package datadir

// maxBuffer is the longest string, buffer or log record that is read, in bytes.
// ZooKeeper's own limit is jute.maxbuffer, 1 MiB unless it was raised.
const maxBuffer = 64 << 20
