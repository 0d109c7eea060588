package tui

// A list is where somebody is among rows: which one is selected and which are on
// the screen. While it follows that is the last ones.
type list struct {
	follow   bool
	top, sel int
}

// settle brings the position within n rows, of which room fit on the screen.
func (l *list) settle(n, room int) {
	if l.follow {
		l.sel = n - 1
		l.top = n - room
	}
	l.sel = between(0, l.sel, max(0, n-1))
	l.top = between(0, l.top, max(0, n-room))
}

// at is the row that is selected, -1 if there is none.
func (l *list) at(n int) int {
	if l.follow {
		return n - 1
	}
	return min(l.sel, n-1)
}

// move moves the selection, and the rows as far as they must for it.
func (l *list) move(by, n, room int) {
	l.settle(n, room)
	l.sel = between(0, l.sel+by, max(0, n-1))
	l.top = between(l.sel-room+1, l.top, l.sel)
	l.follow = l.sel == n-1
}

// scroll moves the rows, and the selection as far as it must to stay in sight.
func (l *list) scroll(by, n, room int) {
	l.settle(n, room)
	l.top = between(0, l.top+by, max(0, n-room))
	l.sel = between(l.top, l.sel, l.top+room-1)
	l.follow = by > 0 && l.top+room >= n
}

// point selects a row of the screen.
func (l *list) point(y, n, room int) {
	l.settle(n, room)
	if l.top+y < n {
		l.sel = l.top + y
		l.follow = l.sel == n-1
	}
}

// shift keeps the position on its rows when some have gone from the front.
func (l *list) shift(by int) {
	l.top, l.sel = max(0, l.top-by), max(0, l.sel-by)
}
