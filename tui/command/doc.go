// Package command is the pane Command: zkCli's prompt, with what was printed above it, in
// a tab for each session. It knows its history, completes words, and searches the one and
// the other.
//
// The sessions are the workspace's, which runs their lines and puts what comes out into
// the order that Take is told; the pane adds one for each tab that is opened, and takes it
// away. A role of a lesson has a tab, too, whose session is the lesson's: the intents of
// package intent say what becomes of it. What others want of the prompt they say as
// intents, and what they may know of the sessions is sessions.Sessions, which the pane is.
// It keeps of what was printed no more than the bounds of a scrollback, counts watch
// events that come too fast to be read, and asks nothing of a server but in commands beside
// the screen.
package command
