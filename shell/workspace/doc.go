// Package workspace is the sessions of one front end: shells by name, which of them is
// in front, and what becomes of the lines that they are given.
//
// A front end hands over a line and reads what comes out:
//
//	ws := workspace.New(workspace.Config{Shell: cfg})
//	ws.Add("main").Open(ctx)
//	ws.Submit(ctx, workspace.Line{Text: "ls /"})
//	for it, ok := ws.Stream().Next(); ok; it, ok = ws.Stream().Next() {
//		fmt.Print(shell.Printable(it.Text))
//	}
//
// Contract: a line is run at once if the shell that it is meant for is idle, beside the
// line that runs if that waits for a server which is held up by command and the line needs
// no session, and behind those before it otherwise. Submit puts lines into the order in
// which they were handed over, however many are under way: where one may bring another
// session to the front, those behind it wait until that is known. Nobody has to wait for
// the end of a line before handing over the next.
//
// All that comes out is one shell.Stream, in the order in which it happened: the items of
// the shells, and as marks what the workspace has to tell: Opened, Question, HeldUp. What
// is recorded is what the shells put out. What zkCli leaves unsaid when a session has
// expired, or a script cannot go on, the workspace says for all front ends.
//
// Sessions that are not the user's own, as those of a lesson are not, are guests: they have
// their lines and their place in the stream like others, but no recording has them and no
// command names them.
//
// The methods may be called from any goroutine, and but for Close, Switch and those that
// begin or end a recording none waits for a server or for the reader of the stream: what
// takes time goes on in the background.
// There is no terminal here, and what is put out is raw.
package workspace
