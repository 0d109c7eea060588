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

// ErrNeedsEmbedded is why a page that needs the embedded server is not played on
// another.
var ErrNeedsEmbedded = errors.New("it needs the embedded server, which its commands control: leave -server away")

// fits tells what keeps a page from being played.
func (p *Page) fits(opt Options) error {
	switch needs, says := p.FrontMatter["needs"]; {
	case says && needs != needsEmbedded:
		return fmt.Errorf("front matter: needs knows only %q, not %q", needsEmbedded, needs)
	case p.NeedsEmbedded() && (opt.Server != "" || opt.Start != nil) && opt.Control == nil:
		return ErrNeedsEmbedded
	}
	return nil
}
