package server

import (
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"zoosh/internal/wire"
)

// How often passwords may be wrong: a few times at once, and then every so often, from
// one address and in all.
const (
	addressGuesses = 20
	addressPause   = 100 * time.Millisecond
	allGuesses     = 200
	allPause       = 20 * time.Millisecond
)

const (
	// maxGuessWait is how long a login may have to wait. Then it is turned away without
	// a look at its password, and its client comes again.
	maxGuessWait = 10 * time.Second
	// maxAddressWaiting and maxWaiting are how many logins of an address and in all may
	// wait.
	maxAddressWaiting = int(maxGuessWait / addressPause)
	maxWaiting        = 2048
	// maxAddresses is how many addresses are remembered.
	maxAddresses = 4096
)

var errTurnedAway = errors.New("a login is turned away: there were too many wrong ones")

// guesses slows down clients that try passwords. A login takes a place, which a right password
// gives back, so that only wrong ones count. When no place is left logins wait, and
// addresses, and the users of each, take turns: guessing at one user cannot keep the
// others out. An address whose last login was right needs no place of those that all
// addresses share, and a session that comes back as the same user does not wait.
//
// nil slows nobody down.
type guesses struct {
	mu      sync.Mutex
	all     places
	from    map[netip.Prefix]*guesser
	waiting []*guess // the oldest first
	served  int64    // how many went on
	timer   *time.Timer
	wakes   time.Time // when the timer does
}

func newGuesses() *guesses { return &guesses{from: make(map[netip.Prefix]*guesser)} }

// places are those that come back with time. Its zero value has all of them.
type places struct{ full time.Time } // when all are back

// next is when there is a place.
func (p *places) next(most int, pause time.Duration) time.Time {
	return p.full.Add(-time.Duration(most-1) * pause)
}

func (p *places) take(now time.Time, pause time.Duration) {
	if p.full.Before(now) {
		p.full = now
	}
	p.full = p.full.Add(pause)
}

func (p *places) giveBack(pause time.Duration) { p.full = p.full.Add(-pause) }

// guesser is what is remembered of an address.
type guesser struct {
	places
	right  bool             // its last login was
	served int64            // which one of all that was
	users  map[string]int64 // the same for each user
}

// guess is a login that waits or goes on.
type guess struct {
	from    netip.Prefix
	user    string        // "" if there is no such user
	ready   chan struct{} // closed when it is known whether it goes on
	goes    bool
	ofAll   bool // it has a place of those in all
	settled bool
}

// sourceOf is the address whose guesses are counted together: of IPv6 one client has
// a whole network.
func sourceOf(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap()
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	source, _ := addr.Prefix(bits) // the zero one for no address
	return source
}

// await waits until a login may go on, and returns nil if it may not.
func (g *guesses) await(addr netip.Addr, user string, quit <-chan struct{}) *guess {
	one := &guess{from: sourceOf(addr), user: user, ready: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, one)
	if at := g.next(one.from); len(g.waiting) == 1 || at.Before(g.wakes) {
		g.admit(time.Now()) // else the timer is for those before it, and is soon enough
	}
	g.makeRoom(one.from)
	g.mu.Unlock()
	late := time.NewTimer(maxGuessWait)
	defer late.Stop()
	select {
	case <-one.ready:
	case <-late.C:
	case <-quit:
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !one.goes {
		g.leave(one)
		return nil
	}
	return one
}

// makeRoom turns a login away if too many wait: of those for whom most are waiting the
// one that came last.
func (g *guesses) makeRoom(from netip.Prefix) {
	own := 0
	for _, one := range g.waiting {
		if one.from == from {
			own++
		}
	}
	switch {
	case own > maxAddressWaiting:
	case len(g.waiting) > maxWaiting:
		addresses := make(map[netip.Prefix]int)
		for _, one := range g.waiting {
			if addresses[one.from]++; addresses[one.from] > own {
				from, own = one.from, addresses[one.from]
			}
		}
	default:
		return
	}
	users, user := make(map[string]int), ""
	for _, one := range g.waiting {
		if one.from != from {
			continue
		}
		if users[one.user]++; users[one.user] > users[user] {
			user = one.user
		}
	}
	for _, one := range slices.Backward(g.waiting) {
		if one.from == from && one.user == user {
			g.leave(one)
			close(one.ready)
			return
		}
	}
}

// leave has a login wait no more.
func (g *guesses) leave(one *guess) {
	if i := slices.Index(g.waiting, one); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
}

// admit has those go on that there are places for, and sees to those that are left.
func (g *guesses) admit(now time.Time) {
	for len(g.waiting) > 0 {
		var first *guess
		var soonest time.Time
		for _, one := range g.waiting {
			at := g.next(one.from)
			if soonest.IsZero() || at.Before(soonest) {
				soonest = at
			}
			if !at.After(now) && (first == nil || g.turn(one, first)) {
				first = one
			}
		}
		if first == nil {
			g.wake(soonest, now)
			return
		}
		g.leave(first)
		g.take(first, now)
		close(first.ready)
	}
}

// turn tells whether it is the turn of a rather than of b, which came before: first comes
// the address that was served longest ago, and of one address the user.
func (g *guesses) turn(a, b *guess) bool {
	ofA, ofB := g.from[a.from], g.from[b.from]
	switch {
	case ofA == ofB:
		return ofA != nil && ofA.users[a.user] < ofA.users[b.user]
	case ofA == nil || ofB == nil:
		return ofA == nil
	}
	return ofA.served < ofB.served
}

// wake has admit look again at a time.
func (g *guesses) wake(at, now time.Time) {
	if g.timer != nil {
		g.timer.Stop()
	}
	g.wakes = at
	g.timer = time.AfterFunc(at.Sub(now), func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.admit(time.Now())
	})
}

