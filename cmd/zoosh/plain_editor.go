package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chzyer/readline"

	"zoosh/internal/jobcontrol"
	"zoosh/shell"
	"zoosh/shell/workspace"
)

// readlineEditor is chzyer/readline as a lineEditor. In readline's own line each end of
// a line is lineEnd, and shown as shell.LineEnd.
type readlineEditor struct {
	rl      *readline.Instance
	mode    rawMode
	jobs    *jobcontrol.Watch
	keys    *keyReader
	insert  *piece // whose mark readline has taken into the line
	several bool   // what was pasted into the line has several lines
	marks   bool   // the terminal can mark what is pasted
	marking atomic.Bool

	typed  int      // characters in the line
	read   string   // the line that was read last
	past   []string // the history; readline's own cannot be changed but anew
	anew   bool     // and it is the same since then
	atLine sync.Mutex
	ended  bool        // with atLine held: no line is read any more
	inLine atomic.Bool // a line is being read

	mu     sync.Mutex
	prompt string
	all    *allCandidates // that nobody has agreed to see yet
}

// Whether a terminal marks what is pasted.
const (
	markPastes   = "\x1b[?2004h"
	markNoPastes = "\x1b[?2004l"
)

func newReadline(p *plainMode) (*readlineEditor, error) {
	e := &readlineEditor{keys: newKeyReader(readline.Stdin), anew: true, marks: !dumb() && runtime.GOOS != "windows"}
	p.width = readline.GetScreenWidth
	rl, err := readline.NewEx(&readline.Config{
		Prompt: p.prompt(), AutoComplete: &completer{p.ws, e}, HistoryLimit: historyLimit,
		DisableAutoSaveHistory: true, // what is kept is ours to decide
		FuncFilterInputRune:    e.filter, Stdin: e.keys, Listener: e, Painter: painter{},
		FuncMakeRaw: e.mode.enter, FuncExitRaw: e.mode.exit,
	})
	if err != nil {
		e.keys.close()
		return nil, fmt.Errorf("open the terminal: %w", err)
	}
	e.rl = rl
	e.jobs = jobcontrol.Start(jobcontrol.Hooks{Stop: e.suspend, Resumed: e.takeTerminal, Dying: e.leaveTerminal})
	return e, nil
}

// suspend gives the terminal back and stops zoosh until it is let go on.
func (e *readlineEditor) suspend() {
	marked := e.markPastes(false)
	was := e.mode.lend()
	if err := e.jobs.Suspend(); err != nil {
		fmt.Fprintln(e.rl.Config.Stdout, "\nzoosh was not suspended:", err)
	}
	if was {
		_ = e.mode.enter()
	}
	e.markPastes(marked)
	e.rl.Refresh()
}

// takeTerminal takes a terminal anew of which nobody knows how it is.
func (e *readlineEditor) takeTerminal() {
	if e.mode.lend() {
		_ = e.mode.enter()
	}
	e.markPastes(e.markPastes(false))
	e.rl.Refresh()
}

// leaveTerminal leaves the terminal as it was found: zoosh is about to die.
func (e *readlineEditor) leaveTerminal() {
	e.markPastes(false)
	if e.mode.lend() {
		fmt.Fprintln(e.rl.Config.Stdout) // behind the line that was being typed
	}
}

// filter is given each key before readline is; false keeps it. A key that readline's
// terminal reads no further behind has to be kept, and any other has to become one that
// does nothing, readline.CharBell.
func (e *readlineEditor) filter(r rune) (rune, bool) {
	if e.asking() && r != 0 {
		if kept := e.answered(r); kept {
			return keptKey(r)
		}
	}
	switch r {
	case pieceMark:
		return e.takePiece()
	case 0: // the end: readline would run what was typed so far
		if e.typed > 0 {
			e.typed = 0
			return readline.CharInterrupt, true
		}
	case readline.CharEnter:
		if p := e.insert; e.several && p != nil && p.run { // it was pasted, behind other lines
			e.insert = nil
			return 0, false
		}
	case readline.CharInterrupt:
		// It gives up the line also while candidates are shown, where readline would
		// only put those away.
		e.endCompletion()
	case readline.CharCtrlZ:
		// It suspends zoosh alone; readline would suspend the parent process as well.
		e.suspend()
		return readline.CharBell, true
	}
	e.insert = nil
	return r, true
}

// keptKey is what readline gets for a key that is none of its own.
func keptKey(r rune) (rune, bool) {
	switch r {
	case readline.CharEnter, readline.CharCtrlJ, readline.CharInterrupt, readline.CharDelete:
		return 0, false
	}
	return readline.CharBell, true
}

func (e *readlineEditor) endCompletion() {
	if e.rl.Operation.IsInCompleteMode() {
		e.rl.Operation.ExitCompleteMode(true)
	}
}

// takePiece has readline put the mark of a piece into the line, where OnChange finds
// it. A search takes it key by key.
func (e *readlineEditor) takePiece() (rune, bool) {
	searching := e.rl.Operation.IsSearchMode()
	var first rune
	p := e.keys.take(func(p *piece) string {
		if !searching || p.text == "" {
			return ""
		}
		line, _, _ := strings.Cut(p.text, "\n")
		for _, r := range line {
			first = r
			return line[len(string(r)):]
		}
		return ""
	})
	switch {
	case p == nil || searching && first == 0:
		return readline.CharBell, true
	case searching:
		return first, true
	case p.long:
		fmt.Fprintf(e, "zoosh: a paste of more than %d MiB was not taken\n", maxPiece>>20)
		return readline.CharBell, true
	}
	e.endCompletion()
	e.insert = p
	return pieceMark, true
}

