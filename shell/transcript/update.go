package transcript

import (
	"cmp"
	"slices"
	"strings"
)

// edit is what is to become of a line of a page.
type edit struct {
	replace *string
	drop    bool
	after   []insertion
}

// insertion is a line that is to follow another, or an event.
type insertion struct {
	rank   int
	event  bool
	block  string // the session of a new block around it; "" for none
	prefix string
	fence  string
	text   string
}

// Update is the page with the lines that differ as they were in the run. Everything
// else stays to the byte. A page that passed comes back as it is. Of two lines that
// are shown because they contradict each other, it rewrites only one: the one that
// the evidence is against, or else the later.
func Update(page *Page, result *Result) []byte {
	u := &updater{eol: "\n"}
	u.b.WriteString(page.mark)
	begins := map[int]bool{} // the lines behind which an event needs no blank one
	for _, b := range page.Blocks {
		begins[b.Line-1] = true
	}
	for _, s := range page.Steps {
		for _, l := range s.Output {
			begins[l.Number-1] = l.role == rolePrompt
		}
	}
	for i, l := range page.lines {
		e := result.edits[i]
		if e == nil {
			e = &edit{}
		}
		content := l.text[l.prefix:]
		switch {
		case e.replace != nil:
			u.b.WriteString(l.text[:l.prefix] + *e.replace + l.eol)
			u.apart = *e.replace == ""
		case !e.drop:
			u.b.WriteString(l.text + l.eol)
			u.apart = content == "" || begins[i]
		}
		if len(e.after) == 0 {
			continue
		}
		if u.eol = l.eol; u.eol == "" { // the last line of the file
			u.eol = page.lines[max(i-1, 0)].eol
			u.b.WriteString(u.eol)
		}
		slices.SortStableFunc(e.after, func(a, b insertion) int { return cmp.Compare(a.rank, b.rank) })
		u.insert(e.after)
		last := e.after[len(e.after)-1]
		if next := i + 1; last.event && last.block == "" && next < len(page.lines) &&
			page.lines[next].text[page.lines[next].prefix:] == eventHead {
			u.line(last.prefix, "")
		}
	}
	return []byte(u.b.String())
}

// updater writes a page.
type updater struct {
	b     strings.Builder
	eol   string
	apart bool // an event can follow without a blank line between
}

func (u *updater) insert(all []insertion) {
	for i, ins := range all {
		if ins.block != "" && (i == 0 || all[i-1].block != ins.block) {
			u.line(ins.prefix, "")
			u.line(ins.prefix, ins.fence+"zk "+ins.block)
			u.apart = true
		}
		if ins.event {
			if !u.apart {
				u.line(ins.prefix, "")
			}
			u.line(ins.prefix, eventHead)
			u.line(ins.prefix, "")
		}
		u.line(ins.prefix, ins.text)
		if ins.block != "" && (i == len(all)-1 || all[i+1].block != ins.block) {
			u.line(ins.prefix, ins.fence)
		}
	}
}

func (u *updater) line(prefix, text string) {
	u.apart = text == ""
	if text == "" {
		prefix = strings.TrimRight(prefix, " \t")
	}
	u.b.WriteString(prefix + text + u.eol)
}
