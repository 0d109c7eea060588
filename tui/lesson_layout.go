package tui

import "zoosh/tui/ui"

// While a lesson plays its pane is above the others, and the stage, if it is on,
// below it. Where not all fit, panes share a place: the one with the focus has it.

// lessonBeside is the width from which the tree stands beside the lesson, not
// below it; two panes on top of each other need twoRows, with the stage allRows.
const (
	lessonBeside = 100
	twoRows      = 16
	allRows      = 40
)

// here tells whether a pane is there at all.
func (m *Model) here(id ui.ID) bool {
	g, sometimes := m.panes[id].(ui.Guest)
	return !sometimes || g.Here()
}

func (m *Model) arrangeLesson(w, h int) {
	rows, left := h, w-m.rightWidth(w)
	if p, ok := m.panes[paneLesson].(ui.Measurer); ok {
		rows = p.Height(h)
	}
	stage := !m.shut(slotStage)
	beside := w >= lessonBeside && left > 0
	body, right := box{0, rows, left, h - rows}, box{left, rows, w - left, h - rows}
	lesson := box{0, 0, w, rows}
	if beside {
		lesson.w = left
		right = box{left, 0, w - left, h}
	}
	m.put(slotLesson, lesson)
	all := stage && body.h >= allRows && beside
	switch looks := m.focus == paneLesson || m.focus == paneStage; {
	case all:
		part := share(body.h, 45)
		m.put(slotStage, box{0, body.y, left, part})
		body = box{0, body.y + part, left, body.h - part}
	case stage && looks && !beside:
		m.put(slotStage, box{0, rows, w, h - rows})
		return
	case stage && looks:
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
	case !m.here(id):
		return false
	case m.here(paneLesson):
		return !m.hidden[id]
	}
	return m.sole() || !m.hidden[id] && !m.boxOf(entryOf(id).slot).empty()
}
