package command

import (
	"fmt"
	"unicode/utf8"
)

// scrollbackLine is how many bytes of a line are kept: all that a znode of a server as it
// comes can have. Where a line is wrapped takes the longer the more it has.
const scrollbackLine = 1 << 20

// fits is what of a line is kept of which so many bytes are already. The rest is counted.
func (s *scrollback) fits(text string, have int) string {
	room := max(0, scrollbackLine-have)
	if s.cut > 0 {
		room = 0
	}
	if len(text) <= room {
		return text
	}
	for room > 0 && !utf8.RuneStart(text[room]) {
		room--
	}
	s.cut += len(text) - room
	return text[:room]
}

// sayCut says what is not there of the line above, and how to have it.
func (s *scrollback) sayCut() {
	n := s.cut
	if s.cut = 0; n == 0 {
		return
	}
	partial := s.partial
	s.add(outLine{text: fmt.Sprintf("(%d more bytes of this line are not kept: zoosh -server HOST:PORT get PATH > FILE has them all)", n)})
	s.partial = partial
}
