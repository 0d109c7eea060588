package main

import (
	"fmt"
	"io"
	"sync"
)

// output writes to somebody who may have gone.
type output struct {
	w      io.Writer
	text   func(string) string
	cancel func()

	mu  sync.Mutex
	err error
}

// print writes a text, made safe for whoever reads it.
func (o *output) print(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return
	}
	if _, o.err = io.WriteString(o.w, o.text(text)); o.err != nil {
		o.cancel()
	}
}

func (o *output) printf(format string, args ...any) { o.print(fmt.Sprintf(format, args...)) }

// broken tells whether the reader has gone.
func (o *output) broken() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err != nil
}
