package transcript

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// pattern is a line of a page that is not to be taken to the letter.
type pattern struct {
	any bool           // "...": any lines
	re  *regexp.Regexp // else
}

const (
	anyLines   = "..."
	globSuffix = " (glob)"
	reSuffix   = " (re)"
)

// parsePattern reads a line of output; nil is a line to be taken to the letter.
func parsePattern(line string) (*pattern, error) {
	if line == anyLines {
		return &pattern{any: true}, nil
	}
	expr, glob := strings.CutSuffix(line, globSuffix)
	if glob {
		var err error
		if expr, err = globToRegexp(expr); err != nil {
			return nil, err
		}
	} else {
		var re bool
		if expr, re = strings.CutSuffix(line, reSuffix); !re {
			return nil, nil
		}
	}
	if _, err := regexp.Compile(expr); err != nil { // by itself: it may not close our group
		return nil, fmt.Errorf("pattern of the line: %w", err)
	}
	re, err := regexp.Compile(`^(?:` + expr + `)$`)
	if err != nil {
		return nil, fmt.Errorf("pattern of the line: %w", err)
	}
	return &pattern{re: re}, nil
}

func globToRegexp(glob string) (string, error) {
	var b strings.Builder
	b.WriteString(`(?s:`)
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '*':
			b.WriteString(`.*`)
		case '?':
			b.WriteString(`.`)
		case '\\':
			if i++; i == len(glob) {
				return "", fmt.Errorf(`pattern of the line: nothing behind the last \`)
			}
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	b.WriteString(`)`)
	return b.String(), nil
}

// literal writes a line of output so that a page that holds it between fences of
// the given kind means this line and nothing else.
func literal(text, fence string) string {
	plain := text != anyLines && !strings.HasSuffix(text, globSuffix) && !strings.HasSuffix(text, reSuffix) &&
		!prompt.MatchString(text) && !emptyPrompt.MatchString(text) && !closes(text, fence)
	if plain {
		return text
	}
	glob := globEscaper.Replace(text)
	if glob[0] != '\\' {
		glob = `\` + glob // so that the line begins like nothing else
	}
	return glob + globSuffix
}

var globEscaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

// A pairing is a step of the way from what is wanted to what was gotten: want[i]
// became got[j]. A missing side is -1.
type pairing struct {
	i, j int
	same bool // as wanted; also a line that may be left out, or lines for which "..." stands
}

// alignment finds such a way. The prices are 0 or 1.
type alignment struct {
	n, m  int
	same  func(i, j int) bool
	swap  func(i, j int) bool // whether want[i] may be said to have become got[j]
	skip  func(i int) int     // the price of a want[i] that was not gotten
	extra func(j int) int     // the price of a got[j] that was not wanted
	any   func(i int) bool    // whether want[i] stands for any number of gots
	apt   func(i, j int) bool // whether want[i] is where got[j] belongs, if they are the same; nil: always
}

// alignLimit bounds the table of an alignment. What is larger is different as a
// whole.
const alignLimit = 1 << 22

// What a difference costs in the table, and what a line brings that is as wanted:
// of two ways with as many differences the one that keeps more lines is better.
const (
	priceDiffers = 1 << 20
	priceSame    = -1
)

// cheapest is the way with the lowest price. Of equal ones it is the one that
// keeps more of the beginning, so that it is always the same.
func (a *alignment) cheapest() []pairing {
	var head, tail []pairing
	lo, n, m := 0, a.n, a.m
	settled := func(i, j int) bool { return !a.any(i) && a.skip(i) == 1 && a.extra(j) == 1 && a.same(i, j) }
	for lo < n && lo < m && settled(lo, lo) {
		head = append(head, pairing{lo, lo, true})
		lo++
	}
	for n > lo && m > lo && settled(n-1, m-1) {
		n, m = n-1, m-1
		tail = append(tail, pairing{n, m, true})
	}
	slices.Reverse(tail)
	return append(append(head, a.table(lo, n, m)...), tail...)
}

// table finds the way from want[lo:n] to got[lo:m].
func (a *alignment) table(lo, n, m int) []pairing {
	w := m - lo + 1
	if (n-lo+1)*w > alignLimit {
		return a.nothingSame(lo, n, m)
	}
	cost := make([]int, (n-lo+1)*w)
	at := func(i, j int) *int { return &cost[(i-lo)*w+j-lo] }
	for i := n; i >= lo; i-- {
		for j := m; j >= lo; j-- {
			if i < n || j < m {
				c, _ := a.choose(i, j, n, m, at)
				*at(i, j) = c
			}
		}
	}
	var way []pairing
	for i, j := lo, lo; i < n || j < m; {
		_, step := a.choose(i, j, n, m, at)
		way = append(way, step.pairing)
		i, j = step.nextI, step.nextJ
	}
	return way
}

// move is a pairing and where it leads.
type move struct {
	pairing
	nextI, nextJ int
}

// choose picks the cheapest move from (i, j), given what the rest costs.
func (a *alignment) choose(i, j, n, m int, at func(i, j int) *int) (best int, step move) {
	found := false
	try := func(price int, to move) {
		if c := price + *at(to.nextI, to.nextJ); !found || c < best {
			best, step, found = c, to, true
		}
	}
	wildcard := i < n && a.any(i)
	if i < n && j < m && !wildcard && a.same(i, j) {
		price := priceSame
		if a.apt != nil && !a.apt(i, j) {
			price = 0
		}
		try(price, move{pairing{i, j, true}, i + 1, j + 1})
	}
	if wildcard {
		try(0, move{pairing{i, -1, true}, i + 1, j})
		if j < m {
			try(0, move{pairing{i, j, true}, i, j + 1})
		}
	}
	if i < n && !wildcard && a.skip(i) == 0 {
		try(0, move{pairing{i, -1, true}, i + 1, j})
	}
	if j < m && a.extra(j) == 0 {
		try(0, move{pairing{-1, j, true}, i, j + 1})
	}
	if i < n && j < m && !wildcard && a.swap(i, j) {
		try(priceDiffers, move{pairing{i, j, false}, i + 1, j + 1})
	}
	if i < n && !wildcard && a.skip(i) == 1 {
		try(priceDiffers, move{pairing{i, -1, false}, i + 1, j})
	}
	if j < m && a.extra(j) == 1 {
		try(priceDiffers, move{pairing{-1, j, false}, i, j + 1})
	}
	return best, step
}

func (a *alignment) nothingSame(lo, n, m int) []pairing {
	var way []pairing
	for i := lo; i < n; i++ {
		way = append(way, pairing{i, -1, a.skip(i) == 0})
	}
	for j := lo; j < m; j++ {
		way = append(way, pairing{-1, j, a.extra(j) == 0})
	}
	return way
}
