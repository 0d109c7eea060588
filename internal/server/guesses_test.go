package server

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"zoosh/internal/wire"
)

// attacker guesses from an address as fast as it can, on so many connections at once,
// and counts the passwords that were looked at.
type attacker struct {
	s     *Server
	from  func(i int) string // the address of a guess
	tried atomic.Int64
	quit  chan struct{}
	wg    sync.WaitGroup
}

func (a *attacker) attack(t *testing.T, connections int) {
	a.quit = make(chan struct{})
	for i := range connections {
		a.wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-a.quit:
					return
				default:
				}
				a.guess(t, i+n*connections)
			}
		})
	}
	t.Cleanup(a.end)
}

func (a *attacker) end() {
	select {
	case <-a.quit:
	default:
		close(a.quit)
	}
	a.wg.Wait()
}

// guess tries a password of ann's. It does not wait for ever for the answer.
func (a *attacker) guess(t *testing.T, i int) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(a.from(i))}}
	nc, err := dialer.Dial("tcp", a.s.Addr())
	if err != nil {
		return
	}
	defer nc.Close()
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-a.quit:
			nc.Close()
		case <-over:
		}
	}()
	c := &saslClient{client: &client{t: t, nc: nc}}
	frames := wire.AppendFrame(nil, &wire.ConnectRequest{Timeout: 30000, Passwd: make([]byte, 16)})
	nc.Write(wire.AppendFrame(frames, &wire.RequestHeader{Op: wire.OpSASL}, &wire.SASLToken{Token: []byte{}}))
	for range 2 { // the session, the challenge
		frame, err := wire.ReadFrame(nc, 1<<20)
		if err != nil {
			return
		}
		if _, rest, ok := strings.Cut(string(frame), `nonce="`); ok {
			c.nonce, _, _ = strings.Cut(rest, `"`)
		}
	}
	nc.Write(wire.AppendFrame(nil, &wire.RequestHeader{Op: wire.OpSASL}, &wire.SASLToken{Token: []byte(c.responds("ann", fmt.Sprint("guess", i)))}))
	if _, err := wire.ReadFrame(nc, 1<<20); err == nil {
		a.tried.Add(1)
	}
}

// TestGuessesAreSlow: however many connections and addresses somebody guesses from, few
// passwords are tried, and who knows his is let in meanwhile: from the same address, too.
func TestGuessesAreSlow(t *testing.T) {
	for _, tt := range []struct {
		name string
		from func(i int) string
		most int64 // guesses in two seconds
	}{
		{"one address", func(int) string { return "127.0.0.1" }, addressGuesses + int64(3*time.Second/addressPause)},
		{"thousands", func(i int) string { return fmt.Sprintf("127.1.%d.%d", i>>8&0xff, i&0xff) }, allGuesses + int64(3*time.Second/allPause)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if nc, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(tt.from(1))}}).Dial("tcp", startServer(t, Config{}).Addr()); err != nil {
				t.Skip(err) // a system whose loopback is one address
			} else {
				nc.Close()
			}
			s := startServer(t, saslConfig())
			a := &attacker{s: s, from: tt.from}
			began := time.Now()
			a.attack(t, 24)
			eventually(t, "the guesses are slowed down", func() bool {
				s.guesses.mu.Lock()
				defer s.guesses.mu.Unlock()
				return len(s.guesses.waiting) > 0
			})
			for time.Since(began) < 2*time.Second {
				c := dialSASL(t, s.Addr())
				if got := c.logsIn("ann", "annsecret"); !strings.Contains(got, "rspauth=") {
					t.Errorf("who knows the password is kept out for %v: %s", maxGuessWait, got)
				}
				c.nc.Close()
			}
			a.end()
			n, took := a.tried.Load(), time.Since(began)
			t.Logf("%d guesses in %v", n, took)
			if took < 3*time.Second && n > tt.most || n < addressGuesses {
				t.Errorf("%d guesses in %v, want %d at most", n, took, tt.most)
			}
		})
	}
}

func address(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
}

// TestGuessesOfOneAddress: wrong ones cost a place, right ones none.
func TestGuessesOfOneAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, quit := newGuesses(), make(chan struct{})
		begin := time.Now()
		for range addressGuesses {
			g.settle(g.await(address(1), "ann", quit), false)
		}
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("the first guesses wait for %v", waited)
		}
		g.settle(g.await(address(1), "ann", quit), false)
		if waited := time.Since(begin); waited != addressPause {
			t.Errorf("the next waits for %v, want %v", waited, addressPause)
		}
		begin = time.Now()
		for range 1000 {
			g.settle(g.await(address(2), "ann", quit), true)
		}
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("right ones from elsewhere wait for %v", waited)
		}
		g.settle(g.await(address(1), "ann", quit), true)
		begin = time.Now()
		for range 1000 {
			g.settle(g.await(address(1), "ann", quit), true)
		}
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("right ones from there wait for %v", waited)
		}
	})
}

