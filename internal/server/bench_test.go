package server

import (
	"bytes"
	"fmt"
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

// BenchmarkMemory tells how many bytes a znode takes: a million in all, a hundred
// in each of ten thousand, with the default ACL and data of ten bytes.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heapInUse()
		s := startServer(b, Config{})
		const parents, each = 10_000, 100
		s.do(func() {
			load := func(path string) {
				p := &preparation{view: view{tree: s.tree}, session: 1, cfg: &s.cfg}
				c, err := p.create(wire.OpCreate, creation(path, "0123456789", 0), -1)
				if err != nil {
					b.Fatal(err)
				}
				s.commit(1, 0, c)
			}
			for i := range parents {
				parent := fmt.Sprintf("/parent-%06d", i)
				load(parent)
				for j := range each {
					load(fmt.Sprintf("%s/child-%010d", parent, j))
				}
			}
		})
		b.ReportMetric(float64(heapInUse()-before)/(parents*(each+1)), "B/znode")
		b.ReportMetric(0, "B/op")
		s.Close()
	}
}
