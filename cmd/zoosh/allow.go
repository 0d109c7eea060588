package main

import "zoosh/shell"

// allowFlag is the flag that says what a page may reach beyond its own server.
func allowFlag(fs *flagSet, allow *shell.Grant) {
	fs.Func("allow", "what a page whose front matter says that it needs it may reach beyond its own server: "+
		"`files=DIR`, those below DIR, or connect=HOST:PORT, that server; may be given several times", allow.Allow)
}
