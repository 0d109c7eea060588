// Package english writes numbers with what they count, for people to read: one of a
// thing is named in the singular, none and several in the plural. The number is in
// decimal, without separators. It stands on nothing but the standard library.
package english

import "strconv"

// Count is a number with a noun that takes an s: "1 znode", "3 znodes", "0 znodes".
// noun is the singular; words before it, as in "more word", stay as they are.
func Count(n int, noun string) string { return CountOf(n, noun, noun+"s") }

// CountOf is a number with the words that go with one thing, and with any other number
// of them: "1 line waits", "2 lines wait".
func CountOf(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return strconv.Itoa(n) + " " + many
}
