package ui

// Pushed is rows with one more, within store: what is dropped from the front of
// rows makes room behind them. With append alone they would move into new memory
// again and again, and events come by the hundred thousand a second.
func Pushed[T any](store *[]T, rows []T, row T) []T {
	if len(rows) == cap(rows) {
		if len(*store) < 2*len(rows)+1 {
			*store = make([]T, 2*len(rows)+8)
		}
		n := copy(*store, rows)
		clear((*store)[n:]) // let go of what has moved
		rows = (*store)[:n]
	}
	return append(rows, row)
}
