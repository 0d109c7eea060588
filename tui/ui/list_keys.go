package ui

import "slices"

// A Move is what a key does in a list, or in text that is scrolled. Help has these, too.
type Move struct {
	Title string
	Keys  []string
	by    func(n, room int) int
}

// listKeys are the keys of lists.
var listKeys = []Move{
	{"Up", []string{"up", "k"}, func(int, int) int { return -1 }},
	{"Down", []string{"down", "j"}, func(int, int) int { return 1 }},
	{"A page up", []string{"pgup", "b"}, func(_, room int) int { return -room }},
	{"A page down", []string{"pgdown"}, func(_, room int) int { return room }},
	{"To the first", []string{"home", "g"}, func(n, _ int) int { return -n }},
	{"To the last", []string{"end", "G"}, func(n, _ int) int { return n }},
}

// ListPlace is where moves work, as help has it.
const ListPlace = "In a list, and in what is only read"

// MovedBy is by how many of n rows a key moves, of which room are on the screen; ok is
// false for a key that moves nothing.
func MovedBy(key string, n, room int) (by int, ok bool) {
	moves := KeysInUse().Moves
	for i := range moves {
		if slices.Contains(moves[i].Keys, key) {
			return moves[i].by(n, room), true
		}
	}
	return 0, false
}

// Key moves the selection among n rows, of which room are on the screen; handled is
// false for a key that means nothing to a list.
func (l *List) Key(key string, n, room int) (handled bool) {
	by, ok := MovedBy(key, n, room)
	if ok {
		l.Move(by, n, room)
	}
	return ok
}
