package shell

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"zoosh/internal/printable"
)

// CompletesFile tells whether what ends line is the name of a file, and nothing else.
func CompletesFile(d Dialect, line string) bool { return kindAt(d, line) == ArgFile }

// fileCandidates are the files that the word can become: names as the command that
// is given them opens them, so that ~ is none, those that begin with a dot only if
// the word does, and a folder with a slash behind it. A page is not told of any.
func (sh *Shell) fileCandidates(ctx context.Context, own bool, word string) []Candidate {
	if sh.cfg.Grant != nil {
		return nil
	}
	quote := ""
	if word != "" && (word[0] == '"' || word[0] == '\'') {
		quote, word = word[:1], word[1:]
	}
	prefix := ""
	if rest, explicit := strings.CutPrefix(word, filePrefix); explicit {
		prefix, word = filePrefix, rest
	}
	dir, base := filepath.Split(word)
	var out []Candidate
	for _, e := range entries(ctx, dir) {
		name := e.Name()
		if !strings.HasPrefix(name, base) || name[0] == '.' && base == "" {
			continue
		}
		folder := isFolder(filepath.Join(dir, name), e)
		if text, ok := quoteFile(own, quote, prefix+dir+name, folder); ok {
			out = append(out, Candidate{Text: text, Open: folder})
		}
	}
	return out
}

// filePrefix says that what follows is a file, where it could be a path.
const filePrefix = "file:"

// entries are those of a folder, "" being the one zoosh is in; none if that cannot be
// read, or not in time: it may be on another machine.
func entries(ctx context.Context, dir string) []os.DirEntry {
	if dir == "" {
		dir = "."
	}
	ctx, cancel := context.WithTimeout(ctx, completeTimeout)
	defer cancel()
	read := make(chan []os.DirEntry, 1)
	go func() {
		all, _ := os.ReadDir(dir)
		read <- all
	}()
	select {
	case all := <-read:
		return all
	case <-ctx.Done():
		return nil
	}
}

func isFolder(name string, e os.DirEntry) bool {
	if e.Type()&os.ModeSymlink == 0 {
		return e.IsDir()
	}
	st, err := os.Stat(name)
	return err == nil && st.IsDir()
}

// quoteFile writes a name as a word of the line, in the quote that is open already or
// in one that it needs; a folder's stays open. ok is false if the rule of the command,
// zoosh's own or zkCli's, cannot say it so, or if it is not fit to be shown.
func quoteFile(own bool, quote, name string, folder bool) (text string, ok bool) {
	if !printable.Is(name) || name[0] == '-' { // which is an option
		return "", false
	}
	text = quote + name + quote
	if quote == "" {
		if text, ok = Quote(name); !ok {
			return "", false
		}
	}
	line := "x " + text + " x"
	words := Split(line)
	if own {
		words, _ = splitOwn(line)
	}
	if len(words) != 3 || words[1] != name {
		return "", false
	}
	if folder {
		if text != name { // it has quotes
			text = text[:len(text)-1]
		}
		text += "/"
	}
	return text, true
}
