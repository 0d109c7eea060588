package ui

// A List is where somebody is among rows: which one is selected and which are on
// the screen. While it follows that is the last ones.
type List struct {
	Follow   bool
	Top, Sel int
}

// Settle brings the position within n rows, of which room fit on the screen.
func (l *List) Settle(n, room int) {
	if l.Follow {
		l.Sel = n - 1
		l.Top = n - room
	}
	l.Sel = Between(0, l.Sel, max(0, n-1))
	l.Top = Between(0, l.Top, max(0, n-room))
}

// At is the row that is selected, -1 if there is none.
func (l *List) At(n int) int {
	if l.Follow {
		return n - 1
	}
	return min(l.Sel, n-1)
}

// Move moves the selection, and the rows as far as they must for it.
func (l *List) Move(by, n, room int) {
	l.Settle(n, room)
	l.Sel = Between(0, l.Sel+by, max(0, n-1))
	l.Top = Between(l.Sel-room+1, l.Top, l.Sel)
	l.Follow = l.Sel == n-1
}

// Scroll moves the rows, and the selection as far as it must to stay in sight.
func (l *List) Scroll(by, n, room int) {
	l.Settle(n, room)
	l.Top = Between(0, l.Top+by, max(0, n-room))
	l.Sel = Between(l.Top, l.Sel, l.Top+room-1)
	l.Follow = by > 0 && l.Top+room >= n
}

// Point selects a row of the screen.
func (l *List) Point(y, n, room int) {
	l.Settle(n, room)
	if l.Top+y < n {
		l.Sel = l.Top + y
		l.Follow = l.Sel == n-1
	}
}

// Shift keeps the position on its rows when some have gone from the front.
func (l *List) Shift(by int) {
	l.Top, l.Sel = max(0, l.Top-by), max(0, l.Sel-by)
}
