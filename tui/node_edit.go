package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// nodeEdit is data that is being edited: what it was, and where it is now.
type nodeEdit struct {
	path    string
	data    []byte
	version int32
	zk      *session.Session // of the prompt when it was read
	file    string
}

// editorWait is what an editor is given to end when zoosh has to.
const editorWait = time.Second

// nodeEditedMsg is the end of the editor.
type nodeEditedMsg struct {
	edit *nodeEdit
	err  error
}

func cannotEdit(m *Model) string {
	if why := nothingRead(m); why != "" {
		return why
	}
	return elsewhere(m)
}

// edit opens the data in the user's editor. It is written as the version that was
// read, so that nobody's change is lost unseen.
func (p *nodePane) edit() tea.Cmd {
	e := &nodeEdit{
		path: p.path, data: p.node.data, version: p.node.stat.Version,
		zk: p.m.command.tab().shell.Session(),
	}
	ctx := p.m.ctx
	pattern := "zoosh-*.txt"
	if p.node.shown.json != "" {
		pattern = "zoosh-*.json"
	}
	return func() tea.Msg {
		if err := e.save(pattern); err != nil {
			return failed(err)
		}
		return actionMsg(func(*Model) tea.Cmd {
			return tea.ExecProcess(editor(ctx, e.file), func(err error) tea.Msg { return nodeEditedMsg{e, err} })
		})
	}
}

// save writes the data to a file that nobody else can read.
func (e *nodeEdit) save(pattern string) error {
	f, err := os.CreateTemp("", pattern)
	if err != nil {
		return err
	}
	e.file = f.Name()
	_, err = f.Write(e.data)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(e.file)
	}
	return err
}

// editor is the command for a file: $VISUAL, $EDITOR, which may have arguments, or
// vi. It ends with ctx.
func editor(ctx context.Context, file string) *exec.Cmd {
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
func (p *nodePane) edited(msg nodeEditedMsg) tea.Cmd {
	ctx := p.m.ctx
	return func() tea.Msg {
		if msg.err != nil {
			os.Remove(msg.edit.file)
			return failed(fmt.Errorf("the editor: %w; nothing was written", msg.err))
		}
		text, err := msg.edit.write(ctx)
		if err != nil {
			return failed(err)
		}
		return actionMsg(func(m *Model) tea.Cmd { return tea.Batch(m.say(false, text), m.node.reread()) })
	}
}

// write sends the data if it was changed. Where that fails the file is kept.
func (e *nodeEdit) write(ctx context.Context) (text string, err error) {
	data, err := os.ReadFile(e.file)
	if err != nil {
		return "", err
	}
	// Editors end the last line even where there was no line end.
	if !bytes.HasSuffix(e.data, []byte("\n")) {
		data = bytes.TrimSuffix(data, []byte("\n"))
	}
	if bytes.Equal(data, e.data) {
		return "nothing was changed", os.Remove(e.file)
	}
	ctx, cancel := context.WithTimeout(ctx, nodeWait)
	defer cancel()
	err = session.ErrClosed
	if e.zk != nil {
		_, err = e.zk.Set(ctx, e.path, data, e.version)
	}
	var zkErr *wire.Error
	switch {
	case errors.As(err, &zkErr) && zkErr.Code == wire.BadVersion:
		return "", fmt.Errorf("somebody else has changed %s since; your text is in %s", e.path, e.file)
	case err != nil:
		return "", fmt.Errorf("%s was not written: %s; your text is in %s", e.path, errorName(err), e.file)
	}
	quoted, _ := shell.Quote(e.path)
	return fmt.Sprintf("written, as by set -v %d %s", e.version, quoted), os.Remove(e.file)
}

// failed says an error in the status line.
func failed(err error) tea.Msg {
	return actionMsg(func(m *Model) tea.Cmd { return m.say(true, err.Error()) })
}
