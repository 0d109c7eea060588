package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zoosh/internal/fault"
	"zoosh/internal/session"
)

// Reaches says what a command can reach, a bit each. A row of the table that does not
// say reaches anything.
type Reaches uint8

// What there is to reach.
const (
	OwnServer     Reaches = 1 << iota // the server that the shell was opened on, below the path of its connect string
	OwnEnsemble                       // that server beyond the path: who is in the ensemble, what it counts
	OtherServers                      // servers that the command's words name
	LocalFiles                        // files of this machine
	LocalPrograms                     // programs of this machine
)

// An access is what one run of a command reaches beyond its own server.
type access struct {
	what Reaches
	name string // of the file, or where to connect to, as it was typed
}

// A Grant is what a front end lets the commands of somebody else's page reach beyond
// the page's own server. Its zero value is nothing.
type Grant struct {
	Files   string   // a folder, below which files are read and written; "" if none are
	Connect []string // connect strings of servers, with all that is below their paths
}

// The kinds of what Allow takes.
const (
	allowFiles   = "files"
	allowConnect = "connect"
)

// Allow widens the grant by files=DIR or connect=HOST:PORT.
func (g *Grant) Allow(text string) error {
	kind, value, _ := strings.Cut(text, "=")
	switch {
	case kind == allowFiles && value != "":
		if g.Files != "" {
			return errors.New("files are those below one folder")
		}
		st, err := os.Stat(value)
		if err == nil && !st.IsDir() {
			return fmt.Errorf("%s is no folder", value)
		} else if err == nil {
			g.Files, err = filepath.Abs(value)
		}
		return err
	case kind == allowConnect && value != "":
		if strings.HasPrefix(value, profileMark) {
			return errors.New("it is a HOST:PORT, and no profile")
		}
		if _, _, err := session.ParseConnect(value); err != nil {
			return err
		}
		g.Connect = append(g.Connect, value)
		return nil
	}
	return errors.New("it is files=DIR or connect=HOST:PORT")
}

// mayReach refuses a command that reaches more than it was granted, before any of it
// is run.
func (c *Call) mayReach() error {
	if c.sh.cfg.Grant == nil {
		return nil
	}
	for _, a := range c.beyond() {
		if err := c.sh.granted(a); err != nil {
			return failf("%s: %v", c.cmd.Name, err)
		}
	}
	return nil
}

// beyond is what the call reaches beyond its own server. A row that does not say is
// taken to reach all that there is.
func (c *Call) beyond() []access {
	switch {
	case c.cmd.Reaches == OwnServer:
		return nil
	case c.cmd.Reaches == 0 || c.cmd.Beyond == nil:
		return []access{{what: LocalPrograms, name: c.cmd.Name}}
	}
	return c.cmd.Beyond(c)
}

// granted is why an access is refused.
func (sh *Shell) granted(a access) error {
	g := sh.cfg.Grant
	if g == nil {
		return nil
	}
	switch a.what {
	case LocalFiles:
		_, err := g.file(a.name)
		return err
	case OtherServers:
		if !g.server(sh.cfg.Connect, a.name, true) {
			return fmt.Errorf("%s is not the page's own server, nor below its place there: a page reaches another if its front matter says needs: connect, and zoosh is told -allow connect=%s", a.name, a.name)
		}
	case OwnEnsemble:
		if _, chroot, err := session.ParseConnect(sh.cfg.Connect); err == nil && chroot != "" {
			return fmt.Errorf("it is about the whole ensemble, and the page acts below %s alone", chroot)
		}
	default:
		return fmt.Errorf("%s: a page uses no profiles and runs no programs", a.name)
	}
	return nil
}

// server tells whether a connect string names servers that were granted, or the page's
// own; whole: the path counts, too.
func (g *Grant) server(own, to string, whole bool) bool {
	servers, chroot, err := session.ParseConnect(to)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(servers, func(server string) bool {
		return !slices.ContainsFunc(append([]string{own}, g.Connect...), func(place string) bool {
			there, root, err := session.ParseConnect(place)
			return err == nil && slices.ContainsFunc(there, func(s string) bool { return strings.EqualFold(s, server) }) &&
				(!whole || root == "" || chroot == root || strings.HasPrefix(chroot, root+"/"))
		})
	})
}

// withinReach is asked once more where a connection is made, should a command be wrong
// about itself.
func (sh *Shell) withinReach(to string, whole bool) error {
	if g := sh.cfg.Grant; g != nil && !g.server(sh.cfg.Connect, to, whole) {
		return fmt.Errorf("%s is out of the page's reach", to)
	}
	return nil
}

