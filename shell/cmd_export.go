package shell

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"zoosh/internal/export"
	"zoosh/internal/localfile"
	"zoosh/internal/walk"
)

// exportCommands carry subtrees from one place to another, and compare them.
var exportCommands = []Command{
	{
		Name: "export", Run: runExport, Results: []Result{&exported{}}, Effect: Reads, Reaches: OwnServer | LocalFiles, Beyond: fileAt(1), Own: true,
		Usage:   always("[-f] path file|-"),
		Summary: "write the subtree with its data and ACLs to a file as JSON, a znode a line",
		Options: []Option{{Name: "f", Desc: "replace the file if it is there"}},
		Args:    []ArgKind{ArgPath, ArgFile}, MinArgs: 2, MaxArgs: 2,
		Example: "export /app app.json",
	},
	{
		Name: "import", Run: runImport, Results: []Result{&imported{}}, Effect: Writes, Reaches: OwnServer | LocalFiles, Beyond: fileAt(0), Creates: true, Own: true,
		Usage:   always("[-dry-run] [-y] [-f] file|- path"),
		Summary: "create what export has written below path; ephemerals, zxids, times and versions do not come back",
		Options: []Option{dryRunOption, yesOption, {Name: "f", Desc: "overwrite data and ACL of znodes that are there"}},
		Args:    []ArgKind{ArgFile, ArgPath}, MinArgs: 2, MaxArgs: 2,
		Example: "export /app app.json\nimport -y app.json /copy",
	},
	{
		Name: "cp", Run: runCp, Results: []Result{&carried{}}, Effect: Writes, Reaches: OwnServer, Creates: true, Own: true,
		Usage:   always("[-r] source path"),
		Summary: "copy a znode with its data and ACL; path must not be there yet",
		Options: []Option{{Name: "r", Desc: "everything below it, too"}},
		Args:    []ArgKind{ArgPath, ArgPath}, MinArgs: 2, MaxArgs: 2,
		Example: "cp -r /app /copy",
	},
	{
		Name: "mv", Run: runMv, Results: []Result{&carried{}}, Effect: Writes, Reaches: OwnServer, Creates: true, Own: true,
		Usage:   always("[-y] source path"),
		Summary: "move a subtree, in one transaction if it is small enough; path must not be there yet",
		Options: []Option{yesOption},
		Args:    []ArgKind{ArgPath, ArgPath}, MinArgs: 2, MaxArgs: 2,
		Example: "mv /app/config /app/settings",
	},
	{
		Name: "diff", Run: runDiff, Results: []Result{&difference{}}, Effect: Reads, Reaches: OwnServer | OtherServers | LocalFiles | LocalPrograms, Beyond: diffBeyond, Own: true,
		Usage:   always("[-noacl] [-noephemerals] a b"),
		Summary: "compare two subtrees: exit code 1 if they differ, 2 if that is not known",
		Options: []Option{{Name: "noacl", Desc: "ACLs may differ"}, {Name: "noephemerals", Desc: "pass over ephemerals"}},
		Args:    []ArgKind{ArgTree, ArgTree}, MinArgs: 2, MaxArgs: 2,
		Example: "diff /app /app",
	},
}

// exportBlock is how much is written at a time.
const exportBlock = 64 << 10

func runExport(c *Call) error {
	if err := c.atMost(2); err != nil {
		return err
	}
	root, file := c.args[0], c.args[1]
	if file == "-" || localfile.Output(file) {
		p := c.printer()
		defer p.flush()
		_, err := c.exportTo(p, root)
		return err
	}
	path, err := c.sh.localFile(file)
	if err != nil {
		return failf("export: %v", err)
	}
	n, err := c.exportFile(file, path, root)
	if err != nil {
		return asNamed(err, file)
	}
	return c.yield(&exported{c.act(root), file, n})
}

// exportFile writes a file that is whole or not there, or a device or a pipe as it comes.
// Its name as it was typed goes into messages.
func (c *Call) exportFile(file, path, root string) (n int, err error) {
	options := localfile.Options{Force: c.has("f"), Ours: export.Begins}
	err = localfile.Replace(c.ctx, path, options, func(w *os.File) error {
		n, err = c.exportTo(SafeFor(w), root)
		return err
	})
	if err = firstOf(err); errors.Is(err, localfile.ErrThere) {
		return 0, failf("%s is there already; -f replaces it", file)
	}
	if of, ok := err.(*fs.PathError); ok {
		return 0, fmt.Errorf("%s: %w", file, of.Err) // not the name beside it
	}
	return n, err
}

func (c *Call) exportTo(w io.Writer, root string) (n int, err error) {
	out := bufio.NewWriterSize(w, exportBlock)
	defer out.Flush()
	ew, err := export.NewWriter(out, export.Header{
		Root: root, Server: c.sh.Place(), Time: jsonTime(time.Now().UnixMilli())})
	if err != nil {
		return 0, err
	}
	var skipped walk.Skipped
	told := c.progressOf("exported", 0)
	skipped, err = export.Take(c.ctx, c.zk, root, func(z *export.Znode) error {
		n++
		told(n)
		return ew.Write(z)
	})
	c.endProgress()
	if err = errors.Join(err, out.Flush()); err != nil {
		return 0, firstOf(err)
	}
	c.saySkipped(skipped)
	if skipped.Denied > 0 {
		c.errln("what may not be read is missing in the export")
	}
	return n, nil
}

