package znode

import (
	"fmt"
	"testing"

	"zoosh/shell"
)

// TestMadeIsBounded keeps the newest, and knows them by their czxid.
func TestMadeIsBounded(t *testing.T) {
	var m Made
	for i := range 3 * madeLimit {
		m.Add(&shell.Made{Path: fmt.Sprint(i % (2 * madeLimit)), Czxid: int64(i)})
	}
	if len(m.at) != madeLimit || len(m.order) != madeLimit {
		t.Errorf("%d are kept, %d in order", len(m.at), len(m.order))
	}
	if m.Find("", fmt.Sprint(madeLimit-1), 3*madeLimit-1) == nil || m.Find("", fmt.Sprint(madeLimit-1), 5) != nil {
		t.Error("the newest is not known, or by another's czxid")
	}
}
