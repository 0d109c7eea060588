package shell

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// compare shows what became of a znode since it was looked at last.
func (f *follower) compare(path string, now *seen) error {
	was := f.known[path]
	f.remember(path, now)
	switch {
	case was == nil && now == nil:
		return nil
	case was == nil:
		return f.show(change{Change: "created", Path: path, after: now})
	case now == nil:
		return f.show(change{Change: "deleted", Path: path, before: was})
	case was.stat == nil || now.stat == nil:
		return nil // may not be read
	case was.stat.Czxid != now.stat.Czxid:
		if err := f.show(change{Change: "deleted", Path: path, before: was}); err != nil {
			return err
		}
		return f.show(change{Change: "created", Path: path, after: now})
	}
	if was.stat.Mzxid != now.stat.Mzxid {
		if err := f.show(change{Change: "changed", Path: path, before: was, after: now}); err != nil {
			return err
		}
	}
	if added, removed := differences(was.children, now.children); len(added)+len(removed) > 0 {
		return f.show(change{Change: "children", Path: path, Added: added, Removed: removed})
	}
	return nil
}

// differences are the names that are only in the second list, and only in the
// first.
func differences(before, after []string) (added, removed []string) {
	had := map[string]bool{}
	for _, name := range before {
		had[name] = true
	}
	for _, name := range after {
		if !had[name] {
			added = append(added, name)
		}
		delete(had, name)
	}
	slices.Sort(added)
	return added, slices.Sorted(maps.Keys(had))
}

// sortedPaths are the paths of both, a parent before what is below it.
func sortedPaths(a, b map[string]*seen) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// A change is what watch shows, a line each. In JSON, Change is created, changed,
// deleted or children.
type change struct {
	Time          string    `json:"time"`
	Change        string    `json:"change"`
	Path          string    `json:"path"`
	Before        *jsonData `json:"before,omitempty"`
	After         *jsonData `json:"after,omitempty"`
	Version       *int32    `json:"dataVersion,omitempty"`
	Added         []string  `json:"added,omitempty"`
	Removed       []string  `json:"removed,omitempty"`
	before, after *seen
	at            time.Time
}

func (ch *change) text(w *textOut) {
	w.outln("%s %-8s %s%s", ch.at.Format("15:04:05.000"), ch.Change, ch.Path, ch.details())
}

func (ch *change) objects() iter.Seq[any] {
	object := *ch
	object.Time = jsonTime(ch.at.UnixMilli())
	if ch.before != nil {
		d := dataJSON(ch.before.data)
		object.Before = &d
	}
	if ch.after != nil {
		d := dataJSON(ch.after.data)
		object.After = &d
		if st := ch.after.stat; st != nil {
			object.Version = &st.Version
		}
	}
	return one(object)
}

func (f *follower) show(ch change) error {
	ch.at = time.Now()
	if err := f.c.yield(&ch); err != nil {
		return err
	}
	if f.shown++; f.shown == f.most {
		return errEnough
	}
	return nil
}

// details are what changed, in words.
func (ch *change) details() string {
	switch ch.Change {
	case "created":
		return "  " + shorten(ch.after.data) + owner(ch.after)
	case "deleted":
		return "  " + shorten(ch.before.data) + owner(ch.before)
	case "changed":
		text := "  " + changedText(ch.before.data, ch.after.data)
		if was, now := ch.before.stat.Version, ch.after.stat.Version; now != was+1 {
			text += fmt.Sprintf("  (version %d → %d)", was, now)
		}
		return text
	}
	return names("+", ch.Added) + names("-", ch.Removed)
}

func owner(s *seen) string {
	if s.stat == nil || s.stat.EphemeralOwner == 0 {
		return ""
	}
	return "  (ephemeral of " + hex(s.stat.EphemeralOwner) + ")"
}

const (
	shownData  = 60 // bytes of data in a line of watch or diff
	shownNames = 10 // names of children
)

// shorten shows data within a line.
func shorten(data []byte) string {
	if data == nil {
		return "null"
	}
	form, cut := "%q", data[:min(len(data), shownData)]
	if utf8.Valid(data) {
		for !utf8.Valid(cut) { // a character was cut through
			cut = cut[:len(cut)-1]
		}
	} else {
		form, cut = "0x%x", data[:min(len(data), shownData/2)]
	}
	text := fmt.Sprintf(form, cut)
	if len(cut) < len(data) {
		text += fmt.Sprintf("… (%d bytes)", len(data))
	}
	return text
}

func names(sign string, all []string) string {
	var b strings.Builder
	for i, name := range all {
		if i == shownNames {
			fmt.Fprintf(&b, " and %d more", len(all)-i)
			break
		}
		b.WriteString(" " + sign + name)
	}
	return b.String()
}
