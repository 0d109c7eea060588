package shell

import (
	"iter"

	"zoosh/internal/export"
)

// This file is what the commands have done that carry subtrees from one place to another.

// An exported is a subtree that is in a file now.
type exported struct {
	act
	File   string `json:"file"`
	Znodes int    `json:"znodes"`
}

func (e *exported) text(w *textOut) { w.note("Exported %s to %s", count(e.Znodes, "znode"), e.File) }

func (e *exported) objects() iter.Seq[any] { return one(e) }

// An imported is what was written of an export, or would be.
type imported struct {
	act
	File        string   `json:"file"`
	DryRun      bool     `json:"dryRun,omitempty"`
	Created     int      `json:"created"`
	Overwritten int      `json:"overwritten"`
	Skipped     []string `json:"skipped,omitempty"` // ephemerals
}

func (c *Call) imported(plan *export.Plan, file string) *imported {
	return &imported{c.act(plan.Root), file, c.has(dryRunOption.Name), len(plan.Create), len(plan.Set), skippedPaths(plan.Root, plan)}
}

func (i *imported) text(w *textOut) {
	if i.DryRun {
		w.outln("would create %s and overwrite %d", count(i.Created, "znode"), i.Overwritten)
		return
	}
	w.note("Created %s and overwrote %d", count(i.Created, "znode"), i.Overwritten)
}

func (i *imported) objects() iter.Seq[any] { return one(i) }

// A carried is a subtree that was copied or moved.
type carried struct {
	act
	To      string   `json:"to"`
	Znodes  int      `json:"znodes"`
	Skipped []string `json:"skipped,omitempty"` // ephemerals
}

func (m *carried) text(w *textOut) {
	did := "Copied"
	if m.Command == "mv" {
		did = "Moved"
	}
	w.note("%s %s", did, count(m.Znodes, "znode"))
}

func (m *carried) objects() iter.Seq[any] { return one(m) }

// skippedPaths are the paths below root of what a plan does not write.
func skippedPaths(root string, plan *export.Plan) (paths []string) {
	for _, z := range plan.Skipped {
		paths = append(paths, export.Below(root, z.Path))
	}
	return paths
}
