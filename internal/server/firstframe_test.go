package server

import (
	"net"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// Who does not say in time what it wants is let go, having said nothing or half of
// it, and saying a byte now and then does not help. A session may be as silent as
// it likes.
func TestFirstFrameTimeout(t *testing.T) {
	s := startServer(t, Config{FirstFrameTimeout: time.Second})
	c := connect(t, s)
	request := wire.AppendFrame(nil, &wire.ConnectRequest{Timeout: 30000, Passwd: make([]byte, 16)})
	silent := make(map[string]net.Conn)
	began := time.Now()
	for name, begin := range map[string][]byte{
		"nothing": nil, "half a length": request[:2], "a length": request[:4], "half a request": request[:20],
		"all but a byte": request[:len(request)-1], "half a word": []byte("ru"), "a word without its mask": []byte("stmk"),
	} {
		nc := dial(t, s)
		if _, err := nc.Write(begin); err != nil {
			t.Fatal(err)
		}
		silent[name] = nc
	}
	dripping := dial(t, s)
	drip := append(length(wire.MaxFrame), request...)
	eventually(t, "the one that drips is let go", func() bool {
		_, err := dripping.Write(drip[:1])
		drip = append(drip[1:], 0)
		return err != nil
	})
	for name, nc := range silent {
		if said := closes(t, nc); len(said) > 0 {
			t.Errorf("%s: said %q", name, said)
		}
	}
	if waited := time.Since(began); waited < time.Second {
		t.Errorf("let go after %v", waited)
	}
	c.saw()
	eventually(t, "they are forgotten", func() bool {
		var n int
		s.do(func() { n = len(s.conns) })
		return n == 1
	})
}

func TestFirstFrameTimeoutByDefault(t *testing.T) {
	if got := startServer(t, Config{}).cfg.FirstFrameTimeout; got != 10*time.Second {
		t.Error(got)
	}
}
