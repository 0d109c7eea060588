package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// much makes a subtree that a y does not do for.
func (d *commandDriver) much(path string) {
	d.t.Helper()
	zk := d.zk()
	d.create(path, 0)
	var ops []wire.MultiOp
	for i := range shell.TypedFrom {
		ops = append(ops, wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{
			Path: fmt.Sprintf("%s/%d", path, i), Data: []byte("x"), ACL: wire.OpenACL()}})
	}
	if _, err := zk.Multi(context.Background(), ops); err != nil {
		d.t.Fatal(err)
	}
}

// On somebody's ensemble more than 1,000 znodes are taken for the last part of the path
// alone: at the prompt and in the tree.
func TestMuchIsTyped(t *testing.T) {
	t.Parallel()
	d := driveTreeOf(t, Config{NoColor: true, Asks: true})
	d.create("/deep", 0)
	d.much("/deep/much")
	d.selects("/deep/much")

	prompt := func() {
		d.m.setFocus(paneCommand)
		d.typed("deleteall /deep/much")
		d.press("enter")
		d.until("the question", func() bool { _, ok := d.m.overlay.(*ui.Question); return ok })
	}
	inTree := func() {
		d.m.setFocus(paneTree)
		d.press("d")
		o := d.m.overlay.(*ui.Question)
		d.press("y") // too early
		if d.m.overlay != o {
			t.Fatal("a y is taken before it is known how much goes")
		}
		d.until("the count", func() bool { return o.Word != "" })
	}
	for name, ask := range map[string]func(){"prompt": prompt, "tree": inTree} {
		for _, wrong := range [][]string{{"y"}, {"y", "enter"}, {"enter"}, {"m", "u", "c", "enter"}, {"m", "u", "c", "h", "esc"}, {"m", "u", "c", "h", "ctrl+c"}} {
			ask()
			shown := strings.Join(strings.Fields(pictured(t, d.m)), " ")
			if !strings.Contains(shown, "1001 znodes") || !strings.Contains(shown, "Type much and Enter") {
				t.Errorf("%s: %s", name, shown)
			}
			d.press(wrong...)
			d.m.endOverlay()
			d.idle()
			if yes, err := d.zk().Exists(context.Background(), "/deep/much", nil); err != nil || yes == nil {
				t.Fatalf("%s: %q has deleted it", name, wrong)
			}
		}
	}
	inTree()
	d.press("m", "u", "c", "h", "enter")
	d.passes(2 * livetree.MarkTime)
	d.seesNotIn("Tree", "much")
	d.much("/deep/much")
	prompt()
	d.typed("muc")
	d.send(tea.PasteMsg{Content: "h"})
	d.press("enter")
	d.until("it to be gone", func() bool {
		_, err := d.zk().Exists(context.Background(), "/deep/much", nil)
		return errors.Is(err, &wire.Error{Code: wire.NoNode})
	})
}
