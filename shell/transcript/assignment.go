package transcript

import (
	"maps"
	"slices"
)

// oneToOne picks candidates so that no value occurs twice on either side, with the
// greatest weight: the assignment problem, solved as Kuhn and Munkres do. A page
// has few sessions.
func oneToOne(all []candidate) []candidate {
	rows, cols := map[uint64]int{}, map[uint64]int{}
	for _, c := range all {
		if _, seen := rows[c.run]; !seen {
			rows[c.run] = len(rows) + 1
		}
		if _, seen := cols[c.page]; !seen {
			cols[c.page] = len(cols) + 1
		}
	}
	if len(rows) == len(all) && len(cols) == len(all) {
		return all
	}
	n, m := len(rows), len(cols)+len(rows) // a row may go without: it has a column for that
	cost := make([][]int64, n+1)
	for i := range cost {
		cost[i] = make([]int64, m+1)
	}
	for _, c := range all {
		cost[rows[c.run]][cols[c.page]] = -c.weight
	}
	rowOf := cheapestRows(cost, n, m)
	return slices.DeleteFunc(all, func(c candidate) bool { return rowOf[cols[c.page]] != rows[c.run] })
}

// cheapestRows gives each of n rows a column of its own among m, n <= m, at the
// lowest cost in all: the row of each column, 0 if none. Row and column 0 are
// not among them.
func cheapestRows(cost [][]int64, n, m int) []int {
	const infinite = int64(1) << 62
	u, v := make([]int64, n+1), make([]int64, m+1)
	rowOf, from := make([]int, m+1), make([]int, m+1)
	for i := 1; i <= n; i++ {
		rowOf[0] = i
		at := 0
		least, used := make([]int64, m+1), make([]bool, m+1)
		for j := range least {
			least[j] = infinite
		}
		for rowOf[at] != 0 {
			used[at] = true
			row, delta, next := rowOf[at], infinite, 0
			for j := 1; j <= m; j++ {
				if used[j] {
					continue
				}
				if c := cost[row][j] - u[row] - v[j]; c < least[j] {
					least[j], from[j] = c, at
				}
				if least[j] < delta {
					delta, next = least[j], j
				}
			}
			for j := 0; j <= m; j++ {
				if used[j] {
					u[rowOf[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			at = next
		}
		for at != 0 {
			rowOf[at] = rowOf[from[at]]
			at = from[at]
		}
	}
	return rowOf
}

// An assignment says which value of the page stands for each value of the run.
type assignment struct {
	zxids, owners map[uint64]uint64
	times         map[uint64]string
}

// assign extends the reading to all values in lines. Values that have none in the
// page yet keep their own if that fits between the others. If nothing fits, the
// values above give way.
func (b *bindings) assign(lines []outLine) *assignment {
	a := &assignment{map[uint64]uint64{}, map[uint64]uint64{}, map[uint64]string{}}
	zxids, owners, times := map[uint64]bool{}, map[uint64]bool{}, map[uint64]string{}
	for _, l := range lines {
		switch l.field {
		case fieldZxid, fieldEvent:
			zxids[l.value] = true
		case fieldOwner:
			owners[l.value] = true
		case fieldTime:
			if _, seen := times[l.zxid]; !seen {
				times[l.zxid] = l.own()
			}
		}
	}
	a.assignZxids(b.zxids.chosen, slices.Sorted(maps.Keys(zxids)))
	a.assignOwners(b.owners.chosen, slices.Sorted(maps.Keys(owners)))
	a.assignTimes(b.times.chosen, times)
	return a
}

func (a *assignment) assignZxids(chosen []candidate, runs []uint64) {
	var last uint64
	next := 0
	for _, run := range runs {
		for next < len(chosen) && chosen[next].run < run {
			next++
		}
		value := last + 1
		switch {
		case next < len(chosen) && chosen[next].run == run:
			value = max(chosen[next].page, last+1)
		case run > last && (next == len(chosen) || run < chosen[next].page):
			value = run
		}
		a.zxids[run], last = value, value
	}
}

func (a *assignment) assignOwners(chosen []candidate, runs []uint64) {
	taken := map[uint64]bool{}
	for _, c := range chosen {
		a.owners[c.run] = c.page
		taken[c.page] = true
	}
	for _, run := range runs {
		if _, done := a.owners[run]; done {
			continue
		}
		value := run
		for taken[value] || standsForItself(fieldOwner, value) {
			value++
		}
		a.owners[run] = value
		taken[value] = true
	}
}

func (a *assignment) assignTimes(chosen []candidate, ran map[uint64]string) {
	next, last := 0, ""
	for _, zxid := range slices.Sorted(maps.Keys(ran)) {
		for next < len(chosen) && chosen[next].run < zxid {
			next++
		}
		above := ""
		if next < len(chosen) {
			above = chosen[next].text
		}
		value := ran[zxid]
		switch {
		case above != "" && chosen[next].run == zxid:
			value = above
		case notAfter(last, value) && notAfter(value, above):
		case last != "":
			value = last
		default:
			value = above
		}
		a.times[zxid], last = value, value
	}
}

// notAfter tells whether two times, either of which may be missing, are known to
// be in order.
func notAfter(a, b string) bool {
	if a == "" || b == "" {
		return true
	}
	c, _ := parseClock(a)
	d, _ := parseClock(b)
	order, known := c.compare(d)
	return known && order <= 0
}

// render is a line of the run in the values of the page.
func (a *assignment) render(l outLine) string {
	switch l.field {
	case fieldZxid, fieldEvent:
		return l.with(a.zxids[l.value], "")
	case fieldOwner:
		return l.with(a.owners[l.value], "")
	case fieldTime:
		return l.with(0, a.times[l.zxid])
	}
	return l.text
}
