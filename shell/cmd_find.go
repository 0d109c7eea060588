package shell

import (
	"fmt"
	"iter"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/walk"
)

var findOptions = []Option{
	{Name: "name", Arg: "glob", Desc: "the name matches: *, ?, [a-z]"},
	{Name: "regex", Arg: "re", Desc: "the whole path matches a regular expression in some part"},
	depthOption,
	{Name: "size", Arg: "[+-]N[k|M]", Desc: "bytes of data: N, more (+) or fewer (-)"},
	{Name: "age", Arg: "[+-]AGE", Desc: "last written longer ago than AGE (+) or since (-): 90s, 10m, 2h, 7d"},
	{Name: "owner", Arg: "session", Desc: "an ephemeral of that session (0x…), of any, or of none"},
	{Name: "l", Desc: "with kind, bytes, children, version and time of the last write"},
}

// A condition is what find asks of a znode.
type condition func(*walk.Node) bool

// conditions reads find's options.
func (c *Call) conditions(now time.Time) ([]condition, error) {
	var all []condition
	for _, o := range []struct {
		name string
		read func(string, time.Time) (condition, error)
	}{{"name", byNameGlob}, {"regex", byRegex}, {"size", bySize}, {"age", byAge}, {"owner", byOwner}} {
		text, ok := c.opts[o.name]
		if !ok {
			continue
		}
		cond, err := o.read(text, now)
		if err != nil {
			return nil, failf("-%s %s: %v", o.name, text, err)
		}
		all = append(all, cond)
	}
	return all, nil
}

func byNameGlob(glob string, _ time.Time) (condition, error) {
	if _, err := path.Match(glob, ""); err != nil {
		return nil, fmt.Errorf("a bracket is not closed")
	}
	return func(n *walk.Node) bool {
		ok, err := path.Match(glob, baseName(n.Path))
		return ok && err == nil
	}, nil
}

func byRegex(re string, _ time.Time) (condition, error) {
	r, err := regexp.Compile(re)
	if err != nil {
		return nil, err
	}
	return func(n *walk.Node) bool { return r.MatchString(n.Path) }, nil
}

// compared splits a number's sign off: more than it, less, or just that.
func compared(text string) (sign byte, number string) {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		return text[0], text[1:]
	}
	return 0, text
}

func holds(sign byte, n, than int64) bool {
	switch sign {
	case '+':
		return n > than
	case '-':
		return n < than
	}
	return n == than
}

func bySize(text string, _ time.Time) (condition, error) {
	sign, number := compared(text)
	unit := int64(1)
	switch {
	case strings.HasSuffix(number, "k"):
		unit, number = 1<<10, strings.TrimSuffix(number, "k")
	case strings.HasSuffix(number, "M"):
		unit, number = 1<<20, strings.TrimSuffix(number, "M")
	}
	bytes, err := strconv.ParseInt(number, 10, 32)
	if err != nil || bytes < 0 {
		return nil, fmt.Errorf("it is a number of bytes, with k or M behind it perhaps")
	}
	return func(n *walk.Node) bool {
		return n.Stat != nil && holds(sign, int64(n.Stat.DataLength), bytes*unit)
	}, nil
}

func byAge(text string, now time.Time) (condition, error) {
	sign, number := compared(text)
	age, err := parseAge(number)
	if err != nil || sign == 0 {
		return nil, fmt.Errorf("it is + or - and a time such as 90s, 10m, 2h or 7d")
	}
	limit := now.Add(-age).UnixMilli()
	return func(n *walk.Node) bool {
		if n.Stat == nil {
			return false
		}
		return (n.Stat.Mtime < limit) == (sign == '+')
	}, nil
}

// parseAge is time.ParseDuration with days.
func parseAge(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || !(n >= 0 && n <= 1e5) {
			return 0, fmt.Errorf("%q is no number of days", text)
		}
		return time.Duration(n * float64(24*time.Hour)), nil
	}
	age, err := time.ParseDuration(text)
	if err == nil && age < 0 {
		err = fmt.Errorf("%q is below 0", text)
	}
	return age, err
}

func byOwner(text string, _ time.Time) (condition, error) {
	switch text {
	case "any":
		return (*walk.Node).Ephemeral, nil
	case "none":
		return func(n *walk.Node) bool { return n.Stat != nil && n.Stat.EphemeralOwner == 0 }, nil
	}
	id, err := parseSessionID(text)
	if err != nil {
		return nil, err
	}
	return func(n *walk.Node) bool { return n.Stat != nil && n.Stat.EphemeralOwner == id }, nil
}

// parseSessionID reads a session's id as a stat shows it.
func parseSessionID(text string) (int64, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(text, "0x"), "0X")
	id, err := strconv.ParseUint(digits, 16, 64)
	if err != nil || id == 0 {
		return 0, fmt.Errorf("it is a session's id such as 0x1000a2b3c4d0001, or any, or none")
	}
	return int64(id), nil
}

func runFind(c *Call) error {
	depth, err := c.treeArgs()
	if err != nil {
		return err
	}
	conditions, err := c.conditions(time.Now())
	if err != nil {
		return err
	}
	p := c.printer()
	defer p.flush()
	return c.walkTree(c.pathArg(0), walk.Options{Depth: depth}, func(n *walk.Node) error {
		for _, holds := range conditions {
			if !holds(n) {
				return nil
			}
		}
		return p.yield(&foundZnode{n, c.has("l")})
	})
}

// A foundZnode is a znode that find has found; long is about text alone.
type foundZnode struct {
	znode *walk.Node
	long  bool
}

func (f *foundZnode) text(w *textOut) {
	if f.long {
		w.outln("%s", longLine(f.znode))
		return
	}
	w.outln("%s", f.znode.Path)
}

// objects has a stat of null if it may not be read.
func (f *foundZnode) objects() iter.Seq[any] {
	return one(pathStat{f.znode.Path, statJSON(f.znode.Stat)})
}

// longLine is a line of find -l: e for an ephemeral, p for any other; bytes,
// children, version of the data, time of the last write, path.
func longLine(n *walk.Node) string {
	if n.Stat == nil {
		return fmt.Sprintf("? %10s %8s %8s %20s %s", "?", "?", "?", "?", n.Path)
	}
	kind := "p"
	if n.Ephemeral() {
		kind = "e"
	}
	return fmt.Sprintf("%s %10d %8d %8d %20s %s", kind, n.Stat.DataLength, n.Stat.NumChildren, n.Stat.Version,
		time.UnixMilli(n.Stat.Mtime).UTC().Format(time.RFC3339), n.Path)
}

// pathStat is a znode in JSON where its data was not asked for.
type pathStat struct {
	Path string    `json:"path"`
	Stat *jsonStat `json:"stat"`
}
