package lesson

import (
	"fmt"

	"zoosh/roles"
	"zoosh/tui/ui"
)

// keyed is text that names keys: where it has a %s stands the key of an action.
type keyed struct {
	text   string
	titles []string
}

// words are what the lesson pane says in the lesson's language.
type words struct {
	place                                             string // of the next step
	end                                               string
	paused, playing, reading, typing, running, starts string
	yourTurn, taken, over, goal, hint, passed, anew,
	right, wrong, came, page string
	press, pressTyping, pressAuto, pressTaken, pressTurn, pressEnd, more keyed
	menu, menuHelp, steps                                                string
	played, done                                                         string
	keys                                                                 map[string]string // that are called otherwise than in English
}

var wordsIn = map[string]*words{
	roles.English: {
		place: "step %d of %d", end: "the end",
		paused: "paused", playing: "playing", reading: "playing", typing: "typing", running: "running", starts: "getting ready",
		yourTurn: "your turn", taken: "paused while you type",
		over: "done", goal: "Your turn, as %s: ", hint: "Hint: ", passed: "Right.",
		anew:  "The lesson was laid out anew, as its way on from here needs.",
		right: "%d right", wrong: "%d not as the lesson has it", page: "the lesson: ", came: "came: ",
		press: keyed{"%s: next", []string{nextTitle}}, pressTyping: keyed{"%s: run it", []string{nextTitle}},
		pressAuto: keyed{"%s: pause", []string{playTitle}}, pressTaken: keyed{"%s: go on", []string{backTitle}},
		pressTurn: keyed{"%s hint, %s solution", []string{hintTitle, solutionTitle}},
		pressEnd:  keyed{"%s leaves, %s starts again", []string{leaveTitle, restartTitle}},
		more:      keyed{"more: %s", []string{pageDownTitle}},
		menu:      "Lessons", menuHelp: "Enter plays, t: your turn, Esc closes", steps: "%d steps",
		played: "played", done: "done yourself",
	},
	roles.Chinese: {
		place: "第 %d 步，共 %d 步", end: "结束",
		paused: "已暂停", playing: "自动播放", reading: "自动播放", typing: "正在输入", running: "正在执行", starts: "准备中",
		yourTurn: "轮到你了", taken: "你在输入，已暂停",
		over: "已结束", goal: "轮到你了（%s）：", hint: "提示：", passed: "正确。",
		anew:  "课程已重新布置，以便继续。",
		right: "%d 步正确", wrong: "%d 步与课程不同", page: "课程：", came: "实际：",
		press: keyed{"%s：下一步", []string{nextTitle}}, pressTyping: keyed{"%s：立即执行", []string{nextTitle}},
		pressAuto: keyed{"%s：暂停", []string{playTitle}}, pressTaken: keyed{"%s：继续", []string{backTitle}},
		pressTurn: keyed{"%s 提示，%s 答案", []string{hintTitle, solutionTitle}},
		pressEnd:  keyed{"%s 离开，%s 重来", []string{leaveTitle, restartTitle}},
		more:      keyed{"更多：%s", []string{pageDownTitle}},
		keys:      map[string]string{"Space": "空格", ui.NoKey: "命令面板"},
		menu:      "课程", menuHelp: "回车播放，t 自己来，Esc 关闭", steps: "%d 步",
		played: "已播放", done: "已自己完成",
	},
}

func wordsOf(language string) *words {
	if w := wordsIn[language]; w != nil {
		return w
	}
	return wordsIn[roles.English]
}

// words are those of the lesson that is played.
func (p *Pane) words() *words {
	if l := p.cfg.Player.Lesson(); l != nil {
		return wordsOf(l.Language)
	}
	return wordsOf(p.cfg.Language)
}

// keyed is text with the keys that it names.
func (p *Pane) keyed(k keyed) string {
	keys := make([]any, len(k.titles))
	for i, title := range k.titles {
		key := p.key(title)
		if other, known := p.words().keys[key]; known {
			key = other
		}
		keys[i] = key
	}
	return fmt.Sprintf(k.text, keys...)
}
