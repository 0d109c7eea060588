// Package attack plays clients that mean harm to a server, and beside them one that
// means well, for tests of what the first can do to the second.
//
// Contract: what is opened here stays open, unread, until Close. Nothing but loopback
// is attacked. A Witness's client does as clients do, a request at a time, and tells the
// longest that it has waited.
package attack
