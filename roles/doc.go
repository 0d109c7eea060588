// Package roles is the walkthroughs: lessons, which are Markdown pages, and the
// player that plays them, each role on a session of its own.
//
// Contract: a lesson is a transcript with front matter and prose (the manual's page
// writing-lessons tells authors how to write one). The Player runs its steps on real
// sessions, one step at a time, holds what comes out against the page, and never
// decides when: that is the front end's, which also shows it all. The package knows
// no terminal; what it hands out is raw.
//
// A lesson has a server of its own, made in milliseconds, or, if it is asked to
// play on somebody's ensemble, a path of its own there, which must not have been
// there before and is removed afterwards.
package roles
