package profile

import (
	"maps"
	"slices"
	"strings"
)

// A Binding gives an action of the TUI other keys. What actions and keys there are is
// known to whoever uses it.
type Binding struct {
	Action string
	Keys   []string
	line   int
}

// BindingError is what is wrong with a binding, with the line where it stands.
func (f *File) BindingError(b Binding, why string) error { return f.errorAt(b.line, why) }

// oneKey is what an action is given.
const oneKey = `a key in quotes, or a list of them, such as ["ctrl+n", "F6"]`

// keys reads the table of keys. A name may be written with its dots outside of quotes, and
// is a table below a table then.
func (r *reader) keys(table map[string]any, above ...string) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		key := append(above[:len(above):len(above)], name)
		b := Binding{Action: strings.Join(key[1:], "."), line: r.lines[joined(key)]}
		switch v := table[name].(type) {
		case string:
			b.Keys = []string{v}
		case map[string]any:
			r.keys(v, key...)
			continue
		case []any:
			for _, one := range v {
				text, ok := one.(string)
				if !ok {
					r.wrong(key, "%s: %s", b.Action, oneKey)
					return
				}
				b.Keys = append(b.Keys, text)
			}
		default:
			r.wrong(key, "%s: %s", b.Action, oneKey)
			return
		}
		r.file.Bindings = append(r.file.Bindings, b)
	}
}
