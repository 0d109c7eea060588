package roles

import (
	"context"
	"sync/atomic"
	"testing"
)

// A fuse is a context that ends once it has been looked at so often.
type fuse struct {
	context.Context
	cancel func()
	left   atomic.Int64
}

func (f *fuse) Done() <-chan struct{} {
	f.burn()
	return f.Context.Done()
}

func (f *fuse) Err() error {
	f.burn()
	return f.Context.Err()
}

func (f *fuse) burn() {
	if f.left.Add(-1) <= 0 {
		f.cancel()
	}
}

// Whenever looking at what a student is to achieve is given up, the next look knows it.
func TestExpectedAfterGivingUp(t *testing.T) {
	var w watcher
	opt := w.options()
	opt.Turn = true
	r := start(t, parse(t, takeover), opt)
	want, err := r.x.expected(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, after := want.before, want.after
	for looks := int64(1); ; looks++ {
		r.x.forgetReference()
		ctx, cancel := context.WithCancel(t.Context())
		f := &fuse{Context: ctx, cancel: cancel}
		f.left.Store(looks)
		_, failed := r.x.expected(f)
		cancel()
		got, err := r.x.expected(t.Context())
		if err != nil {
			t.Fatalf("given up after %d looks: %v", looks, err)
		}
		if got.before == nil || !got.before.same(before) || got.after == nil || !got.after.same(after) {
			t.Fatalf("given up after %d looks (%v): %+v and %+v are expected", looks, failed, got.before, got.after)
		}
		if failed == nil {
			return
		}
	}
}
