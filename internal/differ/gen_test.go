package differ

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"zoosh/internal/wire"
)

// A generator makes up the steps of a run.
//
// Half of the runs watch and half are locked, see argued: those that watch have
// only ACLs that let everybody read, and those that are locked have no watches. A free
// one does both.
type generator struct {
	*rand.Rand
	sessions int
	locked   bool
	free     bool // from what runs avoid for the sake of 3.8, see argued
	quota    bool
	mortal   bool                 // its sessions expire
	modes    map[string]watchKind // of a session and a path, see argued

	// large says what is made large; it is nil in most runs.
	large *rand.Rand

	// What a run would be blind without: most requests meet something then.

	made    []string         // paths that may be there
	watched map[int][]string // by a session
	down    map[int]bool     // sessions that may have no connection
}

type watchKind int

const (
	oneShot watchKind = iota
	persistent
	recursive
)

func newGenerator(seed uint64) *generator {
	g := &generator{
		Rand: rand.New(rand.NewPCG(seed, 0)), modes: make(map[string]watchKind),
		made: []string{"/r"}, watched: make(map[int][]string), down: make(map[int]bool),
	}
	g.sessions = 1 + g.IntN(4)
	g.locked = g.IntN(2) == 0
	g.quota = g.IntN(5) == 0
	if large := rand.New(rand.NewPCG(seed, 1)); !g.quota && large.IntN(40) == 0 {
		g.large = large
	}
	return g
}

// later has the generator avoid nothing for the sake of 3.8.
func (g *generator) later(is bool) {
	if g.free = is; is {
		g.locked = false
	}
}

// steps is a run.
func (g *generator) steps(n int) []*step {
	var steps []*step
	for i := range g.sessions {
		steps = append(steps, g.connection(i, open))
	}
	steps = append(steps, &step{op: wire.OpCreate, body: &wire.CreateRequest{Path: "/r", Data: []byte{}, ACL: wire.OpenACL()}})
	if g.quota {
		steps = append(steps, g.quotas()...)
	}
	for range n {
		steps = append(steps, g.step())
	}
	// What is still to come to a session comes before this.
	for i := range g.sessions {
		steps = append(steps, &step{session: i, op: wire.OpPing, body: &wire.Empty{}})
	}
	return steps
}

// oneOf tosses a coin that falls on true once in n times.
func (g *generator) oneOf(n int) bool { return g.IntN(n) == 0 }

func pick[T any](g *generator, of ...T) T { return of[g.IntN(len(of))] }

func (g *generator) step() *step {
	i := g.IntN(g.sessions)
	if g.mortal && g.oneOf(10) {
		g.down[i] = true
		return g.expiry(i)
	}
	if g.down[i] && g.IntN(4) > 0 {
		g.down[i] = false
		return g.connection(i, pick(g, open, reconnect, reconnect))
	}
	switch g.IntN(60) {
	case 0:
		g.down[i] = true
		return &step{session: i, action: drop}
	case 1, 2:
		return g.connection(i, reconnect)
	case 3:
		return g.connection(i, open)
	}
	s := &step{session: i}
	g.request(s)
	switch s.op {
	case wire.OpCloseSession, wire.OpError, wire.OpNotification, wire.Op(99), wire.Op(10):
		g.down[i] = true
	}
	if g.oneOf(40) {
		g.mangle(s)
	} else if g.large != nil && g.large.IntN(4) == 0 {
		g.enlarge(s)
	}
	return s
}

func (g *generator) connection(i int, a action) *step {
	s := &step{
		session: i, action: a,
		connect: wire.ConnectRequest{
			Timeout:     pick(g, int32(0), 1, 30000, 60000, math.MaxInt32, -1, math.MinInt32),
			Passwd:      make([]byte, 16),
			HasReadOnly: g.IntN(4) > 0,
			ReadOnly:    g.oneOf(4),
		},
		wrong: g.oneOf(5),
		ahead: a == reconnect && g.oneOf(10),
	}
	if g.mortal { // but not yet
		s.connect.Timeout = pick(g, int32(60000), 90000, math.MaxInt32)
	}
	return s
}

func (g *generator) mangle(s *step) {
	switch s.body.(type) {
	case *wire.PathRequest, *wire.PathWatchRequest, *wire.CreateRequest, *wire.CreateTTLRequest,
		*wire.PathVersionRequest, *wire.SetDataRequest, *wire.SetACLRequest:
		// A null watch path would be armed.
		if w, ok := s.body.(*wire.PathWatchRequest); g.oneOf(3) && !(ok && w.Watch) {
			s.mangle.nullPath = true
			return
		}
	}
	if g.oneOf(2) {
		s.mangle.extra = make([]byte, 1+g.IntN(8))
		return
	}
	s.mangle.cut = 1 + g.IntN(10)
}

func (g *generator) request(s *step) {
	weights := []struct {
		weight int
		make   func(s *step)
	}{
		{30, g.create}, {12, g.delete}, {14, g.setData}, {8, g.setACL}, {25, g.read}, {6, g.pathRead},
		{12, g.multi}, {4, g.multiRead}, {12, g.watch}, {6, g.auth}, {3, g.setWatches}, {4, g.rare},
	}
	total := 0
	for _, w := range weights {
		total += w.weight
	}
	n := g.IntN(total)
	for _, w := range weights {
		if n -= w.weight; n < 0 {
			w.make(s)
			return
		}
	}
}

