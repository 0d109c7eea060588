package shell

import (
	"strings"
	"unicode/utf8"
)

// Suggest is the command of dialect d that somebody may have meant with a name that
// is none: one that differs by a slip of the finger or two. It is "" if there is
// no such command.
func Suggest(d Dialect, name string) string {
	var names []string
	for _, c := range Commands(d) {
		names = append(names, c.Name)
	}
	return Nearest(name, names)
}

// longestName is how much is shown of a name that is none, in bytes.
const longestName = 60

// noSuch is a name that is no command's with the one that may have been meant, and
// where all of them are.
func noSuch(d Dialect, name string) string {
	meant := ""
	if near := Suggest(d, name); near != "" {
		meant = "; is it " + near + "?"
	}
	return OneLine(shortened(name, longestName)) + meant + " (help lists the commands)"
}

// shortened is text cut to n bytes at most, between characters.
func shortened(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

// Nearest is the one of names that somebody may have meant with a name that is none
// of them; "" if there is none.
func Nearest(name string, names []string) string {
	best, least := "", 1+min(2, len(name)/3)
	for _, other := range names {
		if d := len(name) - len(other); d >= least || -d >= least {
			continue // so many slips at least
		}
		if n := slips(strings.ToLower(name), strings.ToLower(other)); n < least {
			best, least = other, n
		}
	}
	return best
}

// slips is how many characters have to be put in, left out, changed or swapped with
// their neighbour to make b of a (the optimal string alignment distance).
func slips(a, b string) int {
	var before, row []int
	next := make([]int, len(b)+1)
	for j := range next {
		next[j] = j
	}
	for i := range len(a) {
		before, row, next = row, next, make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			same := 1
			if a[i] == b[j] {
				same = 0
			}
			next[j+1] = min(row[j]+same, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
	}
	return next[len(b)]
}
