package profile

import (
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// joined is a key as the map of lines has it: no part of one has that character.
func joined(key []string) string { return strings.Join(key, "\x00") }

// linesOf tells on which line each key and each table of a file begins. The n-th of
// a list of tables is below its name as n. The text has been read without an error.
func linesOf(src []byte) map[string]int {
	lines, count := map[string]int{}, map[string]int{}
	var p unstable.Parser
	p.Reset(src)
	var table []string
	for p.NextExpression() {
		e := p.Expression()
		key, line := keyOf(&p, e)
		switch e.Kind {
		case unstable.Table:
			table = key
		case unstable.ArrayTable:
			n := count[joined(key)]
			count[joined(key)]++
			table = append(key, strconv.Itoa(n))
		case unstable.KeyValue:
			key = append(table[:len(table):len(table)], key...)
			lines[joined(key)] = line
			continue
		default:
			continue
		}
		lines[joined(table)] = line
	}
	return lines
}

// keyOf is the key of an expression and the line where it stands.
func keyOf(p *unstable.Parser, e *unstable.Node) (key []string, line int) {
	if e.Kind != unstable.KeyValue && e.Kind != unstable.Table && e.Kind != unstable.ArrayTable {
		return nil, 0
	}
	for it := e.Key(); it.Next(); {
		if key == nil {
			line = p.Shape(it.Node().Raw).Start.Line
		}
		key = append(key, string(it.Node().Data))
	}
	return key, line
}
