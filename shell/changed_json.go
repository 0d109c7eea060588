package shell

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"
)

// changedJSON shows the paths that differ of two JSON documents: retries: 3 → 4. ok is
// false if they are not both objects, or both arrays.
func changedJSON(before, after []byte) (text string, ok bool) {
	a, b := document(before), document(after)
	if a == nil || b == nil || reflect.TypeOf(a) != reflect.TypeOf(b) {
		return "", false
	}
	var d jsonDiff
	d.compare("", a, b)
	switch {
	case len(d.changes) > 0:
		return joined(d.changes), true
	case bytes.Equal(before, after):
		return "", false
	}
	return "the same JSON, written otherwise: " + differing(before, after), true
}

// document is an object or an array; nil if the data is none, or is no text that
// Go's reader and everybody else's understand alike.
func document(data []byte) any {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' || !utf8.Valid(data) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(trimmed))
	d.UseNumber() // 1 and 1.0 are written otherwise, and large ones keep their digits
	var v any
	if d.Decode(&v) != nil || d.InputOffset() != int64(len(trimmed)) {
		return nil
	}
	return v
}

// A jsonDiff gathers what differs, a text for each path. There may be many: after some
// of them they are only counted, as joined does it.
type jsonDiff struct {
	changes []string
	depth   int
}

// jsonDepth is how deep differences are looked for: below it values are shown whole, as
// far as a line goes.
const jsonDepth = 50

// add notes a change; how it looks is only asked if it will be shown.
func (d *jsonDiff) add(text func() string) {
	shown := ""
	if len(d.changes) < shownNames {
		shown = text()
	}
	d.changes = append(d.changes, shown)
}

func (d *jsonDiff) compare(path string, a, b any) {
	d.depth++
	defer func() { d.depth-- }()
	switch was := a.(type) {
	case map[string]any:
		if now, same := b.(map[string]any); same && d.depth <= jsonDepth {
			d.objects(path, was, now)
			return
		}
	case []any:
		if now, same := b.([]any); same && d.depth <= jsonDepth {
			d.arrays(path, was, now)
			return
		}
	case string:
		if now, same := b.(string); same && was != now && (len(was) > shownData || len(now) > shownData) {
			d.add(func() string { return path + ": " + differing([]byte(was), []byte(now)) })
			return
		}
	}
	if !reflect.DeepEqual(a, b) {
		d.add(func() string { return path + ": " + jsonText(a) + " → " + jsonText(b) })
	}
}

func (d *jsonDiff) objects(path string, a, b map[string]any) {
	all := maps.Clone(a)
	maps.Copy(all, b)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		was, had := a[key]
		now, has := b[key]
		below := keyBelow(path, key)
		switch {
		case !has:
			d.add(func() string { return "-" + below + ": " + jsonText(was) })
		case !had:
			d.add(func() string { return "+" + below + ": " + jsonText(now) })
		default:
			d.compare(below, was, now)
		}
	}
}

// arrays leaves out what is the same at the beginning and at the end: what was put in
// between others is one change.
func (d *jsonDiff) arrays(path string, a, b []any) {
	from, both := 0, min(len(a), len(b))
	for from < both && reflect.DeepEqual(a[from], b[from]) {
		from++
	}
	endA, endB := len(a), len(b)
	for endA > from && endB > from && reflect.DeepEqual(a[endA-1], b[endB-1]) {
		endA, endB = endA-1, endB-1
	}
	for i := from; i < max(endA, endB); i++ {
		below := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case i >= endB:
			d.add(func() string { return "-" + below + ": " + jsonText(a[i]) })
		case i >= endA:
			d.add(func() string { return "+" + below + ": " + jsonText(b[i]) })
		default:
			d.compare(below, a[i], b[i])
		}
	}
}

// plainKey is a key that needs no quotes in a path.
var plainKey = regexp.MustCompile(`^[\pL_$][\pL\pN_$-]*$`)

func keyBelow(path, key string) string {
	switch {
	case len(key) > shownData || !plainKey.MatchString(key):
		return path + "[" + shorten([]byte(key)) + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

// jsonText is a value in a line: not the whole of one that is long.
func jsonText(v any) string {
	if s, ok := v.(string); ok {
		return shorten([]byte(s))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "?"
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if len(text) <= shownData {
		return string(text)
	}
	cut := text[:shownData]
	for !utf8.Valid(cut) {
		cut = cut[:len(cut)-1]
	}
	return string(cut) + "… (" + strconv.Itoa(len(text)) + " bytes)"
}
