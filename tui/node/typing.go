package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/znode"
)

// A typing is data that is edited in the pane. It stays until it is written or
// given up, whatever is selected meanwhile.
type typing struct {
	draft
	area  ui.TextArea
	stop  context.CancelFunc // while it is being written
	tried int                // which attempt to write it that is
}

// A typedMsg is what became of writing data that was typed.
type typedMsg struct {
	typing *typing
	tried  int
	sent   draft // as it was sent: in place of which version, on which session
	data   []byte
	err    error
	theirs *snapshot // what somebody else has written instead
}

// typingMode is the mode in which the pane is an editor.
const typingMode ui.Mode = "while data is edited"

// typingActions are what keys do meanwhile, but for the edits of a line.
func (p *Pane) typingActions() []ui.Action {
	actions := []ui.Action{
		{Title: "Write what was edited here", Short: "write", Mode: typingMode, Keys: []string{"ctrl+s"}, Writes: true, Run: p.writeTyped},
		{Title: "Give up what was edited here", Short: "give up", Mode: typingMode, Keys: []string{"esc", "ctrl+c"}, Run: p.leaveTyping},
	}
	for i := range ui.TextEdits {
		e := &ui.TextEdits[i]
		actions = append(actions, ui.Action{Title: e.Title, Mode: typingMode, Keys: e.Keys, Run: func() tea.Cmd {
			if t := p.typing; t.stop == nil { // what is on its way stays as it is
				e.Do(&t.area, p.w, p.textHeight())
			}
			return nil
		}})
	}
	return actions
}

func (p *Pane) viewing() bool { return p.typing == nil }

// cannotType says why data cannot be edited in the pane, and where it can.
func (p *Pane) cannotType() string {
	if why := p.cannotEdit(); why != "" {
		return why
	}
	return p.noText(p.node.data)
}

// noText says why data cannot be edited in the pane.
func (p *Pane) noText(data []byte) string {
	switch {
	case len(data) > ui.MaxInput:
		return fmt.Sprintf("%d bytes are too many for the pane: %s", len(data), p.opensEditor())
	case !ui.IsText(data):
		return "the data is no text: " + p.opensEditor()
	}
	return ""
}

// opensEditor says what to do with data that the pane is no editor for.
func (p *Pane) opensEditor() string { return p.keyOf(editorTitle) + " opens $EDITOR" }

// typeIn makes the pane an editor, of the data as it is: JSON is not laid out.
func (p *Pane) typeIn() tea.Cmd {
	p.typing = &typing{draft: p.toEdit()}
	p.typing.area.Set(string(p.typing.data))
	return nil
}

func (t *typing) changed() bool { return t.area.Text() != string(t.data) }

// Grab takes what is typed while data is edited.
func (p *Pane) Grab(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	t := p.typing
	if t == nil {
		return nil, false
	}
	switch {
	case t.stop != nil: // what is on its way stays as it is
		return nil, ui.Edits(k)
	case !t.area.Fits(len(k.Text)):
		return p.tooMuch(), true
	default:
		return nil, t.area.Key(k)
	}
}

// TakePaste takes a paste while data is edited.
func (p *Pane) TakePaste(text string) (cmd tea.Cmd, taken bool) {
	t := p.typing
	switch {
	case t == nil:
		return nil, false
	case t.stop == nil && !t.area.Paste(text):
		return p.tooMuch(), true
	}
	return nil, true
}

func (p *Pane) tooMuch() tea.Cmd {
	return p.say(true, fmt.Sprintf("the pane holds %d bytes at most: %s", ui.MaxInput, p.opensEditor()))
}

// leaveTyping gives the text up; one that was changed only if that is meant.
func (p *Pane) leaveTyping() tea.Cmd {
	t := p.typing
	switch {
	case t.stop != nil:
		t.stop()
		return nil
	case !t.changed():
		p.typing = nil
		return nil
	}
	p.cfg.Host.Send(ui.Show{Overlay: &ui.Question{
		Title: "Give up?", What: t.path, Warning: "What you have typed is not written.",
		Choices: []ui.Choice{{Key: "y", Label: "give it up", Run: func() tea.Cmd { p.endTyping(t); return nil }}},
	}})
	return nil
}

func (p *Pane) endTyping(t *typing) {
	if p.typing == t {
		p.typing = nil
	}
}

// writeTyped writes the text in place of the version that was read.
func (p *Pane) writeTyped() tea.Cmd {
	t := p.typing
	switch {
	case t.stop != nil:
		return nil
	case !t.changed():
		p.typing = nil
		return p.say(false, "nothing was changed")
	}
	if at, where := shell.SpoiledJSON(t.data, []byte(t.area.Text())); where != "" {
		t.area.GoToByte(at)
		p.cfg.Host.Send(ui.Show{Overlay: spoiledQuestion(t.path, where, func() tea.Cmd { return p.sendTyped(t, t.version) })})
		return nil
	}
	return p.sendTyped(t, t.version)
}

