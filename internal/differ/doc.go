// Package differ holds one test: it plays made-up runs of several clients, in
// step, on the embedded server and on Debian's ZooKeeper, and compares every
// byte that a client sees of them.
//
// A run is made from its seed alone. One that differs is made as short as it can
// be and printed line by line, as zkCli would be told it where zkCli can say it.
package differ
