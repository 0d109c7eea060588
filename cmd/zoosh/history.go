package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"zoosh/internal/textfile"
	"zoosh/shell"
)

// historyLimit is how many lines the history keeps.
const historyLimit = 1000

// maxHistoryLine bounds a line of the history, in bytes.
const maxHistoryLine = 64 << 10

// A history is the file that keeps the lines typed in line mode, readable by its
// owner alone. The nil history keeps nothing.
type history struct {
	file  *os.File
	lines []string
}

// historyPath is where the history stands: the XDG state folder, or the system's
// own place for such things where there is no such custom.
func historyPath() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "zoosh", "history"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "zoosh", "history"), nil
}

// openHistory reads the history and opens it for more.
func openHistory() (*history, error) {
	path, err := historyPath()
	if err != nil {
		return nil, fmt.Errorf("find the history file: %w", err)
	}
	return openHistoryAt(path)
}

func openHistoryAt(path string) (*history, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the history's folder: %w", err)
	}
	h := &history{}
	if err := h.open(path); err != nil {
		return nil, fmt.Errorf("open the history: %w", err)
	}
	total, err := h.read()
	if err == nil && total >= 2*historyLimit {
		err = h.shorten(path)
	}
	if err != nil {
		h.file.Close()
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return h, nil
}

func (h *history) open(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	// The file may be from a time, or a hand, that let others read it.
	if err := file.Chmod(0o600); err != nil {
		file.Close()
		return err
	}
	h.file = file
	return nil
}

// read fills lines with the last ones of the file and counts them all. Lines
// that are too long to be wanted back are passed over. A command of several lines
// stands there as shell.FormatEntry writes it.
func (h *history) read() (total int, err error) {
	in := bufio.NewReaderSize(h.file, maxHistoryLine)
	textfile.Skip(in)
	var last shell.Entry
	open := false // the last line goes on in the next, if that says so
	for {
		line, err := in.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) {
			line = nil
			if _, err = in.ReadSlice('\n'); err == nil {
				line, err = in.ReadSlice('\n')
			}
		}
		text := strings.TrimSuffix(string(line), "\n")
		if rest, more := shell.CutContinued(text); open && more && len(h.lines[len(h.lines)-1])+len(rest) < maxHistoryLine {
			h.lines[len(h.lines)-1] += "\n" + rest
			open = last.Add(rest)
		} else if text != "" {
			h.lines, last = append(h.lines, text), shell.Entry{}
			open = last.Add(text)
			total++
		}
		if len(h.lines) > historyLimit {
			h.lines = h.lines[1:]
		}
		switch {
		case errors.Is(err, io.EOF):
			return total, nil
		case err != nil:
			return total, err
		}
	}
}

// shorten replaces the file by one of the last lines alone, in one step, so that
// nothing is lost on the way.
func (h *history) shorten(path string) error {
	short, err := os.CreateTemp(filepath.Dir(path), "history-*") // for its owner alone
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, line := range h.lines {
		text.WriteString(historyText(line))
	}
	_, err = short.WriteString(text.String())
	err = errors.Join(err, short.Close(), h.file.Close())
	if err == nil {
		err = os.Rename(short.Name(), path)
	}
	if err != nil {
		os.Remove(short.Name())
		return err
	}
	return h.open(path)
}

// Lines are the lines of earlier runs, oldest first.
func (h *history) Lines() []string {
	if h == nil {
		return nil
	}
	return h.lines
}

// Add keeps a line at once, so that a crash loses none, unless it may hold a
// password. That it cannot be written is no reason to disturb the session.
func (h *history) Add(line string) {
	if h != nil && len(line) < maxHistoryLine && !shell.Secret(line) {
		h.file.WriteString(historyText(line))
	}
}

// historyText is a line as it stands in the file.
func historyText(line string) string {
	return strings.ReplaceAll(line, "\n", "\n"+shell.Continued) + "\n"
}
