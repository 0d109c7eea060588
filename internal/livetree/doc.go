// Package livetree keeps a live copy of the part of an ensemble's tree that
// somebody looks at.
//
// Contract: a Watcher reads and watches on a session of its own, so that it never
// causes, consumes or delays a watch event of another session. What it finds out
// comes as batches of Changes from Next, its one reader. A Tree is the model made
// of them: pure, without I/O or locks, owned by one goroutine.
//
//   - Nothing is read that was not asked for: Want reads the names below a znode
//     and keeps them up to date, Look reads the stat of the znodes that are on the
//     screen. Events about other znodes cost two look-ups in a map.
//   - From ZooKeeper 3.6 on there is one persistent recursive watch on the root;
//     an older server gets one-shot watches on what was wanted and looked at.
//   - Changes wait in a bounded buffer, and a later one about a znode takes the
//     place of an earlier one. If the reader stays away for so long that the
//     buffer is full, everything wanted is read anew, and a Resync says so.
//   - After every connect the watches are armed, and only then everything wanted
//     is read again: nothing falls between.
//   - Rows, positions and changes of a Tree cost what the depth of the znode and
//     the logarithm of the number of its siblings cost, however many there are.
package livetree
