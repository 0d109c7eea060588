package shell

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/wire"
)

func TestParseDialect(t *testing.T) {
	for name, want := range map[string]Dialect{"auto": Auto, "3.4": D34, "3.8": D38, "3.9": D39} {
		if got, err := ParseDialect(name); err != nil || got != want || got.String() != name {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "3", "3.5", "3.4.14", "AUTO", " 3.9"} {
		_, err := ParseDialect(name)
		want := fmt.Sprintf("unknown dialect %q: it is one of auto, 3.4, 3.8, 3.9", name)
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	names := DialectNames()
	names[0] = "changed"
	if !slices.Equal(DialectNames(), []string{"auto", "3.4", "3.8", "3.9"}) {
		t.Error("callers share the names")
	}
}

func TestDialectOf(t *testing.T) {
	for version, want := range map[string]Dialect{
		"3.4.14-4c25d480e66aadd371de8bd2fd8da255ac140bcf": D34, "3.3.6": D34, "3.4": D34,
		"3.5.0-alpha": D38, "3.6.3": D38, "3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f": D38,
		"3.9.0": D39, "3.9.5-2ad5b6d4f4e0e4ca1b8e6f6e4ea5ea0b6e6b7fa6": D39, "3.10.1": D39, "4.0.0": D39, "10.0": D39,
		server.Version: D34, "3.4.0" + embeddedMark: D34,
		"": D39, "unknown": D39, "3": D39, "v3.4": D39,
	} {
		if got := DialectOf(version); got != want {
			t.Errorf("%q: %v, want %v", version, got, want)
		}
	}
}

// TestTable checks what every row of the table promises.
func TestTable(t *testing.T) {
	for _, c := range table {
		switch {
		case c.Run == nil, c.Summary == "", len(c.Usage) == 0:
			t.Errorf("%s: something is missing", c.Name)
		case byName[c.Name] == nil || byName[c.Name].Summary != c.Summary:
			t.Errorf("%s stands there twice", c.Name)
		case c.MinArgs > 0 && len(c.Args) == 0:
			t.Errorf("%s needs arguments it does not name", c.Name)
		case strings.Contains(c.Summary, "\n"):
			t.Errorf("%s: the summary has several lines", c.Name)
		}
		seen := map[string]bool{}
		for _, o := range c.Options {
			if seen[o.Name] || o.Name == "" || o.Desc == "" {
				t.Errorf("%s: option %q", c.Name, o.Name)
			}
			seen[o.Name] = true
		}
	}
}

func TestLookup(t *testing.T) {
	for _, test := range []struct {
		d    Dialect
		name string
		want bool
	}{
		{D34, "ls2", true}, {D38, "ls2", false}, {D39, "ls2", false}, {Auto, "ls2", true},
		{D34, "rmr", true}, {D38, "rmr", false}, {D39, "rmr", false},
		{D34, "deleteall", true}, {D39, "deleteall", true}, {D34, "crash", true}, {D39, "help", true},
		{D39, "LS", false}, {D39, "", false}, {D39, "foo", false},
	} {
		if got := Lookup(test.d, test.name) != nil; got != test.want {
			t.Errorf("%v has %s: %v", test.d, test.name, got)
		}
	}
}

// zkLines are the lines of a help, without its first.
func zkLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "\t") {
			out = append(out, strings.TrimSuffix(line, "\n"))
		}
	}
	return out
}

// TestHelpOrder compares zkCli's list with what the zkClis of old printed: each
// line as there, and in the order of there.
func TestHelpOrder(t *testing.T) {
	for _, v := range zkCliVersions {
		text := readFile(t, filepath.Join("..", "testdata", "zkcli", "recorded", v.version, "unknown.err"))
		first, _, _ := strings.Cut(text, "\n")
		list, ours := zkLines(text), zkHelp(v.dialect)
		if !strings.HasPrefix(ours, first+"\n") {
			t.Errorf("%s: begins %.80q", v.version, ours)
		}
		at := 0
		for _, line := range zkLines(ours) {
			i := slices.Index(list[at:], line)
			if i < 0 {
				t.Errorf("%s: %q is not there or not in this place", v.version, line)
				continue
			}
			at += i + 1
		}
	}
}

