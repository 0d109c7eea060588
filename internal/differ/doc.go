// Package differ holds tests that play the same on the embedded server and on
// Debian's ZooKeeper, or another one (see zkproc.ClasspathVar), and compare every byte
// that a client sees of them.
//
//   - TestDiffer plays made-up runs of several clients, in step, where no time passes;
//     TestExpiry plays those whose sessions expire.
//   - TestPipelined has the clients send what they have at once, and TestLives says
//     what keeps a session.
//   - TestLarge is about requests and replies as long as may be, TestRaw about bytes
//     that no client sends, TestWords about the four-letter words.
//
// A run is made from its seed alone. One of TestDiffer or TestExpiry that differs is
// made as short as it can be and printed line by line, as zkCli would be told it where
// zkCli can say it.
package differ
