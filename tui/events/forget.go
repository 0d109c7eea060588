package events

import "slices"

// forget drops the events of sessions that are not to be told of any more: those of
// a lesson that begins anew, or has been left.
func (p *Pane) forget(gone func(session string) bool) {
	var kept ring
	for n := p.kept.first; n < p.kept.first+p.kept.len(); n++ {
		if e := p.kept.at(n); !gone(e.session) {
			kept.add(*e)
		}
	}
	p.kept = kept
	p.armed.gone = slices.DeleteFunc(p.armed.gone, func(w armedWatch) bool { return gone(w.session) })
	p.armed.stale, p.drawn = true, nil
	p.setFilter(p.filter)
}