// file is where a file is that a page names: relative names are below the folder of
// the grant, and nothing else is reached, be it by .. or by a symbolic link.
func (g *Grant) file(name string) (string, error) {
	if g.Files == "" {
		return "", fmt.Errorf("%s is a file of this machine: a page reaches files if its front matter says needs: files, and zoosh is told -allow files=DIR", name)
	}
	root, err := filepath.EvalSymlinks(g.Files)
	if err != nil {
		return "", err
	}
	full := name
	if !filepath.IsAbs(full) {
		full = filepath.Join(root, name)
	}
	whole, err := resolved(filepath.Clean(full))
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err // what else is on the way is not the page's to know
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	if below, err := filepath.Rel(root, whole); err != nil || !filepath.IsLocal(below) || below == "." {
		return "", fmt.Errorf("%s is not below %s (-allow files)", name, g.Files)
	}
	if st, err := os.Lstat(whole); err == nil && !st.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no regular file", name)
	}
	return whole, nil
}

// resolved is a name without symbolic links. What it ends in need not be there.
func resolved(name string) (string, error) {
	whole, err := filepath.EvalSymlinks(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return whole, err
	}
	if _, err := os.Lstat(name); err == nil {
		return "", errors.New("it is a symbolic link to what is not there")
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(name))
	return filepath.Join(dir, filepath.Base(name)), err
}

// localFile is the name by which a command opens a file that its words name. Every
// command comes to files by it.
func (sh *Shell) localFile(name string) (string, error) {
	if sh.cfg.Grant == nil {
		return name, nil
	}
	return sh.cfg.Grant.file(name)
}

// asNamed is an error of a file as its name was typed.
func asNamed(err error, name string) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return &fs.PathError{Op: of.Op, Path: name, Err: of.Err}
	}
	return err
}

// Foresee is why a line would be refused for what it reaches, as far as its words tell
// without a server: nil if that cannot be said, too.
func Foresee(cfg Config, line string) (why error) {
	probe(cfg, line, func(c *Call) { why = c.mayReach() })
	return why
}

// Reached is what a line reaches.
func Reached(d Dialect, line string) (all Reaches) {
	probe(Config{Dialect: d, Grant: &Grant{}}, line, func(c *Call) {
		all = OwnServer
		for _, a := range c.beyond() {
			all |= a.what
		}
	})
	return all
}

// probe reads a line as a shell would that has no session, if it can be read.
func probe(cfg Config, line string, do func(*Call)) {
	if cfg.Dialect == Auto {
		cfg.Dialect = Newest()
	}
	cfg.Sink = func(Item) {}
	fault.Do(func() error {
		c := &Call{sh: New(cfg), line: line, dialect: cfg.Dialect}
		if c.words = c.sh.split(line); len(c.words) == 0 {
			return nil
		}
		if c.cmd = c.sh.lookup(c.dialect, c.words[0]); c.cmd == nil {
			return nil
		}
		c.takeFormat()
		if err := c.parse(); err != nil {
			return err // it will not be run
		}
		do(c)
		return nil
	})
}

// fileAt says that the argument at i is a file, unless it is - for what is not one.
func fileAt(i int) func(*Call) []access {
	return func(c *Call) []access {
		if i >= len(c.args) || c.args[i] == "-" {
			return nil
		}
		return []access{{LocalFiles, c.args[i]}}
	}
}

func recordBeyond(c *Call) []access {
	if len(c.args) == 0 || c.args[0] == "stop" {
		return nil
	}
	return []access{{LocalFiles, c.args[0]}}
}

func reconfigBeyond(c *Call) []access {
	all := []access{{what: OwnEnsemble}}
	if name, ok := c.opts["file"]; ok {
		all = append(all, access{LocalFiles, name})
	}
	return all
}

func connectBeyond(c *Call) []access {
	if len(c.args) == 0 { // where it is
		return nil
	}
	if _, _, err := session.ParseConnect(c.args[0]); err != nil && !strings.HasPrefix(c.args[0], profileMark) {
		return nil // it is nowhere
	}
	return toServer(c.args[0])
}

// toServer is what connecting reaches. What a profile is, and what asks for its
// credentials, is for the user to say.
func toServer(to string) []access {
	if strings.HasPrefix(to, profileMark) {
		return []access{{LocalPrograms, to}}
	}
	return []access{{OtherServers, to}}
}

func diffBeyond(c *Call) []access {
	var all []access
	for _, name := range c.args {
		switch what, rest := c.sideOf(name); what {
		case OwnServer:
		case OtherServers:
			all = append(all, toServer(rest)...)
		default:
			all = append(all, access{LocalFiles, rest})
		}
	}
	return all
}

// tellingWords are the four-letter words that change nothing and tell nothing of
// anybody's paths.
var tellingWords = []string{"ruok", "conf", "cons", "envi", "mntr", "srvr", "stat", "wchs", "dirs", "isro", "gtmk", "hash"}

func wordBeyond(c *Call) []access {
	if len(c.args) > 0 && slices.Contains(tellingWords, c.args[0]) {
		return nil
	}
	return []access{{what: OwnEnsemble}}
}