func (p *Pane) sendTyped(t *typing, version int32) tea.Cmd {
	if p.typing != t {
		return nil
	}
	sent, data := t.draft, []byte(t.area.Text())
	sent.version = version
	// The session may be another one by now, as long as its server is the same.
	if sh := p.cfg.Sessions.Front().Shell; sh.ConnectString() == sent.server && sh.Session() != nil {
		sent.zk = sh.Session()
	}
	t.tried++
	tried := t.tried
	ctx, stop := context.WithCancel(p.cfg.Context)
	t.stop = stop
	return func() tea.Msg {
		defer stop()
		msg := typedMsg{typing: t, tried: tried, sent: sent, data: data}
		if msg.err = sent.send(ctx, data); errors.Is(msg.err, &wire.Error{Code: wire.BadVersion}) {
			msg.theirs = sent.readTheirs(ctx)
		}
		return msg
	}
}

// readTheirs reads what somebody else has written.
func (e *draft) readTheirs(ctx context.Context) *snapshot {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	n := &snapshot{}
	n.data, n.stat, n.err = e.zk.Get(ctx, e.path, nil)
	return n
}

// typed takes what became of the text. Where it was not written it stays.
func (p *Pane) typed(msg typedMsg) tea.Cmd {
	t := msg.typing
	if p.typing != t || msg.tried != t.tried {
		return nil
	}
	t.stop = nil
	doubt := shell.DoubtOf(msg.err)
	switch {
	case msg.err == nil:
		p.typing = nil
		return p.wrote(&msg.sent, msg.data)
	case msg.theirs != nil && msg.theirs.err == nil:
		return p.clash(t, &msg)
	case doubt != "":
		return p.inDoubt(&msg.sent, msg.data, doubt, "still here")
	case errors.Is(msg.err, context.Canceled): // before it was sent
		return p.say(true, "not written: given up; your text of "+t.path+" is still here")
	}
	return p.say(true, "not written: "+znode.ErrorName(msg.err)+"; your text of "+t.path+" is still here")
}

// clashSample is how much of another's data the question shows.
const clashSample = 120

// clash asks what to do with the text when somebody else has written the znode.
// To write it anyway is to replace what the question shows, and nothing later.
func (p *Pane) clash(t *typing, msg *typedMsg) tea.Cmd {
	theirs := msg.theirs
	if bytes.Equal(theirs.data, msg.data) {
		p.typing = nil
		return tea.Batch(p.say(false, t.path+" holds that already: somebody has written the same"), p.reread())
	}
	holds := "It is empty now."
	if len(theirs.data) > 0 {
		sample, rest := theirs.data[:min(len(theirs.data), clashSample)], ""
		if len(sample) < len(theirs.data) {
			rest = p.theme.Glyph.Ellipsis
		}
		holds = "It holds now: " + string(bytes.ToValidUTF8(sample, []byte("?"))) + rest
	}
	q := &ui.Question{
		Title: "Somebody else has written it", What: t.path,
		Warning: fmt.Sprintf("Nothing was written. You began from version %d, it is version %d now. %s",
			msg.sent.version, theirs.stat.Version, holds),
		Choices: []ui.Choice{
			{Key: "w", Label: "write yours over it", Run: func() tea.Cmd { return p.sendTyped(t, theirs.stat.Version) }},
			{Key: "r", Label: "read it, and lose yours", Run: func() tea.Cmd { return p.readInto(t, theirs) }},
		},
	}
	p.cfg.Host.Send(ui.Show{Overlay: q})
	return nil
}

// readInto begins anew from what somebody else has written.
func (p *Pane) readInto(t *typing, theirs *snapshot) tea.Cmd {
	if p.typing != t {
		return nil
	}
	if why := p.noText(theirs.data); why != "" {
		return p.say(true, t.path+": "+why)
	}
	t.data, t.version = theirs.data, theirs.stat.Version
	t.area.Set(string(t.data))
	return nil
}

// textHeight is how many rows there are for the text, below its heading.
func (p *Pane) textHeight() int {
	if p.h < 4 {
		return max(1, p.h)
	}
	return p.h - 1
}

func (p *Pane) typingRows() []string {
	h := p.textHeight()
	rows := p.typing.area.Rows(p.w, h)
	if h < p.h {
		rows = append([]string{p.typingHead()}, rows...)
	}
	return rows
}

// typingHead says from which version the text comes, and that it is old news.
func (p *Pane) typingHead() string {
	t, th := p.typing, p.theme
	head := th.Bold.Render("Editing") + th.Dim.Render(fmt.Sprintf("  version %d", t.version))
	switch {
	case t.stop != nil:
		return head + th.Warn.Render("  being written")
	case p.path == t.path && p.node != nil && p.node.err != nil:
		return head + th.Warn.Render("  now "+znode.ErrorName(p.node.err))
	case p.path == t.path && p.node != nil && p.node.stat.Version != t.version:
		return head + th.Warn.Render(fmt.Sprintf("  now %d", p.node.stat.Version))
	}
	return head
}
