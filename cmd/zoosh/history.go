package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"zoosh/internal/localfile"
	"zoosh/internal/textfile"
	"zoosh/shell"
)

// historyLimit is how many lines the history keeps.
const historyLimit = 1000

// maxHistoryLine bounds a line of the history, in bytes.
const maxHistoryLine = 64 << 10

// A history is the file that keeps the lines typed in line mode, readable by its
// owner alone. Several zoosh add to it at once. The nil history keeps nothing.
type history struct {
	path  string
	lines []string

	mu   sync.Mutex // tabs add beside each other
	file *os.File
	kept bool // it is a file, and no device
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
	file, regular, err := localfile.OpenOwn(path)
	if err != nil {
		return nil, fmt.Errorf("open the history: %w", err)
	}
	h := &history{path: path, file: file}
	if !regular { // such as /dev/null, by which the user says that there is to be none
		return h, nil
	}
	h.kept = true
	if err := h.readAndShorten(); err != nil {
		h.file.Close()
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return h, nil
}

// readAndShorten reads the file and shortens it if it has grown too long, while no other
// zoosh can add to it: what was added behind the last line that was read would be lost.
func (h *history) readAndShorten() error {
	unlock, locked := h.lock()
	defer unlock()
	total, err := h.read()
	if err == nil && total >= 2*historyLimit && locked {
		h.shorten() // if it cannot be, it stays long, and is kept all the same
	}
	return err
}

// lock has the file be this zoosh's alone until it is unlocked. Where that is not to be
// had, lines are added all the same.
func (h *history) lock() (unlock func(), ok bool) {
	file, unlock, err := localfile.LockOwn(h.file, h.path)
	h.file = file
	if err != nil {
		return func() {}, false
	}
	return unlock, true
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
func (h *history) shorten() {
	var text strings.Builder
	for _, line := range h.lines {
		text.WriteString(historyText(line))
	}
	if localfile.ReplaceOwn(h.path, text.String()) != nil {
		return
	}
	if file, regular, err := localfile.OpenOwn(h.path); err == nil {
		h.file.Close() // and with it the lock, for which others wait who look again then
		h.file, h.kept = file, regular
	}
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
	if h == nil || !h.kept || len(line) >= maxHistoryLine || shell.Secret(line) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	unlock, _ := h.lock()
	defer unlock()
	h.file.WriteString(h.lineEnd() + historyText(line))
}

// lineEnd ends the last line of the file, if a zoosh was killed in the middle of it.
func (h *history) lineEnd() string {
	info, err := h.file.Stat()
	last := []byte{'\n'}
	if err == nil && info.Size() > 0 {
		h.file.ReadAt(last, info.Size()-1)
	}
	if last[0] == '\n' {
		return ""
	}
	return "\n"
}

// historyText is a line as it stands in the file.
func historyText(line string) string {
	return strings.ReplaceAll(line, "\n", "\n"+shell.Continued) + "\n"
}
