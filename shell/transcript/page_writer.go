package transcript

import (
	"fmt"
	"io"
	"strings"
)

// recordedFence is the fence of a recorded block. Output that would end it is
// written as a pattern.
const recordedFence = "```"

// A PageFile is what a page is recorded in.
type PageFile interface {
	io.ReaderAt
	io.WriterAt
}

// A pageWriter writes a page piece by piece. After every commit what is there is a
// whole page: a block that is open has its closing fence, which the next line
// takes the place of, in the same write.
type pageWriter struct {
	w       PageFile
	end     int64           // where what comes next belongs
	head    int64           // where the front matter ends, but for what the page needs
	needs   string          // a line for that, which is not there yet
	needed  int64           // how long the one is that is there
	text    strings.Builder // since the last commit
	session string          // whose block is open; "" for none
}

// begin writes the front matter and what stands before the first block.
func (p *pageWriter) begin(head Head) {
	if head.Language == "" {
		head.Language = "en"
	}
	fmt.Fprintf(&p.text, "---\ntitle: %s\nlanguage: %s\ndialect: %v\n", quoted(head.Title), head.Language, head.Dialect)
	if head.Typed {
		fmt.Fprintf(&p.text, "%s: %s\n", keyAt, atPrompt)
	}
	p.head = int64(p.text.Len())
	fmt.Fprintf(&p.text, "---\n\n# %s\n", head.Title)
	for _, n := range head.Notes {
		p.note(n)
	}
}

// quoted is a value of the front matter. One that is in quotes needs others.
func quoted(value string) string {
	if n := len(value); n >= 2 && strings.ContainsRune(`"'`, rune(value[0])) && value[n-1] == value[0] {
		return `"` + value + `"`
	}
	return value
}

// note writes a comment, which stands between blocks.
func (p *pageWriter) note(text string) {
	p.close()
	p.text.WriteString("\n<!-- " + strings.ReplaceAll(text, "-->", "-- >") + " -->\n")
}

// line writes a line into a block of the session.
func (p *pageWriter) line(session, text string) {
	p.open(session)
	p.text.WriteString(text + "\n")
}

// event writes an event into a block of the session.
func (p *pageWriter) event(session, text string) {
	p.open(session)
	p.text.WriteString("\n" + eventHead + "\n\n" + literal(text, recordedFence) + "\n")
}

// open begins a block of the session unless it is the one that is open.
func (p *pageWriter) open(session string) {
	if p.session == session {
		return
	}
	p.close()
	p.text.WriteString("\n" + recordedFence + "zk " + session + "\n")
	p.session = session
}

func (p *pageWriter) close() {
	if p.session != "" {
		p.text.WriteString(recordedFence + "\n")
	}
	p.session = ""
}

// commit writes what has come together since the last time.
func (p *pageWriter) commit() error {
	if p.text.Len() == 0 {
		return nil
	}
	text, from := p.text.String(), p.end
	p.text.Reset()
	if p.needs != "" {
		behind := make([]byte, p.end-p.head-p.needed)
		if _, err := p.w.ReadAt(behind, p.head+p.needed); err != nil && err != io.EOF {
			return fmt.Errorf("read the recording: %w", err)
		}
		text, from, p.needed, p.needs = p.needs+string(behind)+text, p.head, int64(len(p.needs)), ""
	}
	closing := ""
	if p.session != "" {
		closing = recordedFence + "\n"
	}
	if _, err := io.WriteString(io.NewOffsetWriter(p.w, from), text+closing); err != nil {
		return fmt.Errorf("write the recording: %w", err)
	}
	p.end = from + int64(len(text))
	return nil
}
