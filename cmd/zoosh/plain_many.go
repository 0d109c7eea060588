package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/chzyer/readline"

	"zoosh/shell"
)

// manyCandidates is how many candidates are shown without being asked for, as in zkCli.
const manyCandidates = 100

// allCandidates are more than can be wanted unasked. The question whether they are
// stands below the line until it is answered.
type allCandidates struct {
	word  string   // what is typed of each
	rests [][]rune // how each goes on
	below int      // rows from the cursor down to the question
}

// many is what readline gets of so many candidates: what they have in common, or
// nothing, and a question is asked.
func (e *readlineEditor) many(line []rune, pos int, word string, rests [][]rune) [][]rune {
	if e.rl.Operation.IsInCompleteMode() {
		return nil
	}
	if common := commonRunes(rests); len(common) > 0 {
		return [][]rune{common}
	}
	width := e.rl.Config.FuncGetWidth()
	e.mu.Lock()
	defer e.mu.Unlock()
	prompt := len([]rune(e.prompt))
	rows := func(text []rune) int { return len(readline.SplitByLine(prompt, max(1, width), text)) }
	e.all = &allCandidates{word: word, rests: rests, below: rows(line) - rows(line[:pos]) + 1}
	e.all.show(e.rl)
	return nil
}

// commonRunes is how all texts begin.
func commonRunes(texts [][]rune) []rune {
	common := texts[0]
	for _, t := range texts[1:] {
		n := 0
		for n < min(len(common), len(t)) && common[n] == t[n] {
			n++
		}
		common = common[:n]
	}
	return common
}

func (a *allCandidates) show(rl *readline.Instance) {
	fmt.Fprintf(rl.Config.Stdout, "%s\r\x1b[JDisplay all %d possibilities? (y or n)", strings.Repeat("\n", a.below), len(a.rests))
}

// hide takes the question away and goes back to the row of the cursor.
func (a *allCandidates) hide(rl *readline.Instance) {
	fmt.Fprintf(rl.Config.Stdout, "\r\x1b[2K\x1b[%dA", a.below)
	rl.Refresh()
}

func (e *readlineEditor) asking() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.all != nil
}

// answered takes a key for an answer; kept is false for one that is meant for the line.
func (e *readlineEditor) answered(r rune) (kept bool) {
	e.mu.Lock()
	all := e.all
	yes, no := false, r == pieceMark
	switch r {
	case 'y', 'Y', ' ':
		yes = true
	case 'n', 'N', readline.CharEnter, readline.CharCtrlJ, readline.CharInterrupt, readline.CharBell, readline.CharDelete,
		readline.CharBackspace, readline.CharCtrlH:
		no = true
	}
	if yes || no {
		e.all = nil
		all.hide(e.rl)
	}
	e.mu.Unlock()
	if yes {
		io.WriteString(e, all.columns(e.rl.Config.FuncGetWidth()))
	}
	return r != pieceMark
}

// columns are the candidates in the columns that a terminal has room for, read row by
// row.
func (a *allCandidates) columns(width int) string {
	texts, widest := make([]string, len(a.rests)), 0
	for i, rest := range a.rests {
		texts[i] = shell.OneLine(a.word + strings.TrimRight(string(rest), " "))
		widest = max(widest, len([]rune(texts[i])))
	}
	each := max(1, width/(widest+2))
	var b strings.Builder
	for i, text := range texts {
		b.WriteString(text)
		if (i+1)%each == 0 || i == len(texts)-1 {
			b.WriteByte('\n')
		} else {
			b.WriteString(strings.Repeat(" ", widest+2-len([]rune(text))))
		}
	}
	return b.String()
}