// firstOf is an error without those that were joined to it.
func firstOf(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()[0]
	}
	return err
}

func runImport(c *Call) error {
	if err := c.atMost(2); err != nil {
		return err
	}
	file, root := c.args[0], c.args[1]
	all, err := c.readExport(file)
	if err != nil {
		return err
	}
	there, owned, err := c.pathsBelow(root, c.asks())
	if err != nil {
		return err
	}
	plan := export.NewPlan(root, all, there)
	if err := c.keepOrOverwrite(plan); err != nil {
		return err
	}
	acls, err := judgeACLs(plan)
	if err != nil {
		return err
	}
	if c.has(dryRunOption.Name) {
		if err := c.yield(c.imported(plan, file)); err != nil {
			return err
		}
		acls.say(c)
		c.sayNotRestored(plan.Skipped, "would not be restored")
		return nil
	}
	if plan.Len() > 1 || len(acls.locked) > 0 {
		if err := c.mayRestore(plan, owned, acls.warning()); err != nil {
			return err
		}
	}
	c.changes(plan.Changes)
	if err := plan.Restore(c.ctx, c.zk, c.progressOf("imported", plan.Len())); err != nil {
		return c.restoreFailed("import", err)
	}
	c.endProgress()
	if err := c.yield(c.imported(plan, file)); err != nil {
		return err
	}
	acls.say(c)
	c.sayNotRestored(plan.Skipped, "not restored")
	return nil
}

// mayRestore asks before znodes are created and overwritten, ephemerals among them.
func (c *Call) mayRestore(plan *export.Plan, owned map[string]int64, warning string) error {
	if !c.asks() {
		return nil
	}
	t := c.sh.taken(plan.Root)
	t.Znodes = plan.Len()
	for _, z := range plan.Set {
		path := export.Below(plan.Root, z.Path)
		if id := owned[path]; id != 0 {
			t.owns(id, path)
		}
	}
	t.meet(c.ctx, c.sh)
	return c.confirm(t, warning+fmt.Sprintf("Create %s and overwrite %d at %s on %s%s?",
		count(len(plan.Create), "znode"), len(plan.Set), t.Path, t.Server, t.ephemerals()))
}

// keepOrOverwrite decides about znodes that are there already: without -f only
// the root may be, and it stays as it is.
func (c *Call) keepOrOverwrite(plan *export.Plan) error {
	if c.has("f") || len(plan.Set) == 0 {
		return nil
	}
	for _, z := range plan.Set {
		if z.Path != "/" {
			return failf("%s is there already; -f overwrites", export.Below(plan.Root, z.Path))
		}
	}
	c.note("%s is there already and stays as it is; -f overwrites", plan.Root)
	plan.Set = nil
	return nil
}

// sayNotRestored names the ephemerals, and whose they were.
func (c *Call) sayNotRestored(skipped []*export.Znode, what string) {
	if len(skipped) == 0 {
		return
	}
	var names []string
	for i, z := range skipped {
		if i == shownNames {
			names = append(names, "…")
			break
		}
		of := ""
		if z.Stat != nil {
			of = " of session " + z.Stat.EphemeralOwner
		}
		names = append(names, z.Path+of)
	}
	c.errln("%s: %s, which live and die with their sessions: %s", what, count(len(skipped), "ephemeral"), strings.Join(names, ", "))
}

// restoreFailed says how far a command came.
func (c *Call) restoreFailed(what string, err error) error {
	var e *export.RestoreError
	if !errors.As(err, &e) || c.ctx.Err() != nil {
		return err
	}
	return &failure{code: exitFailed, cause: e.Err,
		msg: fmt.Sprintf("%s: after %d of %s: %s", what, e.Done, count(e.Of, "znode"), errorMessage(c.dialect, e.Err, c.zk.LastError()))}
}

func (c *Call) readExport(file string) ([]*export.Znode, error) {
	var in io.Reader
	if file == "-" {
		if c.sh.cfg.Input == nil {
			return nil, failf("there is no standard input to read here")
		}
		in = c.sh.cfg.Input
	} else {
		path, err := c.sh.localFile(file)
		if err != nil {
			return nil, err
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, asNamed(err, file)
		}
		defer f.Close()
		in = f
	}
	_, all, err := export.ReadUpTo(in, c.sh.maxRequest())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return all, nil
}

// pathsBelow is what there is at and below root, which need not be there, and, if that is
// wanted, whose the ephemerals are.
func (c *Call) pathsBelow(root string, owners bool) (there map[string]bool, owned map[string]int64, err error) {
	there, owned = map[string]bool{}, map[string]int64{}
	held := c.holds()
	_, err = walk.Walk(c.ctx, c.zk, root, walk.Options{Depth: -1, Names: !owners}, func(n *walk.Node) error {
		there[n.Path] = true
		if n.Ephemeral() {
			owned[n.Path] = n.Stat.EphemeralOwner
		}
		return held.Take(heldEach + len(n.Path))
	})
	if isNoNode(err) {
		err = nil
	}
	return there, owned, err
}
