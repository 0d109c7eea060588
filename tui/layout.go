package tui

import (
	"math"

	"zoosh/tui/ui"
)

// A box is a pane's place on the screen, its frame included.
type box struct{ x, y, w, h int }

func (b box) empty() bool { return b.w < 3 || b.h < 3 }

func (b box) holds(x, y int) bool { return x >= b.x && x < b.x+b.w && y >= b.y && y < b.y+b.h }

// areas are where the panes stand. Panes that are hidden have none.
type areas map[ui.ID]box

// at finds the pane at a cell.
func (a areas) at(x, y int) (ui.ID, box, bool) {
	for id, b := range a {
		if !b.empty() && b.holds(x, y) {
			return id, b, true
		}
	}
	return "", box{}, false
}

// splits are where the borders between panes stand, in hundredths of the room.
// They are no whole numbers, or a border could not follow the mouse cell by cell.
type splits struct {
	right  float64 // width of the column with the tree and the node
	events float64 // height of the events pane below the command pane
	node   float64 // height of the node pane below the tree
}

var defaultSplits = splits{right: 38, events: 32, node: 45}

// The least that is of use. Below it the screen says that it is too small.
const (
	minWidth, minHeight   = 30, 8
	soleWidth, soleHeight = 60, 16 // below it one pane is shown at a time
	leftWidth, rightWidth = 30, 28 // at least, of the columns
	bars                  = 2      // status line and keys
)

func (m *Model) tooSmall() bool { return m.width < minWidth || m.height < minHeight }

// sole tells whether only the pane with the focus is shown: it is zoomed, or
// there is no room for more.
func (m *Model) sole() bool { return m.zoomed || m.width < soleWidth || m.height < soleHeight }

// arrange gives each pane its place: the prompt and the events to the left, the
// tree and the node to the right. A pane that is shown alone has it all.
func (m *Model) arrange() {
	m.areas = areas{}
	w, h := m.width, m.height-bars
	if m.tooSmall() {
		return
	}
	if m.sole() {
		m.areas[m.focus] = box{0, 0, w, h}
	} else if !m.shut(slotLesson) {
		m.arrangeLesson(w, h)
	} else {
		left := w - m.rightWidth(w)
		m.stack(slotLeft, slotLeftBelow, box{0, 0, left, h}, m.split.events)
		m.stack(slotRight, slotRightBelow, box{left, 0, w - left, h}, m.split.node)
	}
	if m.areas[m.focus].empty() {
		m.focus = paneCommand
	}
	for id, b := range m.areas {
		if !b.empty() {
			m.panes[id].Resize(b.w-2, b.h-2)
			if id == paneCommand {
				m.columns.Store(int64(b.w - 2))
			}
		}
	}
}

// rightWidth is the width of the right column, 0 if both its panes are hidden.
func (m *Model) rightWidth(w int) int {
	switch {
	case m.shut(slotRight) && m.shut(slotRightBelow):
		return 0
	case m.shut(slotLeft) && m.shut(slotLeftBelow):
		return w
	}
	return ui.Between(rightWidth, share(w, m.split.right), w-leftWidth)
}

// share is that many hundredths of n, rounded.
func share(n int, hundredths float64) int { return int(math.Round(float64(n) * hundredths / 100)) }

// stack puts two slots on top of each other; the lower one gets that share.
func (m *Model) stack(upper, lower slot, b box, part float64) {
	switch {
	case b.w == 0:
	case m.shut(lower):
		m.put(upper, b)
	case m.shut(upper):
		m.put(lower, b)
	default:
		low := ui.Between(4, share(b.h, part), b.h-5)
		m.put(upper, box{b.x, b.y, b.w, b.h - low})
		m.put(lower, box{b.x, b.y + b.h - low, b.w, low})
	}
}
