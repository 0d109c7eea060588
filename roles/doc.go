// Package roles is the walkthroughs: lessons, which are Markdown pages, and what plays
// them, each role on a session of its own.
//
// Contract: a lesson is a transcript with front matter and prose (the manual's
// page writing-lessons tells authors how to write one). Where a lesson stands is the Engine's to
// say, and nobody else's: it takes what has happened as inputs, answers with effects and
// does nothing itself, so that every path through it is a row in a test. An Executor does
// the work among the effects, on real sessions, one step at a time, and holds what comes
// out against the page. A front end has the clock, the keys and the screen: it tells the
// engine what happens, has the executor work, and shows the rest. The package knows no
// terminal; what it hands out is raw.
//
// A lesson has a server of its own, made in milliseconds, or, if it is asked to
// play on somebody's ensemble, a path of its own there, which must not have been
// there before and is removed afterwards.
package roles
