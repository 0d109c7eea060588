package delayproxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// arrival is what came, and how long after the beginning.
type arrival struct {
	text  string
	after time.Duration
}

// arrivals plays writes, each so long after the beginning, into one end of a direction
// and tells what comes out of the other.
func arrivals(t *testing.T, later, open time.Duration, writes []arrival) (got []arrival) {
	t.Helper()
	began := time.Now()
	from, src := net.Pipe()
	dst, to := net.Pipe()
	go carry(dst, src, later, began.Add(open))
	go func() {
		for _, w := range writes {
			time.Sleep(time.Until(began.Add(w.after)))
			from.Write([]byte(w.text))
		}
		from.Close()
	}()
	buf := make([]byte, 1<<20)
	for {
		n, err := to.Read(buf)
		got = append(got, arrival{string(buf[:n]), time.Since(began)})
		if err != nil {
			return got
		}
	}
}

// TestDelay plays with a clock of its own: each byte comes as much later as was said,
// whatever is on its way before it.
func TestDelay(t *testing.T) {
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		open         time.Duration
		writes, want []arrival
	}{
		"each by itself": {0, []arrival{{"a", 0}, {"b", 10 * ms}, {"c", 300 * ms}},
			[]arrival{{"a", 80 * ms}, {"b", 90 * ms}, {"c", 380 * ms}, {"", 380 * ms}}},
		"many are under way": {0, []arrival{{"a", 1 * ms}, {"b", 2 * ms}, {"c", 3 * ms}},
			[]arrival{{"a", 81 * ms}, {"b", 82 * ms}, {"c", 83 * ms}, {"", 83 * ms}}},
		"the handshake comes first": {160 * ms, []arrival{{"a", 0}, {"b", 200 * ms}},
			[]arrival{{"a", 240 * ms}, {"b", 280 * ms}, {"", 280 * ms}}},
		"an end without a word": {0, nil, []arrival{{"", 80 * ms}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := arrivals(t, 80*ms, test.open, test.writes)
				if len(got) != len(test.want) {
					t.Fatalf("%v, not %v", got, test.want)
				}
				for i := range got {
					if got[i] != test.want[i] {
						t.Errorf("%d: %v, not %v", i, got[i], test.want[i])
					}
				}
			})
		})
	}
}

// TestTheReaderGoes: who does not take what comes ends the direction.
func TestTheReaderGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, src := net.Pipe()
		dst, to := net.Pipe()
		to.Close()
		ended := make(chan error)
		go func() {
			err := carry(dst, src, time.Millisecond, time.Now())
			ended <- err
		}()
		from.Write([]byte("a"))
		from.Close()
		if err := <-ended; !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%v", err)
		}
	})
}

// echo is a server that sends back what it gets.
func echo(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	return ln.Addr().String()
}

// TestProxy: what goes through a proxy arrives whole and in order, much at a time, and its
// end behind it.
func TestProxy(t *testing.T) {
	p, err := Start(echo(t), 2*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // 4 MiB
	go func() {
		c.Write(sent)
		c.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes of %d, %v", len(got), len(sent), err)
	}
}

// TestClose cuts what is open, and takes no more.
func TestClose(t *testing.T) {
	p, err := Start(echo(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("x"))
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still open")
	}
	if c, err := net.Dial("tcp", p.Addr()); err == nil {
		c.Close()
		t.Error("another one was taken")
	}
}

// TestNoServer: a client of a server that is not there is hung up on.
func TestNoServer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := ln.Addr().String()
	ln.Close()
	p, err := Start(nobody, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("somebody answers")
	}
}
