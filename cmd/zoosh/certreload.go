package main

import (
	"crypto/tls"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// lookEvery is how often a client's coming has the files looked at, at most.
const lookEvery = time.Second

// A reloader has a TLS port show and believe what is in its files now, as
// client.certReload does.
type reloader struct {
	load  func() (*tls.Config, error)
	files []string
	logf  func(format string, args ...any)

	mu     sync.Mutex
	cfg    *tls.Config
	stamp  string // of the files that cfg is of
	looked time.Time
}

// reloading is a configuration that follows its files. logf is told when they have
// changed.
func reloading(cfg *tls.Config, load func() (*tls.Config, error), files []string, logf func(string, ...any)) *tls.Config {
	r := &reloader{load: load, files: files, logf: logf, cfg: cfg, looked: time.Now()}
	r.stamp = r.now()
	return &tls.Config{GetConfigForClient: r.config}
}

// now tells the files from what they were.
func (r *reloader) now() string {
	var b strings.Builder
	for _, name := range r.files {
		if info, err := os.Stat(name); err == nil {
			fmt.Fprintf(&b, "%d %d\n", info.ModTime().UnixNano(), info.Size())
		} else {
			b.WriteString("gone\n")
		}
	}
	return b.String()
}

// config is the configuration for a client. While the files cannot be read, because
// somebody is writing them, it stays what it was.
func (r *reloader) config(*tls.ClientHelloInfo) (*tls.Config, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.looked) < lookEvery {
		return r.cfg, nil
	}
	r.looked = time.Now()
	stamp := r.now()
	if stamp == r.stamp {
		return r.cfg, nil
	}
	r.stamp = stamp
	if cfg, err := r.load(); err != nil {
		r.logf("the certificates have changed and cannot be read, so the old ones stay: %v", err)
	} else {
		r.cfg = cfg
		r.logf("the certificates have changed, and were read again")
	}
	return r.cfg, nil
}