// OnChange implements readline.Listener: it puts a piece in the place of its mark.
func (e *readlineEditor) OnChange(line []rune, pos int, key rune) ([]rune, int, bool) {
	p := e.insert
	e.typed = len(line)
	if key != pieceMark || p == nil || pos == 0 || line[pos-1] != pieceMark {
		return nil, 0, false
	}
	text := []rune(strings.ReplaceAll(p.text, "\n", string(lineEnd)))
	e.several = p.lines > 1 || slices.Contains(line, lineEnd)
	if p.lines > 1 {
		fmt.Fprintf(e, "zoosh: %d lines were pasted: Enter runs them, Ctrl-C gives them up\n", p.lines)
	}
	return slices.Concat(line[:pos-1], text, line[pos:]), pos - 1 + len(text), true
}

// painter shows what stands for something else.
type painter struct{}

var shownLineEnd = []rune(shell.LineEnd)[0]

// Paint implements readline.Painter.
func (painter) Paint(line []rune, _ int) []rune {
	if !slices.Contains(line, lineEnd) && !slices.Contains(line, pieceMark) {
		return line
	}
	shown := slices.Clone(line)
	for i, r := range shown {
		switch r {
		case lineEnd:
			shown[i] = shownLineEnd
		case pieceMark:
			shown[i] = ' '
		}
	}
	return shown
}

func (e *readlineEditor) ReadLine() (string, error) {
	e.atLine.Lock()
	defer e.atLine.Unlock()
	if e.ended { // the terminal is given back
		return "", io.EOF
	}
	e.markPastes(true)
	e.inLine.Store(true)
	line, err := e.rl.Readline()
	e.inLine.Store(false)
	e.markPastes(false)
	if errors.Is(err, readline.ErrInterrupt) {
		err = errInterrupt
	}
	e.read, e.anew = line, false
	return strings.ReplaceAll(line, string(lineEnd), "\n"), err
}

// markPastes has the terminal mark what is pasted, or no longer, and tells whether it did.
func (e *readlineEditor) markPastes(on bool) (did bool) {
	if !e.marks {
		return false
	}
	if did = e.marking.Swap(on); did == on {
		return did
	}
	if on {
		io.WriteString(e.rl.Config.Stdout, markPastes)
	} else {
		io.WriteString(e.rl.Config.Stdout, markNoPastes)
	}
	return did
}

// awaitPrompt waits for the moment in which readline has shown its prompt and does not
// know yet that it has: what is written then would stand behind the prompt.
func (e *readlineEditor) awaitPrompt() {
	for range 100 {
		if !e.inLine.Load() || e.rl.Terminal.IsReading() {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (e *readlineEditor) Write(b []byte) (int, error) {
	e.awaitPrompt()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.all == nil {
		return e.rl.Stdout().Write(b)
	}
	e.all.hide(e.rl)
	n, err := e.rl.Stdout().Write(b)
	e.all.show(e.rl)
	return n, err
}

func (e *readlineEditor) SetPrompt(prompt string) {
	e.awaitPrompt()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.all != nil {
		e.all.hide(e.rl)
		defer e.all.show(e.rl)
	}
	e.prompt = shell.Printable(prompt)
	e.rl.SetPrompt(e.prompt)
	e.rl.Refresh() // only then it shows; nothing happens if no line is being typed
}

// Remember puts a line into the history. readline takes a line that it has not read
// itself, because it is one of several or several in one, only into a new history.
func (e *readlineEditor) Remember(line string) {
	line = strings.ReplaceAll(line, "\n", string(lineEnd))
	e.past = append(e.past, line)
	e.past = e.past[max(0, len(e.past)-historyLimit):]
	if e.anew || line == e.read {
		e.rl.SaveHistory(line)
		return
	}
	e.anew = true
	e.rl.ResetHistory()
	for _, line := range e.past {
		e.rl.SaveHistory(line)
	}
}

func (e *readlineEditor) Close() error {
	e.rl.Operation.Close() // the line that is being typed is at its end, and not run
	e.atLine.Lock()
	defer e.atLine.Unlock()
	e.ended = true
	e.markPastes(false)
	e.keys.close()
	e.jobs.Close()
	return e.rl.Close()
}

// completer puts the shell's completion into readline's terms.
type completer struct {
	ws     *workspace.Workspace
	editor *readlineEditor
}

// Do implements readline.AutoCompleter: it returns what can follow the word
// being typed, and how many runes of it there are already.
func (c *completer) Do(line []rune, pos int) ([][]rune, int) {
	typed := strings.ReplaceAll(string(line[:pos]), string(lineEnd), "\n")
	typed = typed[shell.CommandAt(typed, len(typed)):]
	start, candidates := c.ws.Front().Shell().Complete(context.Background(), typed, len(typed))
	word := typed[start:]
	var out [][]rune
	for _, cand := range candidates {
		rest, follows := strings.CutPrefix(cand.Text, word)
		if !follows {
			continue // it needs a quote before it, where readline cannot put one
		}
		if !cand.Open {
			rest += " "
		}
		out = append(out, []rune(rest))
	}
	if len(out) > manyCandidates {
		out = c.editor.many(line, pos, word, out)
	}
	return out, len([]rune(word))
}
