package transcript

import (
	"slices"
	"strings"

	"zoosh/shell"
)

// need has the front matter say what a command needs that is written down.
func (r *Recorder) need(u *unit) {
	var all []string
	if u.acted {
		all = append(all, needsEmbedded)
	}
	reached := shell.Reached(r.dialect, u.line)
	if reached&shell.LocalFiles != 0 {
		all = append(all, needsFiles)
	}
	if reached&shell.OtherServers != 0 {
		all = append(all, needsConnect)
	}
	for _, what := range all {
		if !slices.Contains(r.needs, what) {
			r.needs = append(r.needs, what)
			r.page.needs = keyNeeds + ": " + strings.Join(r.needs, ", ") + "\n"
		}
	}
}
