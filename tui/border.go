package tui

import tea "charm.land/bubbletea/v2"

// A grip is the border that the mouse has taken hold of.
type grip int

const (
	noGrip grip = iota
	gripColumns
	gripEvents // between the prompt and the events
	gripNode   // between the tree and the node
)

// gripAt is the border at a cell: the frames on both its sides belong to it.
func (m *Model) gripAt(x, y int) grip {
	if m.sole() || y >= m.height-bars {
		return noGrip
	}
	for _, pair := range []struct {
		lower, upper slot
		grip         grip
	}{{slotLeftBelow, slotLeft, gripEvents}, {slotRightBelow, slotRight, gripNode}} {
		b := m.boxOf(pair.lower)
		if inner := x > b.x && x < b.x+b.w-1; inner && !b.empty() && !m.boxOf(pair.upper).empty() && (y == b.y || y == b.y-1) {
			return pair.grip
		}
	}
	if left := m.width - m.rightWidth(m.width); left > 0 && left < m.width && (x == left || x == left-1) {
		return gripColumns
	}
	return noGrip
}

// drag moves a border that the mouse has taken hold of; it tells whether the
// event was about that.
func (m *Model) drag(msg tea.MouseMsg) bool {
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseClickMsg:
		m.grip = noGrip
		if at.Button == tea.MouseLeft {
			m.grip = m.gripAt(at.X, at.Y)
		}
		return m.grip != noGrip
	case tea.MouseReleaseMsg:
		held := m.grip != noGrip
		m.grip = noGrip
		return held
	case tea.MouseMotionMsg:
		if m.grip == noGrip {
			return false
		}
		m.pull(at.X, at.Y)
		return true
	}
	return false
}

// pull puts the border that is held to where the mouse is.
func (m *Model) pull(x, y int) {
	h := m.height - bars
	switch m.grip {
	case gripColumns:
		m.split.right = part(m.width-x, m.width)
	case gripEvents:
		m.split.events = part(h-y, h)
	case gripNode:
		m.split.node = part(h-y, h)
	}
	m.split.clamp()
	m.arrange()
}

// part is n of all in hundredths.
func part(n, all int) float64 { return 100 * float64(n) / float64(max(1, all)) }