// name is one of a few, so that requests meet.
func (g *generator) name() string {
	switch g.IntN(8) {
	case 0:
		return fmt.Sprintf("n%d", g.IntN(30))
	case 1:
		return fmt.Sprintf("s-%010d", g.IntN(4))
	case 2:
		return pick(g, "ä", "日本", "x y", "a.b", "...", "\u2028", "Aa", "BB", "C#")
	}
	return pick(g, "a", "b", "c")
}

func (g *generator) path() string {
	switch g.IntN(60) {
	case 0, 1:
		return g.wrongPath()
	case 2, 3, 4:
		return pick(g, "/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config", "/zookeeper/x", "/q", "/zookeeper/quota/r")
	}
	p := g.known()
	if g.oneOf(4) {
		p += "/" + g.name()
	}
	return p
}

// known is a path that may be there; the older ones more likely are.
func (g *generator) known() string {
	n := len(g.made)
	return g.made[min(g.IntN(n), g.IntN(n), g.IntN(n))]
}

// newPath is where there is nothing yet, perhaps.
func (g *generator) newPath() string {
	if g.oneOf(5) {
		return g.path()
	}
	p := g.known()
	if strings.Count(p, "/") > 4 {
		p = "/r"
	}
	p += "/" + g.name()
	g.made = append(g.made, p)
	return p
}

func (g *generator) wrongPath() string {
	return pick(g, "", "r", "//", "/r/", "//r", "/r//a", "/r/.", "/r/..", "/r/./a", "/r/\x00", "/r/\x01", "/r/\u0085",
		"/r/\ufff0", "/r/\ue000", "/r/😀", " /r", "/ ", "/r/a/", "/r/\x7f", "r/a", "/r\x00/a")
}

func (g *generator) data() []byte {
	switch g.IntN(8) {
	case 0:
		return nil
	case 1:
		return []byte{}
	case 2:
		return []byte(strings.Repeat("x", g.IntN(3000)))
	}
	return []byte(pick(g, "", "1", "data", "\x00\xff", "ä"))
}

func (g *generator) version() int32 {
	if g.IntN(3) > 0 {
		return -1
	}
	return pick(g, int32(0), 1, 2, 3, -2, math.MaxInt32, math.MinInt32)
}

// acl is open to readers in runs that watch.
func (g *generator) acl() []wire.ACL {
	if g.IntN(4) > 0 && !(g.locked && g.oneOf(2)) {
		return wire.OpenACL()
	}
	var list []wire.ACL
	if !g.locked && !(g.free && g.oneOf(2)) {
		list = []wire.ACL{{Perms: int32(1 | g.IntN(32)), Scheme: "world", ID: "anyone"}}
	}
	for range 1 + g.IntN(3) {
		a := pick(g, wire.ACL{Scheme: "world", ID: "anyone"}, wire.ACL{Scheme: "auth"}, wire.ACL{Scheme: "auth", ID: "x"},
			wire.ACL{Scheme: "digest", ID: "u:Jq7wMyA/w2Vd5WIDAKdu4OIIFEQ="}, wire.ACL{Scheme: "digest", ID: "a:b"},
			wire.ACL{Scheme: "ip", ID: "127.0.0.1"}, wire.ACL{Scheme: "ip", ID: "127.0.0.0/8"}, wire.ACL{Scheme: "ip", ID: "10.0.0.1"},
			wire.ACL{Scheme: "ip", ID: "127.0.0.1/32"}, wire.ACL{Scheme: "ip", ID: "0.0.0.0/0"}, wire.ACL{Scheme: "digest", ID: "u:p:"})
		if g.oneOf(12) {
			a = pick(g, wire.ACL{Scheme: "world", ID: "someone"}, wire.ACL{Scheme: "digest", ID: "u"}, wire.ACL{Scheme: "nope", ID: "x"},
				wire.ACL{Scheme: "ip", ID: "1.2.3"}, wire.ACL{Scheme: "ip", ID: "127.0.0.1/33"}, wire.ACL{Scheme: "digest", ID: "a:b:c"},
				wire.ACL{Scheme: "ip", ID: "127.0.0.1/-1"}, wire.ACL{Scheme: "super"}, wire.ACL{}, wire.ACL{Scheme: "digest"},
				wire.ACL{Scheme: "ip", ID: "127.0.0.1/"}, wire.ACL{Scheme: "ip", ID: "127.0.0.1/+8"}, wire.ACL{Scheme: "ip", ID: "127.00.0.1"},
				wire.ACL{Scheme: "ip", ID: "127.0.0.1/8/8"}, wire.ACL{Scheme: "sasl", ID: "x"}, wire.ACL{Scheme: "x509", ID: "x"})
		}
		a.Perms = pick(g, int32(31), 1, 2, 4, 8, 16, 0, 255, -1, int32(g.IntN(32)))
		list = append(list, a)
	}
	return list
}
