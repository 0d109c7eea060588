package shell

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"

	"zoosh/internal/textfile"
	"zoosh/internal/wire"
)

// configCommands are the commands about the ensemble and who is in it.
var configCommands = []Command{
	{
		Name: "config", Run: runConfig, Results: []Result{&configuration{}}, Effect: Reads, Reaches: OwnServer,
		Usage:   Usage{D38: "[-c] [-w] [-s]"},
		MaxArgs: NoArgs,
		Summary: "show the ensemble's configuration",
		Options: []Option{{Name: "c", Desc: "the addresses for clients alone"}, watchOption, statOption},
		Example: "config -s",
	},
	{
		Name: "reconfig", Run: runReconfig, Results: []Result{&configuration{}}, Effect: Writes, Reaches: OwnServer | OwnEnsemble | LocalFiles, Beyond: reconfigBeyond,
		Usage:   Usage{D38: reconfigUsage},
		MaxArgs: NoArgs,
		Summary: "change the ensemble's members",
		Options: []Option{statOption,
			{Name: "v", Arg: "version", Desc: "the version that the configuration must have, in hexadecimal"},
			{Name: "file", Arg: "path", Kind: ArgFile, Desc: "a file with all the members there are to be"},
			{Name: "members", Arg: "list", Desc: "all the members there are to be, between commas"},
			{Name: "add", Arg: "list", Desc: "members to add, between commas"},
			{Name: "remove", Arg: "list", Desc: "the ids of members to remove, between commas"}},
		Example: "reconfig -add server.4=host4:2888:3888;2181",
	},
	{
		Name: "version", Run: runVersion, Results: []Result{&cliVersion{}}, Effect: Reads, Reaches: OwnServer, Sessionless: anyWords,
		Usage:   Usage{D38: ""},
		MaxArgs: NoArgs,
		Summary: "show the version of the shell",
		Example: "version",
	},
	{
		Name: "whoami", Run: runWhoAmI, Results: []Result{identities(nil)}, Effect: Reads, Reaches: OwnServer, Raw: true,
		Usage:   Usage{D38: ""},
		MaxArgs: NoArgs,
		Summary: "show who the session is to the server",
		Example: "addauth digest bob:secret\nwhoami",
	},
}

const reconfigUsage = "[-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] | " +
	"[-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]"

func runConfig(c *Call) error {
	data, st, err := c.zk.EnsembleConfig(c.ctx, c.arm(c.has("w")))
	if err != nil {
		return err
	}
	return c.yield(&configuration{data: data, stat: st, withStat: c.has("s"), clients: c.has("c")})
}

// A configuration is the ensemble's. All but data and stat is about text alone.
type configuration struct {
	data      []byte
	stat      *wire.Stat
	withStat  bool
	clients   bool // the addresses for clients alone
	committed bool // it is a new one
}

func (g *configuration) text(w *textOut) {
	text := formatData(g.data)
	if g.clients {
		text = clientAddresses(text)
	}
	if g.committed {
		text = "Committed new configuration:\n" + text
	}
	w.outln("%s", text)
	if g.withStat {
		w.stat(g.stat)
	}
}

func (g *configuration) objects() iter.Seq[any] {
	return one(jsonZnode{wire.ConfigPath, dataJSON(g.data), statJSON(g.stat)})
}

// clientAddresses is what config -c makes of a configuration: its version and
// where clients find the servers, in the order of a Java hash table.
func clientAddresses(config string) string {
	entries := properties(config)
	version, addresses := "", []string{}
	for _, key := range javaMapOrder(entries) {
		value := strings.TrimSpace(entries[key])
		if key == "version" {
			version = value
		}
		if !strings.HasPrefix(key, "server.") {
			continue
		}
		_, client, has := strings.Cut(value, ";")
		switch {
		case !has:
			addresses = append(addresses, "")
		case strings.Contains(client, ":"):
			addresses = append(addresses, client)
		default:
			addresses = append(addresses, "0.0.0.0:"+client)
		}
	}
	return version + " " + strings.Join(addresses, ",")
}

func runReconfig(c *Call) error {
	data, st, err := c.reconfigure()
	if err != nil {
		return err
	}
	return c.yield(&configuration{data: data, stat: st, withStat: c.has("s"), committed: true})
}

// reconfigure asks for the change that the options describe.
func (c *Call) reconfigure() ([]byte, *wire.Stat, error) {
	change, err := c.reconfigChange()
	if err != nil {
		return nil, nil, err
	}
	data, st, err := c.zk.Reconfig(c.ctx, change)
	return data, st, reconfigError(err)
}

