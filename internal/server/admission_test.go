package server

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"
)

// Who has not said a word gives way to who comes later, of the address that has too many
// connections or of any; who has a session does not.
func TestSilentGiveWay(t *testing.T) {
	for name, cfg := range map[string]Config{
		"of an address": {MaxClientCnxns: 2},
		"in all":        {MaxCnxns: 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, cfg)
			silent := []net.Conn{dial(t, s), dial(t, s)}
			eventually(t, "both are there, and no newcomers", func() (is bool) {
				s.do(func() { is = s.silent.Len() == 2 && time.Since(s.silent.Back().Value.(*conn).since) > newcomerTime })
				return is
			})
			first := connect(t, s)
			closes(t, silent[0])
			second := connect(t, s)
			closes(t, silent[1])
			if said := closes(t, dial(t, s)); len(said) > 0 {
				t.Errorf("a third connection is told %q", said)
			}
			first.saw()
			second.saw()
			s.do(func() {
				if s.silent.Len() != 0 || len(s.conns) != 2 {
					t.Errorf("%d of %d connections are silent", s.silent.Len(), len(s.conns))
				}
			})
		})
	}
}

// Without a descriptor the disk waits, and has not failed.
func TestDiskWaitsForDescriptors(t *testing.T) {
	for _, lack := range []error{syscall.EMFILE, syscall.ENFILE} {
		s := startServer(t, Config{DataDir: t.TempDir()})
		tries := 0
		err := s.withFiles(func() error {
			if tries++; tries < 4 {
				return fmt.Errorf("open it: %w", lack)
			}
			return nil
		})
		if err != nil || tries != 4 || len(s.files.files) != diskFiles || s.files.lacked.Load() {
			t.Errorf("%v: %v after %d tries, %d files in reserve", lack, err, tries, len(s.files.files))
		}
	}
	s := startServer(t, Config{})
	tries := 0
	full := errors.New("it is full")
	if err := s.withFiles(func() error { tries++; return full }); err != full || tries != 1 {
		t.Errorf("%v after %d tries", err, tries)
	}
}

// At the end of a server nobody waits for descriptors for ever.
func TestDiskGivesUpAtTheEnd(t *testing.T) {
	s := startServer(t, Config{})
	s.Close()
	if err := s.withFiles(func() error { return syscall.EMFILE }); err != syscall.EMFILE {
		t.Error(err)
	}
}
