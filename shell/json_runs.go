package shell

import (
	"strconv"
	"strings"
)

// jsonRuns are zkCli's reading commands as they print JSON. Options that arm a
// watch arm it here, too; those that are about the form of the output (get -b,
// get -x) mean nothing.
var jsonRuns = map[string]func(*Call) error{
	"ls": jsonLs, "ls2": jsonLs, "get": jsonGet, "stat": jsonStatOf, "getAcl": jsonGetACL,
	"getEphemerals": jsonGetEphemerals, "getAllChildrenNumber": jsonGetAllChildrenNumber,
	"whoami": jsonWhoAmI, "config": jsonConfig, "listquota": jsonListQuota, "history": jsonHistory,
}

// jsonPath is a znode of which no more is known than that it is there.
type jsonPath struct {
	Path string `json:"path"`
}

// jsonLs prints {"path", "children"}, with -s and for ls2 "stat"; with -R
// {"path"} for each znode.
func jsonLs(c *Call) error {
	watch, err := c.wantsWatch("ls [-w] path")
	if err != nil {
		return err
	}
	if len(c.args) < 1 {
		return c.cmd.usageError(c.dialect)
	}
	path := c.args[0]
	if c.has("R") {
		p := c.printer()
		defer p.flush()
		return c.listAll(path, watch, func(path string) error { return p.object(jsonPath{path}) })
	}
	children, st, err := c.zk.Children(c.ctx, path, c.arm(watch))
	if err != nil {
		return err
	}
	sortNames(children)
	out := struct {
		Path     string    `json:"path"`
		Children []string  `json:"children"`
		Stat     *jsonStat `json:"stat,omitempty"`
	}{Path: path, Children: append([]string{}, children...)}
	if c.has("s") || c.cmd.Name == "ls2" {
		out.Stat = statJSON(st)
	}
	return c.object(out)
}

// jsonZnode is a znode with its data.
type jsonZnode struct {
	Path string `json:"path"`
	jsonData
	Stat *jsonStat `json:"stat"`
}

func jsonGet(c *Call) error {
	watch, err := c.wantsWatch("get [-s] [-w] path")
	if err != nil {
		return err
	}
	data, st, err := c.zk.Get(c.ctx, c.args[0], c.arm(watch))
	if err != nil {
		return err
	}
	return c.object(jsonZnode{c.args[0], dataJSON(data), statJSON(st)})
}

func jsonStatOf(c *Call) error {
	watch, err := c.wantsWatch("stat [-w] path")
	if err != nil {
		return err
	}
	st, err := c.zk.Exists(c.ctx, c.args[0], c.arm(watch))
	if err != nil {
		return err
	}
	return c.object(pathStat{c.args[0], statJSON(st)})
}

func jsonGetACL(c *Call) error {
	acl, st, err := c.zk.GetACL(c.ctx, c.args[0])
	if err != nil {
		return err
	}
	return c.object(struct {
		Path string    `json:"path"`
		ACL  []jsonACL `json:"acl"`
		Stat *jsonStat `json:"stat"`
	}{c.args[0], aclJSON(acl), statJSON(st)})
}

func jsonGetEphemerals(c *Call) error {
	paths, err := c.zk.Ephemerals(c.ctx, c.pathArg(0))
	if err != nil {
		return err
	}
	sortNames(paths)
	p := c.printer()
	defer p.flush()
	for _, path := range paths {
		if err := p.object(jsonPath{path}); err != nil {
			return err
		}
	}
	return nil
}

func jsonGetAllChildrenNumber(c *Call) error {
	n, err := c.zk.AllChildrenNumber(c.ctx, c.args[0])
	if err != nil {
		return err
	}
	return c.object(struct {
		Path  string `json:"path"`
		Below int    `json:"below"`
	}{c.args[0], n})
}

func jsonWhoAmI(c *Call) error {
	who, err := c.zk.WhoAmI(c.ctx)
	if err != nil {
		return err
	}
	for _, w := range who {
		if err := c.object(struct {
			Scheme string `json:"scheme"`
			User   string `json:"user"`
		}{w.Scheme, w.User}); err != nil {
			return err
		}
	}
	return nil
}

// configPath is where an ensemble keeps its configuration.
const configPath = "/zookeeper/config"

func jsonConfig(c *Call) error {
	data, st, err := c.zk.Get(c.ctx, configPath, c.arm(c.has("w")))
	if err != nil {
		return err
	}
	return c.object(jsonZnode{configPath, dataJSON(data), statJSON(st)})
}

// jsonListQuota prints {"path", "limits", "stats"}, with the names that the
// server has for the numbers.
func jsonListQuota(c *Call) error {
	base := "/zookeeper/quota" + strings.TrimSuffix(c.args[0], "/")
	limits, _, err := c.zk.Get(c.ctx, base+"/zookeeper_limits", nil)
	if err != nil {
		return err
	}
	stats, _, err := c.zk.Get(c.ctx, base+"/zookeeper_stats", nil)
	if err != nil {
		return err
	}
	return c.object(struct {
		Path   string           `json:"path"`
		Limits map[string]int64 `json:"limits"`
		Stats  map[string]int64 `json:"stats"`
	}{c.args[0], quotaNumbers(string(limits)), quotaNumbers(string(stats))})
}

// quotaNumbers reads count=1,bytes=2;byteHardLimit=3.
func quotaNumbers(text string) map[string]int64 {
	out := map[string]int64{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		name, value, _ := strings.Cut(part, "=")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			out[name] = n
		}
	}
	return out
}

func jsonHistory(c *Call) error {
	lines := c.sh.History()
	for i := max(0, len(lines)-1-historyShown); i < len(lines); i++ {
		if err := c.object(struct {
			Number int    `json:"number"`
			Line   string `json:"line"`
		}{i, lines[i]}); err != nil {
			return err
		}
	}
	return nil
}
