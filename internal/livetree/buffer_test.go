package livetree

import (
	"fmt"
	"strings"
	"testing"
)

// TestBufferBoundsBytes: changes of long paths fill the buffer before there are many, and
// it is as empty as before once they are taken.
func TestBufferBoundsBytes(t *testing.T) {
	var b buffer
	long := strings.Repeat("x", 1<<20)
	n := 0
	for b.put(Change{Kind: Created, Path: fmt.Sprint("/", n, long)}) {
		b.put(Change{Kind: Deleted, Path: fmt.Sprint("/", n, long)}) // takes its place
		if n++; n > 1000 {
			t.Fatal("there is no end")
		}
	}
	if n < 20 || b.bytes > bufferBytes {
		t.Errorf("%d changes, %d bytes", n, b.bytes)
	}
	for len(b.take(10)) > 0 {
	}
	if b.bytes != 0 {
		t.Errorf("%d bytes in an empty buffer", b.bytes)
	}
}