// reconfigChange checks the options in zkCli's order; the rest is for the server to
// check.
func (c *Call) reconfigChange() (change wire.ReconfigRequest, err error) {
	whole, parts := c.has("file") || c.has("members"), c.has("add") || c.has("remove")
	if !whole && !parts {
		return change, c.cmd.usageError(c.dialect)
	}
	change.CurConfigID = -1
	if text, ok := c.opts["v"]; ok {
		if change.CurConfigID, err = strconv.ParseInt(text, 16, 64); err != nil {
			return change, failf("-v must be followed by a long (configuration version)")
		}
	}
	switch {
	case whole && parts:
		return change, failf("Can't use -file or -members together with -add or -remove" +
			" (mixing incremental and non-incremental modes is not allowed)")
	case c.has("file") && c.has("members"):
		return change, failf("Can't use -file and -members together (conflicting non-incremental modes)")
	}
	change.Joining, change.Leaving = strings.ToLower(c.opts["add"]), strings.ToLower(c.opts["remove"])
	change.NewMembers = strings.ToLower(c.opts["members"])
	if name, ok := c.opts["file"]; ok {
		file, err := c.sh.localFile(name)
		if err != nil {
			return change, failf("reconfig: %v", err)
		}
		change.NewMembers, err = membersIn(file)
		return change, err
	}
	return change, err
}

// maxConfig is how much of a configuration file is read: a request could not
// hold more.
const maxConfig = 1 << 20

// membersIn reads the members from a file that has nothing else in it. The errors are
// worded as zkCli's and Java's.
func membersIn(name string) (string, error) {
	b, err := readConfig(name)
	if err != nil {
		reason := err.Error()
		var of *os.PathError
		if errors.As(err, &of) {
			reason = of.Err.Error()
		}
		return "", failf("Error processing %s%s (%s)", name, name, strings.ToUpper(reason[:1])+reason[1:])
	}
	var members strings.Builder
	entries := properties(string(b))
	for _, key := range javaMapOrder(entries) {
		switch {
		case strings.HasPrefix(key, "server."), strings.HasPrefix(key, "group"), strings.HasPrefix(key, "weight"):
			fmt.Fprintf(&members, "%s=%s\n", key, entries[key])
		case key != "version": // which is the server's to give
			return "", failf("Error processing %sUnrecognised parameter: %s", name, key)
		}
	}
	return members.String(), nil
}

func readConfig(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(b) > maxConfig {
		err = fmt.Errorf("it has more than %d bytes", maxConfig)
	}
	return textfile.Trim(b), err
}

// reconfigError puts the errors of a reconfig, which are about no path, in
// zkCli's words.
func reconfigError(err error) error {
	var server *wire.Error
	if !errors.As(err, &server) {
		return err
	}
	switch server.Code {
	case wire.ReconfigInProgress:
		return failf("Another reconfiguration is in progress -- concurrent reconfigs not supported (yet)")
	case wire.NewConfigNoQuorum:
		return failf("No quorum of new config is connected and up-to-date with the leader of last commmitted" +
			" config - try invoking reconfiguration after new servers are connected and synced")
	}
	if prefix, ok := serverMessages[server.Code]; ok {
		return failf("%s", prefix)
	}
	return err
}

func runVersion(c *Call) error {
	if len(c.args) > 0 {
		return c.cmd.usageError(c.dialect)
	}
	return c.yield(&cliVersion{c.dialect.String() + "-zoosh", builtOn()})
}

// cliVersion is what zoosh says of itself where zkCli says its version.
type cliVersion struct {
	Version string `json:"version"`
	BuiltOn string `json:"builtOn"`
}

func (v *cliVersion) text(w *textOut) {
	w.outln("ZooKeeper CLI version: %s, built on %s", v.Version, v.BuiltOn)
}

func (v *cliVersion) objects() iter.Seq[any] { return one(v) }

func runWhoAmI(c *Call) error {
	ids, err := c.zk.WhoAmI(c.ctx)
	if err != nil {
		return err
	}
	return c.yield(identities(ids))
}

// identities are who the session is to the server.
type identities []wire.ClientInfo

func (all identities) text(w *textOut) {
	w.outln("Auth scheme: User")
	for _, id := range all {
		w.outln("%s: %s", id.Scheme, id.User)
	}
}

func (all identities) objects() iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, id := range all {
			if !yield(struct {
				Scheme string `json:"scheme"`
				User   string `json:"user"`
			}{id.Scheme, id.User}) {
				return
			}
		}
	}
}
