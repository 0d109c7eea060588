package tui

import (
	"fmt"
	"strings"
	"testing"

	"zoosh/shell"
)

// What a session makes is marked as long as it is that znode.
func TestMadeHere(t *testing.T) {
	d := driveTree(t)
	d.m.setFocus(paneCommand)
	d.run("create -c /group x", "create -t 600000 /lease x", "create -s -t 600000 /n- x", "create /plain x", "create -c /plain x")
	for _, row := range []string{"group ▣", "lease ◷", "n-0000000002 ◷ #", "plain"} {
		d.untilRow(row)
	}
	d.selects("/lease")
	d.until("its kind", func() bool { return strings.Contains(nodeRows(d.m), "Stat  TTL 600000 ms, made here") })
	d.selects("/group")
	d.until("its kind", func() bool { return strings.Contains(nodeRows(d.m), "Stat  container, made here") })
	d.run("delete /group", "create /group x")
	d.until("it to be forgotten", func() bool {
		return strings.Contains(treeRows(d.m), " group\n") && strings.Contains(nodeRows(d.m), "\nStat\n")
	})
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
