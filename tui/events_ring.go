package tui

// An eventRing keeps the newest events. Each has a number that it keeps for good.
type eventRing struct {
	rows  []event
	start int // where the oldest stands, once the ring is full
	first int // the oldest's number, which is how many were left out
}

func (r *eventRing) len() int { return len(r.rows) }

// add appends an event; dropped tells that the oldest had to go for it.
func (r *eventRing) add(e event) (dropped bool) {
	if len(r.rows) < eventsLimit {
		r.rows = append(r.rows, e)
		return false
	}
	r.rows[r.start] = e
	r.start = (r.start + 1) % eventsLimit
	r.first++
	return true
}

// at is the event of that number.
func (r *eventRing) at(number int) *event {
	return &r.rows[(r.start+number-r.first)%len(r.rows)]
}
