package shell

import (
	"errors"
	"iter"
	"slices"
	"strings"

	"zoosh/internal/wire"
)

// aclCommands are the commands about permissions.
var aclCommands = []Command{
	{
		Name: "getAcl", Run: runGetACL, Results: []Result{&znodeACL{}}, Effect: Reads, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D34: "path", D38: "[-s] path"},
		Summary:    "show the ACL",
		Options:    []Option{{Name: "s", Desc: "stats"}},
		Args:       []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\ngetAcl /app",
	},
	{
		Name: "setAcl", Run: runSetACL, Results: []Result{&aclSet{}, &aclsSet{}}, Effect: Writes, Reaches: OwnServer,
		// ZooKeeper checks what is under way behind it against the ACL from before.
		OneRequest: true, MoreWith: "R", HoldsNext: true,
		Usage:   Usage{D34: "path acl", D38: "[-s] [-v version] [-R] path acl"},
		Summary: "set the ACL",
		Options: []Option{{Name: "s", Desc: "stats"}, {Name: "v", Arg: "version", Desc: "version"},
			{Name: "R", Desc: "recursive"}, yesOption},
		Args: []ArgKind{ArgPath, ArgACL, ArgOther}, MinArgs: 2, MaxArgs: 2,
		Example: "create /app x\nsetAcl /app world:anyone:r",
	},
	{
		Name: "addauth", Run: runAddAuth, Results: []Result{&identified{}}, Effect: Reads, Reaches: OwnServer,
		Usage:   Usage{D34: "scheme auth"},
		Summary: "identify the session",
		Args:    []ArgKind{ArgScheme, ArgOther}, MinArgs: 1, MaxArgs: 2,
		Example: "addauth digest bob:secret\ncreate /mine x auth::cdrwa",
	},
}

func runGetACL(c *Call) error {
	acl, st, err := c.zk.GetACL(c.ctx, c.args[0])
	if err != nil {
		return err
	}
	return c.yield(&znodeACL{c.args[0], acl, st, c.has("s")})
}

// znodeACL is the ACL of a znode. Text has the stat only where it is wanted.
type znodeACL struct {
	path     string
	acl      []wire.ACL
	stat     *wire.Stat
	withStat bool
}

func (z *znodeACL) text(w *textOut) {
	w.out(FormatACL(z.acl))
	if z.withStat {
		w.stat(z.stat)
	}
}

func (z *znodeACL) objects() iter.Seq[any] {
	return one(struct {
		Path string    `json:"path"`
		ACL  []jsonACL `json:"acl"`
		Stat *jsonStat `json:"stat"`
	}{z.path, aclJSON(z.acl), statJSON(z.stat)})
}

func runSetACL(c *Call) error {
	acl, faults, err := c.aclArg(c.args[1])
	if err != nil {
		return err
	}
	at := 2
	if len(c.args) < 4 {
		at = len(c.args) // 3.4 looks at a version only if yet another word follows it
	}
	version, err := c.version(at)
	if err != nil {
		return err
	}
	if c.has("R") {
		return c.setACLs(acl, faults, version)
	}
	if err := requireACL(c.args[0], false, acl); err != nil {
		return err
	}
	if err := c.mayLock(c.args[0], acl); err != nil {
		return err
	}
	st, err := c.zk.SetACL(c.ctx, c.args[0], acl, version)
	if err != nil {
		c.explainACL(err, acl)
		return err
	}
	c.saySet(c.args[0]+" has", acl, faults)
	return c.yield(&aclSet{c.act(c.args[0]), acl, st, c.has("s")})
}

// setACLs is setAcl -R.
func (c *Call) setACLs(acl []wire.ACL, faults []string, version int32) error {
	what := c.args[0] + " and all below it"
	if err := c.mayLock(what, acl); err != nil {
		return err
	}
	set := 0
	err := c.walk(c.args[0], false, func(path string) error {
		_, err := c.zk.SetACL(c.ctx, path, acl, version)
		switch {
		case err == nil:
			set++
		case c.ctx.Err() != nil:
			return err
		default:
			c.out(err.Error()) // zkCli goes on, and ends no line
		}
		return nil
	})
	if set > 0 {
		c.saySet(what+" have", acl, faults)
	}
	if err != nil {
		return err
	}
	return c.yield(&aclsSet{c.act(c.args[0]), acl, set})
}

func runAddAuth(c *Call) error {
	var auth []byte
	if len(c.args) > 1 {
		auth = []byte(c.args[1])
	}
	fault := credentialFault(c.args[0], string(auth))
	if fault != "" && c.sh.cfg.Typed {
		return failf("addauth: %s", fault)
	}
	c.auth = true // a credential is kept also if the connection is lost meanwhile
	err := c.zk.AddAuth(c.ctx, c.args[0], auth)
	if err == nil && fault != "" {
		c.warn("%s; the session goes by what was given all the same", fault)
	}
	if near := Nearest(c.args[0], aclSchemes); c.sh.cfg.Typed && near != "" && near != c.args[0] && errors.Is(err, &wire.Error{Code: wire.AuthFailed}) {
		c.errln("The server knows no scheme %s (%s?)", c.args[0], near)
	}
	if err != nil {
		return err
	}
	return c.yield(&identified{c.act(""), c.args[0]})
}

// An identified is that the session has another identity, of that scheme. The rest is
// nobody's business.
type identified struct {
	act
	Scheme string `json:"scheme"`
}

func (*identified) text(*textOut) {}

func (i *identified) objects() iter.Seq[any] { return one(i) }

// parseACL reads scheme:id:perms,… as zkCli's AclParser does: what it cannot
// read it says and leaves out.
func (c *Call) parseACL(text string) []wire.ACL {
	acl := []wire.ACL{}
	for _, entry := range aclEntries(text) {
		first, last := strings.IndexByte(entry, ':'), strings.LastIndexByte(entry, ':')
		if first == last {
			c.errln("%s does not have the form scheme:id:perm", entry)
			continue
		}
		acl = append(acl, wire.ACL{
			Scheme: entry[:first], ID: entry[first+1 : last], Perms: c.parsePerms(entry[last+1:]),
		})
	}
	return acl
}

// aclEntries are the entries of a list. A name of scheme x509 has commas in it, too; zkCli,
// which takes it apart there, can name nobody who has more than one part.
func aclEntries(text string) (entries []string) {
	parts := javaSplit(text, ",")
	for len(parts) > 0 {
		end := 0
		if strings.HasPrefix(parts[0], "x509:") && strings.Count(parts[0], ":") == 1 {
			last := slices.IndexFunc(parts[1:], func(p string) bool { return strings.Contains(p, ":") }) + 1
			if last > 0 && strings.Count(parts[last], ":") == 1 { // else it is another entry
				end = last
			}
		}
		entries = append(entries, strings.Join(parts[:end+1], ","))
		parts = parts[end+1:]
	}
	return entries
}

// requireACL refuses an empty ACL as the Java client does, which then knows no
// path; an invalid path comes first.
func requireACL(path string, sequential bool, acl []wire.ACL) error {
	if len(acl) > 0 {
		return nil
	}
	if err := wire.ValidateCreatePath(path, sequential); err != nil {
		return err
	}
	return &wire.Error{Code: wire.InvalidACL}
}

func (c *Call) parsePerms(text string) int32 {
	var perms int32
next:
	for _, r := range text {
		for _, p := range permLetters {
			if r == p.letter {
				perms |= p.perm
				continue next
			}
		}
		c.errln("Unknown perm type: %c", r)
	}
	return perms
}
