package differ

import "zoosh/internal/wire"

// enlarge makes a request with data about as long as a request may be.
func (g *generator) enlarge(s *step) {
	set := setterOfData(s.body)
	if set == nil {
		return
	}
	size := wire.MaxFrame - g.large.IntN(3)
	if g.large.IntN(6) == 0 {
		size = wire.MaxFrame + 1 + g.large.IntN(2)
		g.down[s.session] = true
	}
	fill(s, size, set)
}

// setterOfData is what sets the data in a request, nil if it has none.
func setterOfData(body wire.Record) func([]byte) {
	switch r := body.(type) {
	case *wire.CreateRequest:
		return func(b []byte) { r.Data = b }
	case *wire.CreateTTLRequest:
		return func(b []byte) { r.Data = b }
	case *wire.SetDataRequest:
		return func(b []byte) { r.Data = b }
	case *wire.MultiRequest:
		for _, part := range r.Ops {
			if set := setterOfData(part.Request); set != nil {
				return set
			}
		}
	}
	return nil
}
