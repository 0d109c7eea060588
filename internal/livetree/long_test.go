package livetree

import (
	"slices"
	"testing"

	"zoosh/internal/hostile"
	"zoosh/internal/session"
)

// TestLongListing: a listing that is longer than a reply may be is an error of its row, and
// not asked for again by each connection that follows the one that it has ended.
func TestLongListing(t *testing.T) {
	s, err := hostile.Start(hostile.Play{Children: 1, Listing: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	v := open(t, session.Config{Servers: []string{s.Addr()}, Limits: session.Limits{Reply: 2 << 20}})
	v.w.Want(hostile.Wide)
	refused, links := 0, 0
	v.until("it is refused, and the next connection there", func() bool {
		refused, links = 0, 0
		for _, c := range v.seen {
			if c.Kind == Listing && c.Path == hostile.Wide && session.IsLongReply(c.Err) {
				refused++
			}
			if c.Kind == Connected {
				links++
			}
		}
		return refused > 0 && links == 2
	})
	// A later listing shows that the connection is at work, and what it was asked for.
	before := len(v.seen)
	v.w.Want("/0")
	v.until("another listing", func() bool {
		return slices.ContainsFunc(v.seen[before:], func(c Change) bool {
			return c.Kind == Listing && c.Path == "/0" && c.Err == nil
		})
	})
	if n := s.Connections.Load(); n != 2 || refused != 1 {
		t.Errorf("%d connections, refused %d times", n, refused)
	}
}
