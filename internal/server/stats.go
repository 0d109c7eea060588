package server

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/wire"
)

// stats counts what srvr tells. Latencies are milliseconds.
type stats struct {
	received, sent         int64
	requests, totalLatency int64
	minLatency, maxLatency int64

	connected, resumed, rejected, authFailed int64
	notShaken                                int64 // handshakes that failed
	bytesReceived                            int64
}

func (st *stats) latency(d time.Duration) {
	ms := d.Milliseconds()
	if st.requests == 0 || ms < st.minLatency {
		st.minLatency = ms
	}
	st.maxLatency = max(st.maxLatency, ms)
	st.requests++
	st.totalLatency += ms
}

// average is the average latency to four decimals, as Java prints a double.
func (st *stats) average() string {
	if st.totalLatency == 0 {
		return "0.0"
	}
	avg := math.Round(float64(st.totalLatency)/float64(st.requests)*1e4) / 1e4
	text := strconv.FormatFloat(avg, 'f', -1, 64)
	if avg < 0.001 {
		return fmt.Sprintf("%.1fE-4", avg*1e4)
	}
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// connStats counts what cons tells of a connection.
type connStats struct {
	received, sent int64
	last           served
	latencies      stats
}

// served is a request that was.
type served struct {
	op      wire.Op
	xid     int32
	zxid    int64
	at      time.Time // the zero time if there was none
	latency time.Duration
}

// served notes the last request.
func (c *conn) served(r served) {
	if r.xid < 0 {
		r.xid = c.stats.last.xid // not one of the client's own counting
	}
	c.stats.last = r
}

// unsettled is a request that was served, but whose reply is held until the txn zxid
// is on disk: its latency is counted then.
type unsettled struct {
	c       *conn
	zxid    int64
	arrived time.Time
	served  time.Time
}

// count counts a request that was served, at once or when its reply can be sent.
func (s *Server) count(c *conn, r *request, arrived time.Time) {
	now := time.Now()
	one := served{op: r.header.Op, xid: r.header.Xid, zxid: s.zxid, at: now, latency: now.Sub(arrived)}
	if s.journal.volatile() || c.told <= s.durable {
		c.counted(one.latency)
	} else {
		s.unsettled = append(s.unsettled, unsettled{c, c.told, arrived, now})
	}
	c.served(one)
}

// settle counts the requests whose replies have become free since it was last called.
func (s *Server) settle() {
	if s.journal.volatile() {
		return
	}
	if s.syncs = s.journal.takeSyncs(s.syncs[:0]); len(s.syncs) == 0 {
		return
	}
	s.durable = s.syncs[len(s.syncs)-1].zxid
	held := s.unsettled[:0]
	for _, u := range s.unsettled {
		i := slices.IndexFunc(s.syncs, func(y synced) bool { return y.zxid >= u.zxid })
		if i < 0 {
			held = append(held, u)
			continue
		}
		// It may have been free when it was served.
		u.settled(max(s.syncs[i].at.Sub(u.arrived), u.served.Sub(u.arrived)))
	}
	clear(s.unsettled[len(held):])
	s.unsettled = held
}

func (u *unsettled) settled(latency time.Duration) {
	u.c.counted(latency)
	if last := &u.c.stats.last; last.at.Equal(u.served) {
		last.latency = latency
	}
}

// counted counts a latency.
func (c *conn) counted(latency time.Duration) {
	c.s.stats.latency(latency)
	c.stats.latencies.latency(latency)
}

func (st *connStats) lastOp() string {
	if st.last.at.IsZero() {
		return "SESS"
	}
	return st.last.op.ShortName()
}

// details is what cons tells of the last request; times count from the server's
// start.
func (st *connStats) details(started time.Time) string {
	xid, zxid, at := int32(-1), int64(-1), int64(0)
	if !st.last.at.IsZero() {
		xid, zxid, at = st.last.xid, st.last.zxid, st.last.at.Sub(started).Milliseconds()
	}
	var b strings.Builder
	if xid >= 0 {
		fmt.Fprintf(&b, ",lcxid=%#x", xid)
	}
	fmt.Fprintf(&b, ",lzxid=%#x,lresp=%d,llat=%d,minlat=%d,avglat=%s,maxlat=%d", uint64(zxid), at,
		st.last.latency.Milliseconds(), st.latencies.minLatency, st.latencies.average(), st.latencies.maxLatency)
	return b.String()
}
