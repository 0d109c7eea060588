package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zoosh/internal/fault"
)

// sayFault says that the command failed of zoosh itself, and what is worth sending.
func (c *Call) sayFault(f *fault.Error) {
	did := ""
	if c.cmd == nil || c.cmd.Effect != Reads {
		did = " Whether it has changed anything is not known."
	}
	c.errln("%v\nThe command has ended; the shell and its sessions go on.%s\n"+
		"Please report it with these lines, in which there are no data and no credentials:\n%s",
		f, did, strings.TrimSuffix(f.Report("command: "+c.withoutSecrets()), "\n"))
}

// withoutSecrets is the command for a report: its name, its options and its paths.
// Of anything else it tells how long that is.
func (c *Call) withoutSecrets() string {
	if c.cmd == nil {
		return "one that is not known"
	}
	words := []string{c.cmd.Name}
	for i, w := range c.words[min(1, len(c.words)):] {
		switch {
		case c.saysNoSecret(i+1, w):
			quoted, ok := Quote(w)
			if !ok {
				quoted = strconv.Quote(w)
			}
			words = append(words, quoted)
		default:
			words = append(words, fmt.Sprintf("<%d bytes>", len(w)))
		}
	}
	if most := 20; len(words) > most {
		words = append(words[:most], "…")
	}
	return strings.Join(words, " ")
}

// saysNoSecret tells whether the word at i is one that a report may have.
func (c *Call) saysNoSecret(i int, w string) bool {
	switch {
	case secretPart(w):
		return false
	case c.cmd.Raw: // an operation's first path, its name and its options
		_, operation := multiOps[w]
		return operation || w == ";" || w == `\;` || strings.HasPrefix(w, "/") && c.firstOfOperation(i)
	case slices.ContainsFunc(c.cmd.Options, func(o Option) bool { return w == "-"+o.Name }):
		return true
	}
	kind := c.cmd.argKind(c.dialect, c.words[1:i])
	return (kind == ArgPath || kind == ArgTree) && strings.HasPrefix(w, "/")
}

// firstOfOperation tells whether nothing but options stands between the word at i and
// the name of its operation.
func (c *Call) firstOfOperation(i int) bool {
	for i--; i > 0 && strings.HasPrefix(c.words[i], "-"); i-- {
	}
	_, ok := multiOps[c.words[i]]
	return ok && (i == 1 || c.words[i-1] == ";" || c.words[i-1] == `\;`)
}
