// Package tui is the front end for people who look: zkCli's prompt, and beside it
// the watch events, the live tree and the znode that is selected.
//
// Contract: it holds no ZooKeeper logic. Commands run in shell.Shell, the tree is
// kept by livetree, and what comes out of them reaches the model in batches, once
// a frame, through one reader each. Update does no I/O: what takes time is a
// tea.Cmd. Keys, mouse and the palette lead to the same table of actions, from
// which help is made too. Where a lesson stands is roles.Engine's to say; ui/walkthrough
// tells it what happens and carries out what it asks for. The panes are packages below,
// which the registry in panes.go makes: what they want of each other, and of the screen, are
// intents.
package tui
