// Package walkthrough plays lessons on the screen, one at a time. Where a lesson stands is
// the engine's to say (package roles): what that asks for is carried out here, and what
// comes of it is told the engine. The sessions of its roles are guests of the workspace; that
// they begin, or are gone, is a mark among what comes out of them. What a lesson wants of the
// screen, the tree and the prompts is sent to the host as intents; what is to be told its
// user (roles.Arrive, roles.Report and the like) is sent on as it is, for the pane that tells
// it. The panes of lessons draw what a Player shows of them. A Player is Update's, but for
// what says otherwise.
package walkthrough
