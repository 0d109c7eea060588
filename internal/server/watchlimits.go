package server

import "zoosh/internal/wire"

// unwatchSlice is how many watches of a connection that ends are removed at a turn.
const unwatchSlice = 1000

// unwatch ends the watches of a connection. It hears of nothing any more, but if there
// are many others have their turns before the last is removed.
func (s *Server) unwatch(c *conn) {
	step := s.tree.unwatch(c)
	more := true
	for i := 0; more && i < unwatchSlice; i++ {
		more = step()
	}
	if !more || s.closed {
		return
	}
	s.wg.Go(func() { inTurns(s.control, step) })
}

// endLargestWatcher ends the connection that watches most, if all together watch more
// than they may. Its session lives on.
func (s *Server) endLargestWatcher() {
	data, child := s.tree.dataWatches, s.tree.childWatches
	if data.watches+child.watches <= s.cfg.MaxWatches && data.bytes+child.bytes <= s.cfg.MaxWatchBytes {
		return
	}
	var worst *conn
	most := 0.0
	for c := range s.conns {
		if share := s.watchShare(c); share > most {
			worst, most = c, share
		}
	}
	if worst == nil {
		return
	}
	s.logf("%v: it watches most, and all together watch more than they may", worst)
	worst.detach()
	worst.abort()
}

// watchShare is how much of the watches that there may be a connection has.
func (s *Server) watchShare(c *conn) float64 {
	watches, bytes := 0, 0
	for _, t := range []*watchTable{s.tree.dataWatches, s.tree.childWatches} {
		if own := t.byWatcher[c]; own != nil {
			watches += len(own.paths)
			bytes += own.bytes
		}
	}
	return max(float64(watches)/float64(s.cfg.MaxWatches), float64(bytes)/float64(s.cfg.MaxWatchBytes))
}

// toldEvent is the notification that was encoded last: all who watch are told the same.
type toldEvent struct {
	event wire.WatcherEvent
	zxid  int64
	frame []byte
}

// encodeEvent makes the frame of a notification, whose header is set.
func (s *Server) encodeEvent(event wire.WatcherEvent) []byte {
	told := &s.told
	if told.frame != nil && told.event == event && told.zxid == s.header.Zxid {
		return told.frame
	}
	if cap(told.frame) > maxSpare {
		told.frame = nil
	}
	told.event, told.zxid = event, s.header.Zxid
	told.frame = s.encoder.AppendFrame(told.frame[:0], &s.header, &told.event)
	return told.frame
}