func TestCommandsOrder(t *testing.T) {
	for _, d := range []Dialect{D34, D38, D39} {
		group := -1
		var names []string
		for _, c := range Commands(d) {
			if g := c.group(d); g != group {
				if g < group {
					t.Errorf("%v: %s stands behind a later group", d, c.Name)
				}
				group, names = g, nil
			}
			names = append(names, c.Name)
			if !(d == D34 && group == groupOwnVersion) && !slices.IsSorted(names) {
				t.Errorf("%v: %q are not sorted", d, names)
			}
		}
	}
	var names []string
	for _, c := range Commands(D34) {
		if c.group(D34) == groupOwnVersion {
			names = append(names, c.Name)
		}
	}
	if len(names) < 10 || names[0] != "stat" || names[1] != "set" || names[2] != "ls" || names[len(names)-1] != "connect" {
		t.Errorf("3.4: %q", names)
	}
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		d          Dialect
		name, want string
	}{
		{D34, "ls", "ls path [watch]"}, {D38, "ls", "ls [-s] [-w] [-R] path"}, {D39, "ls", "ls [-s] [-w] [-R] path"},
		{D34, "get", "get path [watch]"}, {D38, "get", "get [-s] [-w] path"},
		{D39, "get", "get [-s] [-w] [-b] [-x] path\n" +
			" -b   Output data in base64 format\n -s   Print znode stats additionally\n" +
			" -w   Watch for changes on the znode\n -x   Output data in hexdump format\n"},
		{D39, "set", "set path data [-s] [-v version] [-b]\n" +
			" -b         Supply data in base64 format\n -s         Print znode stats additionally\n" +
			" -v <arg>   Set with an expected version\n"},
		{D38, "set", "set [-s] [-v version] path data"},
		{D34, "create", "create [-s] [-e] path data acl"}, {D39, "create", "create [-s] [-e] [-c] [-t ttl] path [data] [acl]"},
		{D39, "deleteall", "deleteall path [-b batch size]"}, {D34, "deleteall", "deleteall path [-b batch size]"},
		{D34, "rmr", "rmr path"}, {D39, "close", "close "}, {D34, "setAcl", "setAcl path acl"},
	} {
		err := byName[test.name].usageError(test.d)
		if err.Error() != test.want || exitCode(err) != exitFailed {
			t.Errorf("%v: %q, want %q", test.d, err, test.want)
		}
	}
}

func TestErrorMessages(t *testing.T) {
	last := errors.New("connection refused")
	for _, test := range []struct {
		d         Dialect
		err, last error
		want      string
	}{
		{D34, &wire.Error{Code: wire.NoNode, Path: "/a"}, nil, "Node does not exist: /a"},
		{D39, &wire.Error{Code: wire.NoNode, Path: "/a"}, nil, "Node does not exist: /a"},
		{D39, &wire.Error{Code: wire.NoChildrenForEphemerals, Path: "/a/b"}, nil, "Ephemerals cannot have children: /a/b"},
		{D39, &wire.Error{Code: wire.NodeExists, Path: "/a"}, nil, "Node already exists: /a"},
		{D39, &wire.Error{Code: wire.NotEmpty, Path: "/a"}, nil, "Node not empty: /a"},
		{D39, &wire.Error{Code: wire.NotReadOnly, Path: "/a"}, nil, "Not a read-only call: /a"},
		{D39, &wire.Error{Code: wire.InvalidACL}, nil, "Acl is not valid : null"},
		{D39, &wire.Error{Code: wire.NoAuth, Path: "/a"}, nil, "Insufficient permission : /a"},
		{D38, &wire.Error{Code: wire.NoAuth, Path: "/a"}, nil, "Insufficient permission : /a"},
		{D34, &wire.Error{Code: wire.NoAuth, Path: "/a"}, nil, "Authentication is not valid : /a"},
		{D39, &wire.Error{Code: wire.BadArguments, Path: "/a"}, nil, "Arguments are not valid : /a"},
		{D39, &wire.Error{Code: wire.BadVersion, Path: "/a"}, nil, "version No is not valid : /a"},
		{D39, &wire.Error{Code: wire.QuotaExceeded, Path: "/a"}, nil, "Quota has exceeded : /a"},
		{D39, &wire.Error{Code: wire.SessionExpired, Path: "/a"}, nil, "KeeperErrorCode = Session expired for /a"},
		{D39, &wire.Error{Code: wire.ReconfigDisabled}, nil, "KeeperErrorCode = Reconfig is disabled"},
		{D39, &wire.Error{Code: wire.ConnectionLoss, Path: "/a"}, nil, "KeeperErrorCode = ConnectionLoss for /a"},
		{D39, &wire.Error{Code: wire.ConnectionLoss, Path: "/a"}, last, "KeeperErrorCode = ConnectionLoss for /a (connection refused)"},
		{D39, &wire.Error{Code: wire.NoNode, Path: "/a"}, last, "Node does not exist: /a"},
		{D39, fmt.Errorf("wrapped: %w", &wire.Error{Code: wire.NoNode, Path: "/a"}), nil, "Node does not exist: /a"},
		{D39, &wire.PathError{Reason: "Path must start with / character"}, nil, "Path must start with / character"},
		{D39, failf("words of %s", "its own"), nil, "words of its own"},
	} {
		if got := errorMessage(test.d, test.err, test.last); got != test.want {
			t.Errorf("%v %v: %q, want %q", test.d, test.err, got, test.want)
		}
		if exitCode(test.err) != exitFailed {
			t.Errorf("%v: code %d", test.err, exitCode(test.err))
		}
	}
	if exitCode(nil) != 0 || exitCode(notFound(D34, "x")) != 127 || exitCode(notFound(D39, "x")) != 127 {
		t.Error("exit codes")
	}
}
