package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

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
	file    string
}

// nodeEditedMsg is the end of the editor.
type nodeEditedMsg struct {
	edit *nodeEdit
	err  error
}

func cannotEdit(m *Model) string {
	if why := nothingRead(m); why != "" {
		return why
	}
	if m.command.tab().shell.Session() == nil {
		return "the session of the prompt is not open"
	}
	return ""
}

// edit opens the data in the user's editor. It is written as the version that was
// read, so that nobody's change is lost unseen.
func (p *nodePane) edit() tea.Cmd {
	e := &nodeEdit{path: p.path, data: p.node.data, version: p.node.stat.Version}
	pattern := "zoosh-*.txt"
	if p.node.shown.json != "" {
		pattern = "zoosh-*.json"
	}
	return func() tea.Msg {
		if err := e.save(pattern); err != nil {
			return failed(err)
		}
		return actionMsg(func(*Model) tea.Cmd {
			return tea.ExecProcess(editor(e.file), func(err error) tea.Msg { return nodeEditedMsg{e, err} })
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
// vi.
func editor(file string) *exec.Cmd {
	words := []string{"vi"}
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if set := strings.Fields(os.Getenv(name)); len(set) > 0 {
			words = set
			break
		}
	}
	return exec.Command(words[0], append(words[1:], file)...)
}

// edited writes what the editor left, on the session of the prompt.
func (p *nodePane) edited(msg nodeEditedMsg) tea.Cmd {
	zk, ctx := p.m.command.tab().shell.Session(), p.m.ctx
	return func() tea.Msg {
		if msg.err != nil {
			os.Remove(msg.edit.file)
			return failed(fmt.Errorf("the editor: %w; nothing was written", msg.err))
		}
		text, err := msg.edit.write(ctx, zk)
		if err != nil {
			return failed(err)
		}
		return actionMsg(func(m *Model) tea.Cmd { return tea.Batch(m.say(false, text), m.node.reread()) })
	}
}

// write sends the data if it was changed. Where that fails the file is kept.
func (e *nodeEdit) write(ctx context.Context, zk *session.Session) (text string, err error) {
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
	if zk != nil {
		_, err = zk.Set(ctx, e.path, data, e.version)
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
