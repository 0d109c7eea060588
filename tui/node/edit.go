package node

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/english"
	"zoosh/internal/localfile"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/znode"
)

// A draft is data that is being edited: what it was, and where it is now.
type draft struct {
	path    string
	data    []byte
	version int32
	server  string           // the connect string of the prompt when it was read
	zk      *session.Session // of the prompt then
	file    string           // for an editor
}

// editorWait is what an editor is given to end when zoosh has to.
const editorWait = time.Second

// An editedMsg is the end of the editor.
type editedMsg struct {
	edit *draft
	err  error
}

func (p *Pane) cannotEdit() string {
	if p.typing != nil {
		return "it is being edited in the pane"
	}
	if why := p.nothingRead(); why != "" {
		return why
	}
	return znode.Elsewhere(p.cfg.Sessions.Front(), p.server, p.cfg.Place(p.server), p.cfg.FollowKey())
}

// toEdit is the data that is shown, as it goes into an editor. It will be written
// as the version that was read, so that nobody's change is lost unseen.
func (p *Pane) toEdit() draft {
	sh := p.cfg.Sessions.Front().Shell
	return draft{
		path: p.path, data: p.node.data, version: p.node.stat.Version,
		server: sh.ConnectString(), zk: sh.Session(),
	}
}

// edit opens the data in the user's editor.
func (p *Pane) edit() tea.Cmd {
	edit, ctx := p.toEdit(), p.cfg.Context
	e := &edit
	pattern := "zoosh-*.txt"
	if p.node.shown.json != "" {
		pattern = "zoosh-*.json"
	}
	return func() tea.Msg {
		if err := e.save(pattern); err != nil {
			return failed(err)
		}
		return ui.Do(func() tea.Cmd { return p.openEditor(ctx, e) })
	}
}

// openEditor opens the file in the editor.
func (p *Pane) openEditor(ctx context.Context, e *draft) tea.Cmd {
	return p.cfg.Lend(editorCommand(ctx, e.file), func(err error) tea.Msg { return editedMsg{e, err} })
}

// save writes the data to a file that nobody else can read.
func (e *draft) save(pattern string) error {
	file, err := localfile.Temp(pattern, e.data)
	e.file = file
	return err
}

// editorCommand is the command for a file: $VISUAL, $EDITOR, which may have arguments, or
// vi. It ends with ctx.
func editorCommand(ctx context.Context, file string) *exec.Cmd {
	words := []string{"vi"}
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if set := strings.Fields(os.Getenv(name)); len(set) > 0 {
			words = set
			break
		}
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], file)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it has a terminal to restore
	cmd.WaitDelay = editorWait
	return cmd
}

// edited writes what the editor left, on the session that the prompt had when the
// data was read.
func (p *Pane) edited(msg editedMsg) tea.Cmd {
	ctx := p.cfg.Context
	return func() tea.Msg {
		if msg.err != nil {
			os.Remove(msg.edit.file)
			return failed(fmt.Errorf("the editor: %w; nothing was written", msg.err))
		}
		data, err := msg.edit.left()
		if err != nil {
			return failed(err)
		}
		if _, where := shell.SpoiledJSON(msg.edit.data, data); where != "" {
			return ui.Do(func() tea.Cmd { return p.spoilt(msg.edit, where) })
		}
		return p.writeLeft(ctx, msg.edit)
	}
}

// writeLeft writes what the editor left, and says what became of it.
func (p *Pane) writeLeft(ctx context.Context, e *draft) tea.Msg {
	data, err := e.write(ctx)
	doubt := shell.DoubtOf(err)
	switch {
	case doubt != "":
		return ui.Do(func() tea.Cmd { return p.inDoubt(e, data, doubt, "in "+e.file) })
	case err != nil:
		return failed(err)
	case data == nil:
		return ui.Say{Text: "nothing was changed"}
	}
	return ui.Do(func() tea.Cmd { return p.wrote(e, data) })
}

// spoilt asks about data that the editor left and that is no JSON any more.
func (p *Pane) spoilt(e *draft, where string) tea.Cmd {
	q := spoiledQuestion(e.path, where+". Your text is in "+e.file, func() tea.Cmd {
		return func() tea.Msg { return p.writeLeft(p.cfg.Context, e) }
	})
	q.Choices = append(q.Choices, ui.Choice{Key: "e", Label: "edit it again", Run: func() tea.Cmd { return p.openEditor(p.cfg.Context, e) }})
	p.cfg.Host.Send(ui.Show{Overlay: q})
	return nil
}

