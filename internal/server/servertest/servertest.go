// Package servertest starts a server for the tests of other packages. Those of package
// server have their own way: they cannot import what imports it.
package servertest

import (
	"testing"

	"zoosh/internal/server"
)

// Start starts a server that ends with the test.
func Start(t testing.TB, cfg server.Config) *server.Server {
	t.Helper()
	s, err := server.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
