// Package tree is the pane with the live tree of a server: one can move in it, open and
// shut znodes, look for a name, and have commands run on the znode that is selected.
//
// Contract: it reads and watches on a session of its own, which it opens, closes, and
// lets prove what the prompt's sessions can. It changes no znode: what is done to one is
// a command that it wants run, or typed, at the prompt of the session in front, and only
// while that is of the tree's server. Which znode is selected, and whether it may have
// changed, it tells as intents. A frame costs what its rows cost, however many znodes
// there are; what takes longer, as a search, goes on from frame to frame. Names and
// errors are somebody else's, and never reach the terminal raw.
package tree
