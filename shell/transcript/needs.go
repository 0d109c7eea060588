package transcript

import (
	"errors"
	"fmt"
)

// What a page can say that it needs, behind "needs:" in its front matter.
const needsEmbedded = "embedded"

// NeedsEmbedded tells whether a page can be played on an embedded server alone,
// because its commands control the server.
func (p *Page) NeedsEmbedded() bool { return p.FrontMatter["needs"] == needsEmbedded }

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
	switch needs, says := p.FrontMatter["needs"]; {
	case says && needs != needsEmbedded:
		return fmt.Errorf("front matter: needs knows only %q, not %q", needsEmbedded, needs)
	case p.NeedsEmbedded() && (opt.Server != "" || opt.Start != nil) && opt.Control == nil:
		return ErrNeedsEmbedded
	}
	return nil
}
