// Package crash holds no code but tests: of what a ZooKeeper server still knows
// after it was killed, and of the order in which it does what many clients ask for.
//
// They run a server as a process of its own on a data directory, kill it at random
// moments and start it again. The server is a parameter. Debian's ZooKeeper must
// pass them, too: that is how it is known that they ask for what ZooKeeper promises.
//
// ZOOSH_CRASH_ROUNDS is how often the server is killed, ZOOSH_CRASH_SEED makes the
// same choices again, as far as time allows.
package crash
