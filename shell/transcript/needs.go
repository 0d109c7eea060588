package transcript

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/session"
	"zoosh/shell"
)

// What a page can say that it needs, behind "needs:" in its front matter, with commas
// between.
const (
	keyNeeds      = "needs"
	needsEmbedded = "embedded" // the embedded server, which its commands control
	needsFiles    = "files"    // files of the machine that it is played on
	needsConnect  = "connect"  // other servers than its own
)

// needs is what a page says that it needs.
func (p *Page) needs() []string {
	text, says := p.FrontMatter[keyNeeds]
	if !says {
		return nil
	}
	all := strings.Split(text, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// NeedsEmbedded tells whether a page can be played on an embedded server alone,
// because its commands control the server.
func (p *Page) NeedsEmbedded() bool { return slices.Contains(p.needs(), needsEmbedded) }

// NeedsOutside tells whether a page says that it reaches files or other servers: what
// it does there it does once, and each time that it is played.
func (p *Page) NeedsOutside() bool {
	return slices.Contains(p.needs(), needsFiles) || slices.Contains(p.needs(), needsConnect)
}

// What a page can say of where its lines were typed, in its front matter.
const (
	keyAt    = "at"
	atPrompt = "prompt"
)

// Typed tells whether a page says that its lines were typed at a prompt, which
// refuses some that a script may have: see shell.Config.Typed.
func (p *Page) Typed() bool { return p.FrontMatter[keyAt] == atPrompt }

// ErrNeedsEmbedded is why a page that needs the embedded server is not played on
// another.
var ErrNeedsEmbedded = errors.New("it needs the embedded server, which its commands control: leave -server away")

// fits tells what keeps a page from being played.
func (p *Page) fits(opt Options) error {
	if at, says := p.FrontMatter[keyAt]; says && at != atPrompt {
		return fmt.Errorf("front matter: %s knows only %q, not %q", keyAt, atPrompt, at)
	}
	for _, what := range p.needs() {
		if !slices.Contains([]string{needsEmbedded, needsFiles, needsConnect}, what) {
			return fmt.Errorf("front matter: needs knows only %q, %q and %q, not %q", needsEmbedded, needsFiles, needsConnect, what)
		}
	}
	if p.NeedsEmbedded() && (opt.Connect != "" || opt.Start != nil) && opt.Control == nil {
		return ErrNeedsEmbedded
	}
	return p.Allowed(opt)
}

// Allowed tells what a page would reach that it is not allowed, before any of it is
// played: by its front matter, and as far as its lines tell. What only shows when a
// line is run is refused then.
func (p *Page) Allowed(opt Options) error {
	allow := opt.Allow
	if slices.Contains(p.needs(), needsFiles) && allow.Files == "" {
		return errors.New("it needs files of this machine: -allow files=DIR lets it have those below DIR")
	}
	if slices.Contains(p.needs(), needsConnect) && len(allow.Connect) == 0 {
		return errors.New("it needs another server than its own: -allow connect=HOST:PORT lets it have that one")
	}
	cfg := shell.Config{Target: session.Target{Connect: opt.Connect}, Dialect: opt.Dialect, Typed: p.Typed(), Grant: p.grant(allow)}
	for i := range p.Steps {
		if err := shell.Foresee(cfg, p.Steps[i].Command); err != nil {
			return fmt.Errorf("line %d: %w; nothing was run", p.Steps[i].Line, err)
		}
	}
	return nil
}

// grant is what a page is given of what it may have: nothing that it does not say.
func (p *Page) grant(allow shell.Grant) *shell.Grant {
	g := &shell.Grant{}
	if slices.Contains(p.needs(), needsFiles) {
		g.Files = allow.Files
	}
	if slices.Contains(p.needs(), needsConnect) {
		g.Connect = allow.Connect
	}
	return g
}
