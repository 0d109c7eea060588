package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// historyLimit is how many lines the history keeps.
const historyLimit = 1000

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
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the history: %w", err)
	}
	h := &history{file: file}
	// The file may be from a time, or a hand, that let others read it.
	if err = file.Chmod(0o600); err == nil {
		err = h.read()
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return h, nil
}

// read fills lines and, when the file has grown to twice the limit, shortens it.
func (h *history) read() error {
	scanner := bufio.NewScanner(h.file)
	scanner.Buffer(nil, 4<<20)
	total := 0
	for scanner.Scan() {
		if line := scanner.Text(); line != "" {
			h.lines = append(h.lines, line)
			total++
		}
		if len(h.lines) > historyLimit {
			h.lines = h.lines[1:]
		}
	}
	if err := scanner.Err(); err != nil {
		return err
	}
	if total < 2*historyLimit {
		return nil
	}
	if err := h.file.Truncate(0); err != nil {
		return err
	}
	_, err := h.file.WriteString(strings.Join(h.lines, "\n") + "\n")
	return err
}

// Lines are the lines of earlier runs, oldest first.
func (h *history) Lines() []string {
	if h == nil {
		return nil
	}
	return h.lines
}

// Add keeps a line at once, so that a crash loses none. That it cannot be
// written is no reason to disturb the session.
func (h *history) Add(line string) {
	if h != nil {
		h.file.WriteString(line + "\n")
	}
}
