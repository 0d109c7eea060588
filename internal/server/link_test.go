package server

import (
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// All that is on its way together is delayed once each way, not once for each.
func TestDelayOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each, requests = 200 * time.Millisecond, 20
		client, server := net.Pipe()
		var wg sync.WaitGroup
		l := newLink(server, make(chan struct{}), &wg)
		l.tamper(each, false)
		go io.Copy(l, l) // an echo
		began := time.Now()
		for range requests {
			client.Write([]byte("x"))
		}
		if _, err := io.ReadFull(client, make([]byte, requests)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 2*each {
			t.Errorf("%d requests at once take %v, want %v", requests, took, 2*each)
		}
		client.Close()
		l.Close()
		wg.Wait()
	})
}
