package main

import (
	"fmt"
	"strings"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/transcript"
)

// words are what a printed lesson says itself, in the language of the lesson.
type words struct {
	right, wrong        string
	expected, came      string
	event               string // with the role
	waiting             string
	keys, more          string
	yourTurn            string
	noMoreHints, anew   string
	allRight, someWrong string // with the numbers
}

var english = words{
	right: "right", wrong: "wrong", expected: "expected", came: "came",
	event: "[event at %s]", waiting: "... waiting for the event",
	keys:        "Enter plays the step; b goes back, r begins again, q leaves. In your turn ? gives a hint, ! shows the solution.",
	more:        "(Enter) ",
	yourTurn:    "**Your turn.** ",
	noMoreHints: "There are no more hints; ! shows the solution.",
	anew:        "In a way that the lesson could not go on from: it goes on from its own.",
	allRight:    "All %d steps are right.", someWrong: "%d of %d steps are wrong.",
}

var chinese = words{
	right: "正确", wrong: "不对", expected: "应为", came: "实际",
	event: "[%s 收到事件]", waiting: "…… 正在等待事件",
	keys:        "按 Enter 执行这一步；b 返回上一步，r 从头开始，q 离开。轮到你时：? 给出提示，! 显示答案。",
	more:        "(Enter) ",
	yourTurn:    "**轮到你了。**",
	noMoreHints: "没有更多提示了；! 显示答案。",
	anew:        "目标已达到，但课程无法从这种状态继续：改用课程自己的做法继续。",
	allRight:    "全部 %d 步正确。", someWrong: "%d 步不对，共 %d 步。",
}

func wordsOf(language string) words {
	if language == roles.Chinese {
		return chinese
	}
	return english
}

// difference says what a step was to show and what came.
func (w words) difference(d transcript.Diff) string {
	var b strings.Builder
	for _, l := range d.Want {
		fmt.Fprintf(&b, "  %s: %s\n", w.expected, shell.Printable(l))
	}
	for _, l := range d.Got {
		fmt.Fprintf(&b, "  %s: %s\n", w.came, shell.Printable(l))
	}
	if d.Why != "" {
		fmt.Fprintf(&b, "  %s\n", d.Why)
	}
	return b.String()
}