// TestGuessesGoByTurns: the users of an address, and the addresses, do not wait for each
// other's crowds.
func TestGuessesGoByTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, quit := newGuesses(), make(chan struct{})
		var crowd sync.WaitGroup
		for range addressGuesses {
			g.await(address(1), "ann", quit)
		}
		for i := range 80 {
			crowd.Go(func() { g.await(address(1), []string{"ann", ""}[i%2], quit) })
		}
		synctest.Wait()
		begin := time.Now()
		g.settle(g.await(address(1), "bob", quit), true)
		if waited := time.Since(begin); waited > 3*addressPause {
			t.Errorf("another user waits for %v", waited)
		}
		begin = time.Now()
		g.settle(g.await(address(2), "ann", quit), true)
		if waited := time.Since(begin); waited > 0 {
			t.Errorf("another address waits for %v", waited)
		}
		begin = time.Now()
		g.settle(g.await(address(1), "ann", quit), true)
		if waited := time.Since(begin); waited > 82*addressPause {
			t.Errorf("the same user waits for %v", waited)
		}
		close(quit)
		crowd.Wait()
		if len(g.waiting) > 0 {
			t.Errorf("%d wait for a server that has ended", len(g.waiting))
		}
	})
}

// TestTooManyGuesses: a crowd that is too large is turned away itself.
func TestTooManyGuesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, quit := newGuesses(), make(chan struct{})
		var crowd sync.WaitGroup
		var gone atomic.Int64
		for range addressGuesses {
			g.await(address(1), "ann", quit)
		}
		for range 3 * maxAddressWaiting {
			crowd.Go(func() {
				if g.await(address(1), "ann", quit) == nil {
					gone.Add(1)
				}
			})
		}
		synctest.Wait()
		if n := gone.Load(); n != int64(2*maxAddressWaiting) || len(g.waiting) != maxAddressWaiting {
			t.Errorf("%d are turned away, %d wait", n, len(g.waiting))
		}
		if one := g.await(address(1), "bob", quit); one == nil {
			t.Error("another user is turned away")
		}
		crowd.Wait()
	})
}

// TestGuessesEverywhere: many addresses have no more than all together may have, and keep
// nobody out whose last login was right. What is remembered of them has an end.
func TestGuessesEverywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, quit := newGuesses(), make(chan struct{})
		known := netip.MustParseAddr("2001:db8::1")
		g.settle(g.await(known, "ann", quit), true)
		begin := time.Now()
		var tried, turnedAway atomic.Int64
		var crowd sync.WaitGroup
		for i := range maxWaiting + 500 {
			crowd.Go(func() {
				one := g.await(address(i), "ann", quit)
				if one == nil {
					turnedAway.Add(1)
					return
				}
				tried.Add(1)
				g.settle(one, false)
			})
		}
		synctest.Wait()
		if len(g.waiting) > maxWaiting || turnedAway.Load() == 0 {
			t.Errorf("%d wait, and %d were turned away", len(g.waiting), turnedAway.Load())
		}
		g.settle(g.await(known, "ann", quit), true)
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("who was right before waits for %v", waited)
		}
		crowd.Wait()
		if took := time.Since(begin); took > maxGuessWait || tried.Load() > int64(allGuesses+maxGuessWait/allPause) {
			t.Errorf("%d were tried in %v", tried.Load(), took)
		}
		for i := range 3 * maxAddresses {
			g.settle(g.await(address(i), "ann", quit), i%2 == 0)
		}
		if len(g.from) > maxAddresses {
			t.Errorf("%d addresses are remembered", len(g.from))
		}
	})
}

// TestKnownSessionsDoNotWait: a session that comes back as who it was needs no place, and
// has no guess at others for it.
func TestKnownSessionsDoNotWait(t *testing.T) {
	s := startServer(t, saslConfig())
	c := dialSASL(t, s.Addr())
	c.logsIn("bob", saslUsers()["bob"])
	none := func(wait time.Duration) {
		s.guesses.mu.Lock()
		defer s.guesses.mu.Unlock()
		s.guesses.from[sourceOf(netip.MustParseAddr("127.0.0.1"))].full = time.Now().Add(addressGuesses*addressPause + wait)
	}
	none(time.Hour) // who waits is turned away
	back := func(user, password string) (answer string, took time.Duration) {
		began := time.Now()
		again := &saslClient{client: c.again(s)}
		answer = again.logsIn(user, password)
		return answer, time.Since(began)
	}
	if got, _ := back("bob", saslUsers()["bob"]); !strings.Contains(got, "rspauth=") {
		t.Errorf("who comes back waits: %s", got)
	}
	none(10 * addressPause)
	if _, took := back("ann", "wrong"); took < 5*addressPause {
		t.Errorf("a guess at another user goes on after %v", took)
	}
	none(10 * addressPause)
	if _, took := back("bob", "wrong"); took < 5*addressPause {
		t.Errorf("a session that has guessed goes on after %v", took)
	}
}

// TestGuessesOfANetwork: with IPv6 one client has as many addresses as it likes.
func TestGuessesOfANetwork(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"2001:db8::1", "2001:db8::ffff:1", true}, {"2001:db8::1", "2001:db8:0:1::1", false},
		{"::ffff:10.0.0.1", "10.0.0.1", true}, {"10.0.0.1", "10.0.0.2", false}, {"fe80::1%eth0", "fe80::1%eth1", true},
	} {
		if same := sourceOf(netip.MustParseAddr(tt.a)) == sourceOf(netip.MustParseAddr(tt.b)); same != tt.same {
			t.Errorf("%s and %s: %v", tt.a, tt.b, same)
		}
	}
	if got := sourceOf(netip.Addr{}); got.IsValid() {
		t.Error(got)
	}
}
