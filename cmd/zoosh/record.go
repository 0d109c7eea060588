package main

import (
	"zoosh/internal/localfile"
	"zoosh/shell/transcript"
)

const recordUsage = `usage: zoosh record [flags] FILE.md

A shell whose sessions are written down in FILE.md, which zoosh test replays: the
TUI, with -plain line mode, or a script on standard input. Each command is in the
file as soon as it is over. In line mode and scripts, session NAME goes on in
another session.

Passwords are replaced by others. What would not come out the same again is left
out, and a comment in the file says so.

flags:
`

// runRecord is zoosh record.
func runRecord(args []string, std stdio) int {
	var o options
	var rec transcript.Recording
	fs := newFlagSet("zoosh record", std, recordUsage)
	o.shellFlags(fs)
	fs.BoolVar(&rec.Force, "force", false, "replace FILE.md if it is there")
	fs.StringVar(&rec.Head.Title, "title", "", "the page's `title` (default: from the file's name)")
	names, code, ok := fs.parseMixed(args)
	switch {
	case !ok:
		return code
	case len(names) == 0:
		return fs.misused("the file to write is missing")
	case len(names) > 1:
		return fs.misused("unexpected %q", names[1])
	}
	if why := o.contradiction(); why != "" {
		return fs.misused("%s", why)
	}
	rec.File = names[0]
	if !rec.Force && localfile.Replaces(rec.File) { // before a server is started for nothing
		return fs.misused("%s exists already; -force replaces it", rec.File)
	}
	o.wait = true // the tree is looked at first
	return runShell(&o, nil, &rec, std)
}

// parseMixed reads flags that may also stand behind the other arguments, which it
// returns.
func (fs *flagSet) parseMixed(args []string) (rest []string, code int, ok bool) {
	for {
		if code, ok = fs.parse(args); !ok || fs.NArg() == 0 {
			return rest, code, ok
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
}
