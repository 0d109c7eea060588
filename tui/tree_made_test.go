package tui

import (
	"fmt"
	"testing"

	"zoosh/shell"
)

// What a session makes is marked as long as it is that znode.
func TestMadeHere(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.goesTo("Command")
	d.enters("create -c /group x", "create -t 600000 /lease x", "create -s -t 600000 /n- x", "create /plain x", "create -c /plain x")
	d.seesIn("Tree", "group ▣", "lease ◷", "n-0000000002 ◷ #", "plain")
	d.selects("/lease")
	d.seesIn("Node", "Stat TTL 600000 ms, made here")
	d.selects("/group")
	d.seesIn("Node", "Stat container, made here")
	d.enters("delete /group", "create /group x")
	d.seesIn("Tree", "group")
	d.seesNotIn("Tree", "group ▣")
	d.seesNotIn("Node", "made here")
}

func TestMadeIsBounded(t *testing.T) {
	var m made
	for i := range 3 * madeLimit {
		m.add(&shell.Made{Path: fmt.Sprint(i % (2 * madeLimit)), Czxid: int64(i)})
	}
	if len(m.at) != madeLimit || len(m.order) != madeLimit {
		t.Errorf("%d are kept, %d in order", len(m.at), len(m.order))
	}
	if m.find("", fmt.Sprint(madeLimit-1), 3*madeLimit-1) == nil || m.find("", fmt.Sprint(madeLimit-1), 5) != nil {
		t.Error("the newest is not known, or by another's czxid")
	}
}
