package main

import (
	"fmt"
	"os"
	"strings"

	"zoosh/internal/profile"
)

// profileExample is a file of profiles, for those who have none yet.
const profileExample = `default = "dev"            # the one of calls that name no server

[profiles.dev]
servers = ["localhost:2181"]

[profiles.prod]
servers = ["zk1:2281", "zk2:2281"]
chroot = "/app"
cacert = "ca.pem"          # and tls, cert, key, insecure, sasl,
timeout = 10000            # client-configuration, dialect, as the flags
readonly = true
colour = "red"             # of the status line

[[profiles.prod.auth]]
scheme = "digest"
command = "pass show zk/prod"    # or file = "prod.auth": user:password

[keys]                     # of the TUI, as zoosh man keys names them
next-pane = ["F6", "ctrl+n"]
`

const profilesUsage = `usage: zoosh profiles

Lists the profiles, the named ensembles of the configuration file:

` + profileExample + `
zoosh @prod, zoosh @prod ls / and zoosh test @prod FILE.md use one; -server @prod
does, too. Flags go before what a profile says.
`

// runProfiles is zoosh profiles.
func runProfiles(args []string, std stdio) int {
	fs := newFlagSet("zoosh profiles", std, profilesUsage)
	if code, ok := fs.parse(args); !ok {
		return code
	}
	if fs.NArg() > 0 {
		return fs.misused("unexpected %q", fs.Arg(0))
	}
	file, err := readProfiles()
	if err != nil {
		return fs.failed(err)
	}
	names := file.Names()
	if len(names) == 0 {
		fmt.Fprintf(std.err, "There are no profiles in %s (zoosh profiles -help tells how they are written).\n", std.safeFor(std.err)(file.Path))
		return codeOK
	}
	width := 0
	for _, name := range names {
		width = max(width, len(name))
	}
	safe := std.safeFor(std.out)
	for _, name := range names {
		p := file.Find(name)
		parts := []string{fmt.Sprintf("%-*s  %s", width, name, p.Connect())}
		if name == file.Default {
			parts = append(parts, "default")
		}
		fmt.Fprintln(std.out, safe(strings.Join(append(parts, profileTraits(p)...), ", ")))
	}
	return codeOK
}

// profileTraits is what else there is to say about a profile: no secret, and no
// command, in which there may be one.
func profileTraits(p *profile.Profile) []string {
	var list []string
	if p.TLS || p.CACert != "" || p.Cert != "" || p.Insecure {
		list = append(list, "TLS")
	}
	if p.Insecure {
		list = append(list, "any certificate")
	}
	if p.ClientConfiguration != "" {
		list = append(list, "as "+homely(p.ClientConfiguration)+" says")
	}
	if p.SASL != "" {
		list = append(list, "SASL from "+homely(p.SASL))
	}
	for _, a := range p.Auth {
		from := "a command"
		if a.File != "" {
			from = homely(a.File)
		}
		list = append(list, a.Scheme+" from "+from)
	}
	if p.ReadOnly {
		list = append(list, "read-only")
	}
	if p.Dialect != "" {
		list = append(list, "dialect "+p.Dialect)
	}
	if p.Timeout > 0 {
		list = append(list, fmt.Sprintf("timeout %d ms", p.Timeout.Milliseconds()))
	}
	if p.Colour != "" {
		list = append(list, p.Colour)
	}
	return list
}

// homely is a path with ~ for the home folder.
func homely(path string) string {
	if home, err := os.UserHomeDir(); err == nil {
		if rest, ok := strings.CutPrefix(path, home+string(os.PathSeparator)); ok {
			return "~" + string(os.PathSeparator) + rest
		}
	}
	return path
}
