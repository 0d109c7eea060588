// Package control has the words in which an embedded server tells how it is, to
// those who control it: the server fills them in, the shell prints them, and
// neither need know the other.
package control

import "time"

// Condition is what a server is doing.
type Condition int32

// The conditions.
const (
	Running Condition = iota
	Paused            // as a process that was sent SIGSTOP: connections are accepted, nothing is answered
	Stopped           // as a process that has ended: connections are refused
	Failed            // it has ended by itself, since its disk refuses
)

func (c Condition) String() string { return [...]string{"running", "paused", "stopped", "failed"}[c] }

// Status is how a server is. While it is stopped it is what the server will
// remember when it starts; once it has failed, what it knew last, which its disk need
// not have.
type Status struct {
	Addr      string // the host:port that it listens on
	DataDir   string // where it keeps its data; "" for in memory
	Condition Condition
	Failure   error // why it has failed; nil unless it has
	Zxid      int64
	Znodes    int           // as srvr counts them
	Ahead     time.Duration // how far its clock is ahead of the system's
	Sessions  []Session     // by id
}

// Session is a session of the server, or one that is over and whose line to its
// client was tampered with.
type Session struct {
	ID         int64
	Over       bool
	Timeout    time.Duration
	Client     string // the client's address; "" if it is not connected
	Ephemerals int
	Delay      time.Duration // of its traffic, each way
	Cut        bool          // nothing passes
}
