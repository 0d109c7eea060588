package shell

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// doomed is a znode that is going to be deleted.
type doomed struct {
	path  string
	depth int
	owner int64 // the session, of an ephemeral
}

// mayDelete asks before more than one znode is taken, or, with -dry-run, says
// what would be.
func (c *Call) mayDelete(all []doomed) (ready bool, err error) {
	if c.has(dryRunOption.Name) {
		c.outln("would delete %s", count(len(all), "znode"))
		c.sayOwners(all)
		return false, nil
	}
	if len(all) < 2 {
		return true, nil
	}
	what := fmt.Sprintf("Delete %s", count(len(all), "znode"))
	if n := ephemeralsOf(all); n > 0 {
		what += ", " + count(n, "ephemeral") + " among them,"
	}
	if err := c.ask(what + " on " + c.sh.ConnectString() + "?"); err != nil {
		return false, err
	}
	return true, nil
}

func ephemeralsOf(all []doomed) (n int) {
	for _, d := range all {
		if d.owner != 0 {
			n++
		}
	}
	return n
}

// sayOwners lists the ephemerals by their sessions, and where those come from if
// the server tells.
func (c *Call) sayOwners(all []doomed) {
	bySession := map[int64][]string{}
	for _, d := range all {
		if d.owner != 0 {
			bySession[d.owner] = append(bySession[d.owner], d.path)
		}
	}
	if len(bySession) == 0 {
		return
	}
	clients, _ := c.clients()
	for _, id := range slices.Sorted(maps.Keys(bySession)) {
		paths := bySession[id]
		slices.Sort(paths)
		shown := strings.Join(paths[:min(len(paths), shownNames)], ", ")
		if len(paths) > shownNames {
			shown += ", …"
		}
		c.outln("%s of session %s: %s", count(len(paths), "ephemeral"), clients.name(id), shown)
	}
}
