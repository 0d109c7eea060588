package tui

import "zoosh/roles"

// lessonWords are what the lesson pane says in the lesson's language.
type lessonWords struct {
	place                                             string // of the next step
	end                                               string
	paused, playing, reading, typing, running, starts string
	waiting, yourTurn, taken, over, goal, hint, passed, anew,
	right, wrong, came, page, more string
	press, pressTyping, pressAuto, pressTaken, pressTurn, pressEnd string
	menu, menuHelp, steps                                          string
	played, done                                                   string
}

var lessonWordsOf = map[string]*lessonWords{
	roles.English: {
		place: "step %d of %d", end: "the end",
		paused: "paused", playing: "playing", reading: "playing", typing: "typing", running: "running", starts: "getting ready",
		waiting: "waiting for an event", yourTurn: "your turn", taken: "paused while you type",
		over: "done", goal: "Your turn, as %s: ", hint: "Hint: ", passed: "Right.",
		anew:  "The lesson was laid out anew, as its way on from here needs.",
		right: "%d right", wrong: "%d not as the lesson has it", page: "the lesson: ", came: "came: ", more: "more: PgDn",
		press: "Space: next", pressTyping: "Space: run it", pressAuto: "p: pause", pressTaken: "Esc: go on", pressTurn: "F8 hint, F9 solution", pressEnd: "q leaves, r starts again",
		menu: "Lessons", menuHelp: "Enter plays, t: your turn, Esc closes", steps: "%d steps",
		played: "played", done: "done yourself",
	},
	roles.Chinese: {
		place: "第 %d 步，共 %d 步", end: "结束",
		paused: "已暂停", playing: "自动播放", reading: "自动播放", typing: "正在输入", running: "正在执行", starts: "准备中",
		waiting: "等待事件", yourTurn: "轮到你了", taken: "你在输入，已暂停",
		over: "已结束", goal: "轮到你了（%s）：", hint: "提示：", passed: "正确。",
		anew:  "课程已重新布置，以便继续。",
		right: "%d 步正确", wrong: "%d 步与课程不同", page: "课程：", came: "实际：", more: "更多：PgDn",
		press: "空格：下一步", pressTyping: "空格：立即执行", pressAuto: "p：暂停", pressTaken: "Esc：继续", pressTurn: "F8 提示，F9 答案", pressEnd: "q 离开，r 重来",
		menu: "课程", menuHelp: "回车播放，t 自己来，Esc 关闭", steps: "%d 步",
		played: "已播放", done: "已自己完成",
	},
}

func wordsOf(language string) *lessonWords {
	if w := lessonWordsOf[language]; w != nil {
		return w
	}
	return lessonWordsOf[roles.English]
}

func (w *walkthrough) words() *lessonWords { return wordsOf(w.lesson.Language) }