// spoiledQuestion asks before JSON is written over by what is none.
func spoiledQuestion(path, where string, write func() tea.Cmd) *ui.Question {
	return &ui.Question{
		Title: "No longer JSON", What: path, Warning: "Nothing is written yet. " + where,
		Choices: []ui.Choice{{Key: "y", Label: "write it all the same", Run: write}},
	}
}

// left is the data as the editor left it.
func (e *draft) left() ([]byte, error) {
	most := wire.MaxFrame
	if e.zk != nil {
		most = e.zk.MaxRequest()
	}
	data, err := localfile.Read(e.file, int64(most)+1) // with the line end that is taken off
	var tooLong *localfile.SizeError
	if errors.As(err, &tooLong) {
		return nil, fmt.Errorf("%s was not written: %d bytes are more than a request may have, which is %d (jute.maxbuffer); your text is in %s",
			e.path, tooLong.Size, most, e.file)
	}
	if err != nil {
		return nil, err
	}
	// Editors end the last line even where there was no line end.
	if !bytes.HasSuffix(e.data, []byte("\n")) {
		data = bytes.TrimSuffix(data, []byte("\n"))
	}
	return data, nil
}

// write sends the data if it was changed: what it returns is what was sent, or may have
// been written without an answer. Where that fails the file is kept.
func (e *draft) write(ctx context.Context) (sent []byte, err error) {
	data, err := e.left()
	if err != nil {
		return nil, err
	}
	if bytes.Equal(data, e.data) {
		return nil, os.Remove(e.file)
	}
	switch err := e.send(ctx, data); {
	case errors.Is(err, &wire.Error{Code: wire.BadVersion}):
		return nil, fmt.Errorf("somebody else has changed %s since; your text is in %s", e.path, e.file)
	case errors.Is(err, session.ErrInDoubt):
		return data, err
	case err != nil:
		return nil, fmt.Errorf("%s was not written: %s; your text is in %s", e.path, znode.ErrorName(err), e.file)
	}
	return data, os.Remove(e.file)
}

// send writes data in place of the version that was read.
func (e *draft) send(ctx context.Context, data []byte) error {
	if e.zk == nil {
		return session.ErrClosed
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	_, err := e.zk.Set(ctx, e.path, data, e.version)
	return err
}

// wrote says what was written, also where the commands stand that were typed.
func (p *Pane) wrote(e *draft, data []byte) tea.Cmd {
	line := e.command(data)
	p.tell(e, line)
	return tea.Batch(p.say(false, "written, as by "+line), p.reread())
}

// inDoubt says that data may have been written, and where the text still is. Why that
// is not known is too long for the status line, and stays to be read.
func (p *Pane) inDoubt(e *draft, data []byte, doubt, where string) tea.Cmd {
	p.tell(e, e.command(data)+": "+doubt)
	return p.say(true, e.path+" may have been written, see the prompt; your text is "+where)
}

// tell says something where the commands stand that were typed on the session of an
// edit.
func (p *Pane) tell(e *draft, what string) {
	p.cfg.Host.Send(intent.Note{Session: e.zk, Text: "(the Node pane: " + what + ")\n"})
}

// commandLimit is how much data is still shown in a command.
const commandLimit = 200

// command is the zkCli command that writes the data. Data that its prompt cannot
// express is given as -b takes it.
func (e *draft) command(data []byte) string {
	path, _ := shell.Quote(e.path)
	if len(data) > commandLimit {
		return fmt.Sprintf("set -v %d %s (%s)", e.version, path, english.Count(len(data), "byte"))
	}
	if text := string(data); ui.IsText(data) && !strings.ContainsAny(text, "\n\r\t") {
		if quoted, ok := shell.Quote(text); ok {
			return fmt.Sprintf("set -v %d %s %s", e.version, path, quoted)
		}
	}
	return fmt.Sprintf("set -b -v %d %s %s", e.version, path, base64.StdEncoding.EncodeToString(data))
}

// failed says an error in the status line.
func failed(err error) tea.Msg { return ui.Say{Bad: true, Text: err.Error()} }
