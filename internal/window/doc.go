// Package window decides how much of one session may be under way at a time, for what
// asks for much: walks over a tree, what they lead to, and scripts.
//
// ZooKeeper answers a session's requests in their order, so that nothing has to wait for
// an answer before the next one is sent. How many should be under way depends on how far
// away the server is and on what else it does. On the same machine a few dozen keep it
// busy, and more only keep everybody waiting; with a round trip of 160 ms it takes
// thousands. So the number follows the answers, as TCP Vegas does it: it grows while they
// come about as fast as on a server that has nothing else to do, and shrinks when they do
// not. A session is a guest: ZooKeeper lets 1,000 requests wait (globalOutstandingLimit),
// which is for everybody together.
//
// # Contract
//
//   - A Law is the rule, a value without a clock, a lock or a timer. A Window applies one
//     to the reads of a session, one to those that ask for much at once, and one to its
//     writes, whose answers are comparable among themselves alone. A Window may be used by
//     several goroutines.
//   - What is counted is operations: a request for many znodes counts as many times. Also
//     bounded are requests and bytes, those of the answers as long as they have been of
//     late.
//   - Who comes first goes first. What is larger than all that there is room for goes
//     alone.
//   - A fixed size is kept whatever the answers do, by all of these together.
//   - What an interactive user asks for does not pass through here, and does not wait.
//
// It stands on the standard library alone.
package window
