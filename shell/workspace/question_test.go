package workspace

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// A command asks by a mark, and goes on with the answer.
func TestQuestions(t *testing.T) {
	t.Parallel()
	d, _ := onServer(t, Config{Questions: AllQuestions, Shell: shell.Config{Typed: true}})
	var asked []*Question
	answer := ""
	d.answer = func(q *Question) {
		if asked = append(asked, q); answer == "Ctrl-C" {
			d.Cancel()
			<-q.Over()
			return
		}
		q.Answer(q.Agrees(answer))
		q.Answer(!q.Agrees(answer)) // too late
	}
	plant := func() {
		d.run("create /a", "create /a/b")
	}
	plant()
	for _, test := range []struct {
		answer string
		line   Line
		gone   bool
		asks   int
	}{
		{"n", Line{Text: "deleteall /a"}, false, 1},
		{"", Line{Text: "deleteall /a"}, false, 1},
		{"Ctrl-C", Line{Text: "deleteall /a"}, false, 1},
		{"yes", Line{Text: "deleteall /a"}, true, 1},
		{"n", Line{Text: "deleteall -y /a"}, true, 0},
		{"n", Line{Text: "deleteall /a", Agreed: true}, true, 0},
	} {
		asked, answer = nil, test.answer
		d.outcomes([]*Job{d.Submit(t.Context(), test.line)})
		_, err := d.Front().Shell().Session().Exists(t.Context(), "/a", nil)
		if gone := errors.Is(err, &wire.Error{Code: wire.NoNode}); gone != test.gone || len(asked) != test.asks {
			t.Errorf("%q to %s: %v, asked %d times", test.answer, test.line.Text, err, len(asked))
		}
		if len(asked) > 0 && (asked[0].Line != test.line.Text || asked[0].Session != d.Front() || !strings.HasSuffix(asked[0].Prompt(), "2 znodes? [y/N] ")) {
			t.Errorf("%+v", asked[0])
		}
		if test.gone {
			plant()
		}
	}
}

// Nobody is asked where there is nobody.
func TestNoQuestions(t *testing.T) {
	t.Parallel()
	for _, questions := range []Questions{NoQuestions, DataQuestions} {
		d, _ := onServer(t, Config{Questions: questions, Shell: shell.Config{Typed: true}})
		if out := d.run("create /a", "create /a/b", "deleteall /a"); out[2].Code != 0 {
			t.Errorf("%v: %s", questions, d.text())
		}
	}
}

// What agrees is a yes, or the word that was asked for.
func TestAgrees(t *testing.T) {
	for _, test := range []struct {
		word, answer string
		want         bool
	}{
		{"", "y", true}, {"", " YES ", true}, {"", "yep", false}, {"", "", false},
		{"much", "much ", true}, {"much", "y", false}, {"much", "", false}, {"y\x1b", `y\x1b`, true},
	} {
		q := &Question{Text: "Why\nGo on?", Word: test.word}
		if got := q.Agrees(test.answer); got != test.want {
			t.Errorf("%q for %q: %v", test.answer, test.word, got)
		}
		why, question := q.Parts()
		if want := fmt.Sprintf("Go on? Type %s to go on: ", test.word); why != "Why" || question != "Go on?" || test.word != "" && q.Prompt() != want {
			t.Errorf("%q, %q, %q", why, question, q.Prompt())
		}
	}
}
