package events

// keptLimit is how many events the pane keeps. Older ones are counted.
const keptLimit = 10_000

// A ring keeps the newest events. Each has a number that it keeps for good.
type ring struct {
	rows  []event
	start int // where the oldest stands, once the ring is full
	first int // the oldest's number, which is how many were left out
}

func (r *ring) len() int { return len(r.rows) }

// add appends an event; dropped tells that the oldest had to go for it.
func (r *ring) add(e event) (dropped bool) {
	if len(r.rows) < keptLimit {
		r.rows = append(r.rows, e)
		return false
	}
	r.rows[r.start] = e
	r.start = (r.start + 1) % keptLimit
	r.first++
	return true
}

// at is the event of that number.
func (r *ring) at(number int) *event {
	return &r.rows[(r.start+number-r.first)%len(r.rows)]
}
