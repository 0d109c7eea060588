package transcript

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// An ambiguity is between two candidates that contradict each other and nothing else in
// the reading: with either the same number of lines is wrong. So a page that
// passed and was changed in one line may say as much for the change as for what
// was right.
type ambiguity struct {
	kept, lost candidate
	evident    bool // evidence speaks for kept; that need not be proof
}

// rules are those of one kind of values.
type rules struct {
	agree func(a, b candidate) bool
	// misfit is how unlike the run a reading is, apart from contradictions. The
	// candidates are in the order of the run.
	misfit func(chosen []candidate) float64
}

var (
	zxidRules  = rules{inOrder(zxidsRise), zxidMisfit}
	timeRules  = rules{inOrder(timesRise), timeMisfit}
	ownerRules = rules{func(a, b candidate) bool { return (a.page == b.page) == (a.run == b.run) }, ownerMisfit}
)

func inOrder(follows func(a, b candidate) bool) func(a, b candidate) bool {
	return func(a, b candidate) bool { return follows(a, b) || follows(b, a) }
}

// resolve makes a reading of the candidates that were chosen from all: of two
// that exclude each other it takes the one that has the evidence for it.
func (r rules) resolve(all, chosen []candidate) reading {
	if len(chosen) == len(all) {
		return reading{chosen: chosen}
	}
	byRun(chosen)
	for _, c := range all {
		if other, _ := r.instead(chosen, c); other != nil && r.better(other, chosen) {
			chosen = other
		}
	}
	out := reading{chosen: chosen}
	for _, c := range all {
		if other, i := r.instead(chosen, c); other != nil {
			out.ambiguities = append(out.ambiguities, ambiguity{chosen[i], c, r.better(chosen, other)})
		}
	}
	return out
}

// instead is the reading with a candidate in the place of chosen[i], which it
// would do for as well; nil if there is none.
func (r rules) instead(chosen []candidate, c candidate) (other []candidate, i int) {
	i = -1
	for j, d := range chosen {
		switch {
		case d == c || i >= 0 && !r.agree(c, d):
			return nil, -1
		case !r.agree(c, d):
			i = j
		}
	}
	if i < 0 || chosen[i].count != c.count {
		return nil, -1
	}
	other = slices.Clone(chosen)
	other[i] = c
	byRun(other)
	if !consistent(other, r.agree) { // times of several zones: that c agrees with each is not enough
		return nil, -1
	}
	return other, i
}

func byRun(list []candidate) {
	slices.SortFunc(list, func(a, b candidate) int { return cmp.Compare(a.run, b.run) })
}

// better tells whether the evidence is for one reading rather than another. The
// sums may differ by rounding alone.
func (r rules) better(a, b []candidate) bool {
	m, n := r.misfit(a), r.misfit(b)
	return m < n && n-m > 1e-9*n
}

// zxidMisfit compares the distances of neighbouring zxids with those in the run:
// each transaction takes one, so they are the same unless others wrote too. The
// longer the way, the more likely they did, so a difference counts for less.
func zxidMisfit(chosen []candidate) float64 {
	sum := 0.0
	for i := range len(chosen) - 1 {
		a, b := chosen[i], chosen[i+1]
		run := b.run - a.run
		sum += apart(b.page-a.page, run) / float64(run)
	}
	return sum
}

// ownerMisfit compares session ids with those in the run. A server begins with an
// id that is made of its number and the time, and whose last 16 bits are 0, and
// counts up by one for each session: ids that are of one server in the run are as
// far apart in the page, and of an id without such another the 16 bits are the
// same.
func ownerMisfit(chosen []candidate) float64 {
	const counter = 1<<16 - 1
	sum := 0.0
	for i, c := range chosen {
		if i > 0 && chosen[i-1].run&^counter == c.run&^counter {
			sum += apart(c.page-chosen[i-1].page, c.run-chosen[i-1].run)
		} else {
			sum += apart(c.page&counter, c.run&counter)
		}
	}
	return sum
}

// timeMisfit counts the changes of zone. Distances say nothing of times: the run
// is as fast as it can, the page was not.
func timeMisfit(chosen []candidate) float64 {
	sum := 0.0
	for i := range len(chosen) - 1 {
		if chosen[i].clock.zone != chosen[i+1].clock.zone {
			sum++
		}
	}
	return sum
}

// apart is how far two numbers are from each other, either of which may be below 0
// and have wrapped around.
func apart(a, b uint64) float64 { return math.Abs(float64(int64(a - b))) }

// complaint says of an occurrence of one of the two that it contradicts the other.
func (amb ambiguity) complaint(o occurrence) string {
	here, there, likelier := amb.lost, amb.kept, "this one"
	if amb.kept.holds(o) {
		here, there, likelier = amb.kept, amb.lost, "the other"
	}
	a, b := here.text, there.text
	isTime := o.out.field == fieldTime
	if !isTime {
		a, b = o.show(here.page), o.show(there.page)
	}
	var why string
	switch {
	case isTime && here.run == there.run:
		why = fmt.Sprintf("%s here and %s at line %d belong to one zxid", a, b, there.line+1)
	case isTime:
		why = fmt.Sprintf("zxids rise, and times must not fall: %s here and %s at line %d", a, b, there.line+1)
	case here.run == there.run:
		why = fmt.Sprintf("%s here and %s at line %d stand for one value in the run", a, b, there.line+1)
	case here.page == there.page:
		why = fmt.Sprintf("%s here and %s at line %d stand for two values in the run", a, b, there.line+1)
	default:
		why = fmt.Sprintf("%s here and %s at line %d stand for values in the opposite order in the run", a, b, there.line+1)
	}
	why += ": one of the two is wrong"
	if amb.evident {
		why += ", more likely " + likelier
	}
	return why
}
