package transcript

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// An occurrence is a place where a value of the page stands for one of the run.
type occurrence struct {
	line int // index in Page.lines
	out  outLine
	text string // the page's value
	page uint64 // the same as a number; not of times
}

// candidate is a pair of values that occurs at least once. The numbers are zxids
// or session ids; of a time, run is the zxid that it belongs to.
type candidate struct {
	page, run uint64
	text      string // of a time
	clock     clock  // of a time in the page
	ran       clock  // of that time in the run
	line      int    // where it occurs first
	count     int    // of occurrences
	weight    int64
}

// holds tells whether an occurrence, of the candidate's kind, is one of it.
func (c candidate) holds(o occurrence) bool {
	if o.out.field == fieldTime {
		return c.run == o.out.zxid && c.text == o.text
	}
	return c.run == o.out.value && c.page == o.page
}

// A reading says of one kind of values which candidates hold.
type reading struct {
	chosen      []candidate
	ambiguities []ambiguity
}

// bindings is what the values of a page stand for.
type bindings struct {
	zxids  reading // rising
	owners reading
	times  reading // by zxid
	ran    map[uint64]string
}

// bind finds the reading of a page that leaves the fewest lines wrong, and of
// several such the one that has the evidence for it, or else comes first. The
// occurrences are in the order of the page.
func bind(occs []occurrence) *bindings {
	b := &bindings{ran: map[uint64]string{}}
	type key struct {
		kind field
		page uint64
		run  uint64
		text string
	}
	index := map[key]int{}
	var zxids, owners, times []candidate
	for n, o := range occs {
		c := candidate{page: o.page, run: o.out.value, line: o.line}
		list, kind := &zxids, fieldZxid
		switch o.out.field {
		case fieldOwner:
			list, kind = &owners, fieldOwner
		case fieldTime:
			var ok bool
			c.run, c.text = o.out.zxid, o.text
			c.ran, _ = parseClock(o.out.own())
			if _, seen := b.ran[c.run]; !seen {
				b.ran[c.run] = o.out.own()
			}
			if c.clock, ok = parseClock(o.text); !ok {
				continue
			}
			list, kind = &times, fieldTime
		}
		// Of equally many occurrences the earlier ones count more.
		total := int64(len(occs))
		weight := total*total + total - int64(n)
		k := key{kind, c.page, c.run, c.text}
		if i, seen := index[k]; seen {
			(*list)[i].weight += weight
			(*list)[i].count++
			continue
		}
		index[k] = len(*list)
		c.weight, c.count = weight, 1
		*list = append(*list, c)
	}
	b.zxids = zxidRules.resolve(zxids, heaviest(zxids, zxidsRise))
	b.times = timeRules.resolve(times, heaviest(times, timesRise))
	b.owners = ownerRules.resolve(owners, oneToOne(slices.Clone(owners)))
	return b
}

func zxidsRise(a, b candidate) bool { return a.page < b.page && a.run < b.run }

// timesRise tells whether the times of two zxids, the first of which is the
// lower, agree: with each other in the page as well as with those of the run.
func timesRise(a, b candidate) bool {
	if a.run >= b.run {
		return false
	}
	page, known := a.clock.compare(b.clock)
	run, knownToo := a.ran.compare(b.ran)
	switch {
	case !known || !knownToo || page == 0:
		return true
	case page < 0:
		return run <= 0 // the page rises: the run must not fall
	}
	return run > 0 // the page falls: only as the run, whose clock was set back
}

// heaviest picks the chain of candidates in which each follows the one before,
// with the greatest weight.
func heaviest(all []candidate, follows func(a, b candidate) bool) []candidate {
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.page, b.page))
	})
	if len(all) == 0 || consistent(all, follows) {
		return all
	}
	total := make([]int64, len(all))
	before := make([]int, len(all))
	last := 0
	for i, c := range all {
		before[i] = -1
		for j := range i {
			if follows(all[j], c) && total[j] > total[i] {
				total[i], before[i] = total[j], j
			}
		}
		total[i] += c.weight
		if total[i] > total[last] {
			last = i
		}
	}
	var chain []candidate
	for i := last; i >= 0; i = before[i] {
		chain = append(chain, all[i])
	}
	slices.Reverse(chain)
	return chain
}

func consistent(all []candidate, follows func(a, b candidate) bool) bool {
	for i := range len(all) - 1 {
		if !follows(all[i], all[i+1]) {
			return false
		}
	}
	return true
}

// complaint says why an occurrence contradicts the reading; "" if it does not. It
// is ambiguous if it is in the reading, but another could be in its place.
func (b *bindings) complaint(o occurrence) (why string, ambiguous bool) {
	r, complain := &b.zxids, contradiction
	switch o.out.field {
	case fieldTime:
		if why := b.timeComplaint(o); why != "" {
			return why, false
		}
		r, complain = &b.times, falls
	case fieldOwner:
		r = &b.owners
	}
	for _, amb := range r.ambiguities {
		if kept := amb.kept.holds(o); kept || amb.lost.holds(o) {
			return amb.complaint(o), kept
		}
	}
	return complain(r.chosen, o), false
}

// show writes a number as it stands in a line such as the one of o.
func (o occurrence) show(v uint64) string {
	if o.out.field == fieldEvent {
		return strconv.FormatUint(v, 10)
	}
	return "0x" + strconv.FormatUint(v, 16)
}

func contradiction(chosen []candidate, o occurrence) string {
	show := o.show
	var below, above *candidate
	for i, c := range chosen {
		switch {
		case c.holds(o):
			return ""
		case c.page == o.page:
			return fmt.Sprintf("%s stands for %s at line %d, here it would stand for %s",
				show(c.page), show(c.run), c.line+1, show(o.out.value))
		case c.run == o.out.value:
			return fmt.Sprintf("%s stands for %s at line %d, here %s would stand for it",
				show(c.page), show(c.run), c.line+1, show(o.page))
		case c.run < o.out.value:
			below = &chosen[i]
		case above == nil:
			above = &chosen[i]
		}
	}
	switch {
	case below != nil && below.page > o.page:
		return fmt.Sprintf("%s is from before %s (line %d), but would stand for something later",
			show(o.page), show(below.page), below.line+1)
	case above != nil && above.page < o.page:
		return fmt.Sprintf("%s is from after %s (line %d), but would stand for something earlier",
			show(o.page), show(above.page), above.line+1)
	}
	return "it contradicts the other values of the page"
}

// timeComplaint says what is wrong with a time whatever the others are.
func (b *bindings) timeComplaint(o occurrence) string {
	if _, ok := parseClock(o.text); !ok {
		return "this is no time as zkCli prints it"
	}
	if ran := b.ran[o.out.zxid]; ran != o.out.own() {
		return fmt.Sprintf("in the run the same zxid has another time elsewhere: %s", ran)
	}
	return ""
}

// falls says why a time contradicts those that were chosen.
func falls(chosen []candidate, o occurrence) string {
	var near *candidate
	for i, c := range chosen {
		switch {
		case c.holds(o):
			return ""
		case c.run == o.out.zxid:
			return fmt.Sprintf("the same zxid has another time at line %d: %s", c.line+1, c.text)
		case c.run < o.out.zxid || near == nil:
			near = &chosen[i]
		}
	}
	if near == nil {
		return "it contradicts the other times of the page"
	}
	return fmt.Sprintf("zxids rise, and times must not fall: line %d has %s", near.line+1, near.text)
}
