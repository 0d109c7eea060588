package tui

import (
	"testing"
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
