package server

import "testing"

// TestCloseIsQuiet: that a server which is closed drops its connections is not logged
// for each of them.
func TestCloseIsQuiet(t *testing.T) {
	var log logRecorder
	s := startServer(t, Config{Logf: log.logf})
	for range 3 {
		dial(t, s)
	}
	eventually(t, "they are all accepted", func() (all bool) {
		s.do(func() { all = len(s.conns) == 3 })
		return all
	})
	if err := s.Close(); err != nil || len(log.lines()) > 0 {
		t.Errorf("%q, %v", log.lines(), err)
	}
}