// next is when a login from there may go on.
func (g *guesses) next(from netip.Prefix) time.Time {
	of := g.from[from]
	switch {
	case of == nil:
		return g.all.next(allGuesses, allPause)
	case of.right:
		return of.next(addressGuesses, addressPause)
	}
	at, all := of.next(addressGuesses, addressPause), g.all.next(allGuesses, allPause)
	if all.After(at) {
		return all
	}
	return at
}

func (g *guesses) take(one *guess, now time.Time) {
	of := g.from[one.from]
	if of == nil {
		g.forget(now)
		of = &guesser{users: make(map[string]int64)}
		g.from[one.from] = of
	}
	g.served++
	of.served, of.users[one.user] = g.served, g.served
	of.take(now, addressPause)
	if one.goes, one.ofAll = true, !of.right; one.ofAll {
		g.all.take(now, allPause)
	}
}

// forget makes room for another address: first goes what makes no difference any more.
func (g *guesses) forget(now time.Time) {
	if len(g.from) < maxAddresses {
		return
	}
	for from, of := range g.from {
		if !of.right && !of.full.After(now) {
			delete(g.from, from)
		}
	}
	if len(g.from) < maxAddresses {
		return
	}
	for from := range g.from { // more than one, not to have to look through them each time
		if len(g.from) <= maxAddresses/2 {
			return
		}
		delete(g.from, from)
	}
}

// settle is what has come of a login that went on.
func (g *guesses) settle(one *guess, right bool) {
	if one == nil || one.settled {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	one.settled = true
	now, of := time.Now(), g.from[one.from]
	if of == nil { // forgotten
		of = new(guesser)
	}
	of.right = right
	switch {
	case right:
		of.giveBack(addressPause)
		if one.ofAll {
			g.all.giveBack(allPause)
		}
		g.admit(now)
	case !one.ofAll:
		g.all.take(now, allPause)
	}
}

// charge counts a wrong login that had not to wait.
func (g *guesses) charge(addr netip.Addr) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all.take(time.Now(), allPause)
	if of := g.from[sourceOf(addr)]; of != nil {
		of.right = false
		of.take(time.Now(), addressPause)
	}
}

// isGuess tells whether a request has a password looked at.
func (c *conn) isGuess(r *request) bool {
	return r.header.Op == wire.OpSASL && c.s.cfg.SASL != nil && c.login != nil && c.login.stage == stageResponse
}

// awaitGuess waits until the first of the requests may be served. It is called without
// the server's lock.
func (c *conn) awaitGuess(batch []request) error {
	if c.s.guesses == nil || len(batch) == 0 || !c.isGuess(&batch[0]) {
		return nil
	}
	user := c.s.cfg.SASL.guessed(batch[0].body)
	known := false
	c.s.do(func() { known = c.session != nil && user != "" && c.session.user == user })
	if known {
		return nil
	}
	if c.guess = c.s.guesses.await(c.addr, user, c.s.quit); c.guess == nil {
		return errTurnedAway
	}
	return nil
}

// guessed is the user whose password a response is to prove; "" if there is no such user.
func (s *SASL) guessed(body wire.Record) string {
	token, ok := body.(*wire.SASLToken)
	if !ok || len(token.Token) > maxResponse {
		return ""
	}
	r, err := readResponse(token.Token)
	if err != nil || r.username == nil {
		return ""
	}
	if _, ok := s.Users[*r.username]; !ok {
		return ""
	}
	return *r.username
}

// settleGuess is what has come of a login.
func (s *Server) settleGuess(c *conn, user string, right bool) {
	if right {
		c.session.user = user
	}
	switch {
	case c.guess != nil:
		s.guesses.settle(c.guess, right)
	case !right:
		s.guesses.charge(c.addr)
	}
	if !right {
		c.session.user = ""
	}
}
