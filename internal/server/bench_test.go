package server

import (
	"bytes"
	"testing"
	"time"

	"zoosh/internal/wire"
)

func BenchmarkGet(b *testing.B) {
	c := connect(b, startServer(b, Config{}))
	c.create("/a", 0)
	var r wire.GetDataResponse
	for b.Loop() {
		c.do(wire.OpGetData, &wire.PathWatchRequest{Path: "/a"}, &r)
	}
}

func BenchmarkCreate(b *testing.B) {
	c := connect(b, startServer(b, Config{}))
	for b.Loop() {
		c.create("/n-", wire.FlagSequential)
	}
}

// BenchmarkSetPipelined is what one client can have done that does not wait for
// replies.
func BenchmarkSetPipelined(b *testing.B) {
	c := connect(b, startServer(b, Config{}))
	c.create("/a", 0)
	c.nc.SetDeadline(time.Now().Add(time.Hour))
	frame := wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpSetData},
		&wire.SetDataRequest{Path: "/a", Data: []byte("data"), Version: -1})
	const batch = 1000
	frames := bytes.Repeat(frame, batch)
	for n := 0; n < b.N; n += batch {
		go c.nc.Write(frames)
		for range batch {
			if _, _, err := c.read(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
