package crash

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"zoosh/internal/rawzk"
	"zoosh/internal/wire"
	"zoosh/internal/zkproc"
)

// visit reads the znode at path and everything below it.
func visit(c *rawzk.Client, path string, see func(path string, data []byte, acl []wire.ACL, s wire.Stat)) error {
	var data wire.GetDataResponse
	var acl wire.GetACLResponse
	var children wire.GetChildrenResponse
	for _, read := range []struct {
		op      wire.Op
		request wire.Record
		reply   wire.Record
	}{
		{wire.OpGetData, &wire.PathWatchRequest{Path: path}, &data},
		{wire.OpGetACL, &wire.PathRequest{Path: path}, &acl},
		{wire.OpGetChildren, &wire.PathWatchRequest{Path: path}, &children},
	} {
		if _, err := c.Do(read.op, read.request, read.reply); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	see(path, data.Data, acl.ACL, data.Stat)
	slices.Sort(children.Children)
	for _, name := range children.Children {
		if err := visit(c, wire.JoinPath(path, name), see); err != nil {
			return err
		}
	}
	return nil
}

// subtree reads what a writer has written. Ephemeral znodes may go meanwhile.
func subtree(c *rawzk.Client, home string) (state, error) {
	for {
		s := state{}
		err := visit(c, home, func(path string, data []byte, acl []wire.ACL, st wire.Stat) {
			s[path] = znode{
				data: string(data), acl: acl, version: st.Version, owner: st.EphemeralOwner,
				czxid: st.Czxid, mzxid: st.Mzxid, pzxid: st.Pzxid,
				made: (st.Cversion + st.NumChildren) / 2, present: st.NumChildren,
			}
		})
		if err == nil || !isNoNode(err) {
			return s, err
		}
		if _, err := c.Do(wire.OpExists, &wire.PathWatchRequest{Path: home}, nil); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", errLost, home, err)
		}
	}
}

// dump is everything that a server shows of its tree, a line for each znode.
func dump(addr string) ([]string, error) {
	c, err := rawzk.Dial(addr, longTimeout)
	if err != nil {
		return nil, err
	}
	defer c.Drop()
	var lines []string
	err = visit(c, "/", func(path string, data []byte, acl []wire.ACL, s wire.Stat) {
		lines = append(lines, fmt.Sprintf("%s %q (nil %t) %v %+v", path, data, data == nil, acl, s))
	})
	return lines, err
}

// dumpOf is the dump of a program that is started on a copy of the data.
func (tr *trial) dumpOf(p zkproc.Program, name string) ([]string, error) {
	dir, err := tr.keep(name)
	if err != nil {
		return nil, err
	}
	process, err := p.Start(dir, tick)
	if err != nil {
		return nil, err
	}
	lines, err := dump(process.Addr())
	process.Kill()
	if err != nil {
		return nil, err
	}
	return lines, os.RemoveAll(dir) // hundreds of rounds have many logs
}

// sameAs checks that another server, started on a copy of the data, shows the same.
// The server under test is killed for that, and started again.
func (tr *trial) sameAs(other zkproc.Program, name string) error {
	tr.process.Kill()
	tr.drop()
	own, err := tr.dumpOf(tr.program, name+"-own")
	if err != nil {
		return err
	}
	others, err := tr.dumpOf(other, name+"-other")
	if err != nil {
		return err
	}
	if d := difference(own, others); d != "" {
		return fmt.Errorf("%s and %s read the same data and differ:\n%s", tr.program.Name, other.Name, d)
	}
	if err := tr.start(); err != nil {
		return err
	}
	return tr.check()
}

// difference shows the lines that are in one list alone; both are sorted alike.
func difference(a, b []string) string {
	var out strings.Builder
	for _, line := range a {
		if !slices.Contains(b, line) {
			fmt.Fprintf(&out, "- %s\n", line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			fmt.Fprintf(&out, "+ %s\n", line)
		}
	}
	return out.String()
}
