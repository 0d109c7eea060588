package tui

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// While a lesson plays its pane is above the others, and the stage, if it is on,
// below it. Where not all fit, panes share a place: the one with the focus has it.

// lessonBeside is the width from which the tree stands beside the lesson, not
// below it; two panes on top of each other need twoRows, with the stage allRows.
const (
	lessonBeside = 100
	twoRows      = 16
	allRows      = 40
)

// lessonRows is how high the lesson pane is, its frame included.
func (m *Model) lessonRows(h int) int {
	rows := ui.Between(7, h*5/11, 10)
	switch {
	case m.walk.engine.Turn() && h < 30:
		rows = ui.Between(7, h/2, 11)
	case h >= 30:
		rows = 12
	}
	return rows
}

func (m *Model) arrangeLesson(w, h int) {
	rows, left := m.lessonRows(h), w-m.rightWidth(w)
	beside := w >= lessonBeside && left > 0
	body, right := box{0, rows, left, h - rows}, box{left, rows, w - left, h - rows}
	lesson := box{0, 0, w, rows}
	if beside {
		lesson.w = left
		right = box{left, 0, w - left, h}
	}
	m.put(slotLesson, lesson)
	all := m.walk.stage && body.h >= allRows && beside
	switch looks := m.focus == paneLesson || m.focus == paneStage; {
	case all:
		part := share(body.h, 45)
		m.put(slotStage, box{0, body.y, left, part})
		body = box{0, body.y + part, left, body.h - part}
	case m.walk.stage && looks && !beside:
		m.put(slotStage, box{0, rows, w, h - rows})
		return
	case m.walk.stage && looks:
		m.put(slotStage, body)
		m.stackOne(slotRight, slotRightBelow, right, m.split.node)
		return
	}
	m.stackOne(slotLeft, slotLeftBelow, body, m.split.events)
	m.stackOne(slotRight, slotRightBelow, right, m.split.node)
}

// stackOne puts two slots on top of each other, or only one of them where the
// place is low.
func (m *Model) stackOne(upper, lower slot, b box, part float64) {
	switch {
	case b.h >= twoRows || m.shut(upper) || m.shut(lower):
		m.stack(upper, lower, b, part)
	case entryOf(m.focus).slot == lower:
		m.put(lower, b)
	default:
		m.put(upper, b)
	}
}

// available tells whether a pane can have the focus: while a lesson plays also if
// another has its place now.
func (m *Model) available(id ui.ID) bool {
	switch {
	case m.walk == nil && (id == paneLesson || id == paneStage), id == paneStage && !m.walk.stage:
		return false
	case m.walk != nil:
		return !m.hidden[id]
	}
	return m.sole() || !m.hidden[id] && !m.boxOf(entryOf(id).slot).empty()
}

// refocused tells the lesson when the focus has changed: what plays by itself waits for
// whoever has taken the prompt.
func (m *Model) refocused(was ui.ID, cmd tea.Cmd) tea.Cmd {
	if m.walk == nil || was == m.focus {
		return cmd
	}
	return tea.Batch(cmd, m.walk.tell())
}
