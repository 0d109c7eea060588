package server

import (
	"fmt"
	"net"
	"sync"
	"testing"
	"time"
)

// TestCloseIsQuiet: that a server which is closed drops its connections is not logged
// for each of them.
func TestCloseIsQuiet(t *testing.T) {
	var mu sync.Mutex
	var said []string
	srv, err := Start(Config{Logf: func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, fmt.Sprintf(format, args...))
	}})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		nc, err := net.Dial("tcp", srv.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		srv.mu.Lock()
		n := len(srv.conns)
		srv.mu.Unlock()
		if n == 3 {
			break
		} else if time.Now().After(deadline) {
			t.Fatal(n, "connections")
		}
	}
	if err := srv.Close(); err != nil || len(said) > 0 {
		t.Errorf("%q, %v", said, err)
	}
}
