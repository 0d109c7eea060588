package main

import (
	"crypto/tls"
	"os"
	"strings"
	"testing"
	"time"

	"zoosh/internal/certs"
	"zoosh/internal/zktest"
)

// Certificates that change are read again; those that cannot be read leave the old ones.
func TestReloader(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	first, second := ca.Issue("first", false), ca.Issue("second", false)
	dir := t.TempDir()
	path := dir + "/zk.pem"
	put := func(from string) {
		t.Helper()
		data, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(path, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(first.BothFile)
	o := certs.Options{Cert: path}
	var said []string
	load := func() (*tls.Config, error) { return o.ServerConfig(tls.NoClientCert) }
	cfg, err := load()
	if err != nil {
		t.Fatal(err)
	}
	r := &reloader{load: load, files: o.Files(), cfg: cfg, logf: func(format string, _ ...any) { said = append(said, format) }}
	r.stamp = r.now()
	shows := func(want zktest.Leaf, look bool) {
		t.Helper()
		if r.looked = time.Now(); look {
			r.looked = time.Time{}
		}
		got, err := r.config(nil)
		if err != nil || !got.Certificates[0].Leaf.Equal(want.Cert) {
			t.Errorf("it shows %v, %v, want %v", got.Certificates[0].Leaf.Subject, err, want.Cert.Subject)
		}
	}
	shows(first, true)
	if err := os.WriteFile(path, []byte("-----BEGIN"), 0o600); err != nil {
		t.Fatal(err)
	}
	shows(first, true)
	shows(first, true) // and says so once
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	shows(first, true)
	put(second.BothFile)
	shows(first, false) // not so soon
	shows(second, true)
	if len(said) != 3 || !strings.HasPrefix(said[0], "the certificates have changed and cannot be read") || said[2] != "the certificates have changed, and were read again" {
		t.Errorf("said %q", said)
	}
}
