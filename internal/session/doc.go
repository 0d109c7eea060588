// Package session is one ZooKeeper client session: it connects to an ensemble,
// stays connected, and offers ZooKeeper's operations as calls that take a
// context and give ZooKeeper's own error codes.
//
// # How it is built
//
// github.com/go-zookeeper/zk owns the life of the connection: it picks the next
// server, asks for a dial, shakes hands, pings, notices silence, and connects
// again. It lacks what a shell needs, though: a dozen opcodes, the real error
// codes, the zxids of replies and notifications, contexts, a chroot, read-only
// servers, and an event channel that does not drop. All of that would have to
// be fetched from beside it, and two paths would then have to be kept in order.
//
// So there is only one: the library is given a net.Conn of ours (type conn) that
// sees every frame of both directions. The library writes each frame with
// exactly one Write and counts its xids from 1. Our requests take xids from
// 0x70000000 up; their replies, the notifications, and the replies to auth and
// setWatches are taken out of the stream in Read and never reach the library,
// which is left with the handshake, its pings, and closeSession. Read is called
// by the library's receive loop, one goroutine at a time, and that goroutine is
// the one ordered path of this package: it registers watches when the reply
// that armed them arrives, calls OnEvent for each notification, and hands over
// replies, all in the order of the server's frames.
//
// # Contract
//
//   - OnEvent is called for one event at a time, in ZooKeeper's order, and for a
//     notification before any later reply of the session is handed to its caller.
//     It runs in the receive path: it must not block, and must not call the
//     session's operations, Close or Crash. State, ID and the like are fine.
//   - On connect the event is SyncConnected (ConnectedReadOnly from a server cut
//     off from its quorum), on loss Disconnected, once each. When the session has
//     expired the event is Expired, its watches are gone, and, unlike Java's
//     client, which stays dead, a new session is made: a SyncConnected with
//     another SessionID follows.
//   - A call made while there is no connection waits for one, until every server
//     has been tried in vain once since, or the session timeout has passed; then
//     it fails with ConnectionLoss, and LastError says why. A call in flight when
//     the connection goes fails with ConnectionLoss; whether the server carried it
//     out is not known. The error of a write that was sent and has no answer, for
//     that reason or another, is ErrInDoubt. Nothing is sent twice.
//   - Watches survive a reconnect (setWatches, setWatches2), and so do the
//     credentials of AddAuth.
//   - Nothing of ours is left running after Close or Crash; a timer of the
//     library may be, for a second.
//
// The package does not print, and it knows no dialects.
package session
