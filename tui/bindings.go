package tui

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"zoosh/shell"
	"zoosh/tui/ui"
)

// A Binding gives an action other keys than its own, by its name on the manual's page of
// keys. Without keys it can be reached by the palette alone.
type Binding struct {
	Action string
	Keys   []string // as people write them: ctrl+n, ^N, M-x, F6, Enter
}

// A BindingError is what is wrong with a binding.
type BindingError struct {
	At  int // which one
	Why string
}

func (e *BindingError) Error() string { return e.Why }

// A bindable is something that has keys, by the name that a binding calls it.
type bindable struct {
	name, place string // two in one place must not have the same key
	keys        *[]string
}

// bindables are all that keys can be given.
func (m *Model) bindables(keymap *ui.Keymap) []bindable {
	var all []bindable
	for _, a := range m.actions {
		if a.Title != "" {
			all = append(all, bindable{actionName(a), string(a.In) + "/" + string(a.Mode), &a.Keys})
		}
	}
	for i := range keymap.Edits {
		e := &keymap.Edits[i]
		all = append(all, bindable{typingName(e), "typing", &e.Keys})
	}
	for i := range keymap.Moves {
		e := &keymap.Moves[i]
		all = append(all, bindable{listName(e), "list", &e.Keys})
	}
	return all
}

// actionName is what a binding calls an action.
func actionName(a *ui.Action) string {
	name := slug(a.Title)
	if a.Mode != ui.Normal {
		name = strings.TrimPrefix(slug(string(a.Mode)), "while-") + "." + name
	}
	if a.In != ui.Anywhere {
		name = strings.ToLower(string(a.In)) + "." + name
	}
	return name
}

func typingName(e *ui.Edit) string { return "typing." + slug(e.Title) }

func listName(m *ui.Move) string { return "list." + slug(m.Title) }

// slug is the first part of a title as a name: its words with hyphens between them.
func slug(title string) string {
	if i := strings.IndexAny(title, ";,"); i > 0 {
		title = title[:i]
	}
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "-")
}

// bind gives actions other keys.
func (m *Model) bind(bindings []Binding) error {
	if len(bindings) == 0 {
		return nil
	}
	keymap := ui.DefaultKeymap()
	all := m.bindables(keymap)
	at := make([]*bindable, len(bindings))
	for i, b := range bindings {
		k := slices.IndexFunc(all, func(a bindable) bool { return a.name == b.Action })
		if k < 0 {
			return &BindingError{i, unknownAction(b.Action, all)}
		}
		keys := []string{} // of its own: the default ones are shared
		for _, text := range b.Keys {
			key, ok := ui.ParseKey(text)
			if !ok {
				return &BindingError{i, fmt.Sprintf("%q is no key: ctrl+n, alt+x, F6, Enter or a character is", text)}
			}
			keys = append(keys, key)
		}
		*all[k].keys, at[i] = keys, &all[k]
	}
	for i, b := range at {
		if why := clash(b, all); why != "" {
			return &BindingError{i, why}
		}
	}
	ui.UseKeys(keymap)
	return nil
}

// clash says which other action of the same place has a key of this one.
func clash(b *bindable, all []bindable) string {
	for i := range all {
		o := &all[i]
		if o.place != b.place || o.name == b.name {
			continue
		}
		for _, key := range *b.keys {
			if slices.Contains(*o.keys, key) {
				return fmt.Sprintf("%s is the key of %s, too: give that another one", ui.KeyName(key), o.name)
			}
		}
	}
	return ""
}

// unknownAction says that there is no such action, and which was meant, perhaps.
func unknownAction(name string, all []bindable) string {
	var names []string
	for _, a := range all {
		names = append(names, a.name)
	}
	text := fmt.Sprintf("there is no action %q", name)
	if near := shell.Nearest(name, names); near != "" {
		return text + "; did you mean " + near + "?"
	}
	return text + ": zoosh man keys lists them"
}
