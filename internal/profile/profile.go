// Package profile reads the file of named ensembles: where each is, how it is
// reached and who one is there. Secrets are not in the file; it names the files and
// commands that give them.
package profile

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"zoosh/internal/localfile"
)

// A File is what the file says.
type File struct {
	Path     string
	Default  string // the profile of a call that names no server; "" if there is none
	Bindings []Binding
	profiles map[string]*Profile
}

// Auth is an identity, and what gives the credential for it: File or Command.
type Auth struct{ Scheme, File, Command string }

// Path is where the file stands: zoosh/config.toml in the folder that the system
// has for configuration, by the XDG rules where those are the custom.
func Path() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the configuration: %w", err)
	}
	return filepath.Join(dir, "zoosh", "config.toml"), nil
}

// Names are the names of the profiles, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.profiles)) }

// Find is the profile of that name, nil if there is none.
func (f *File) Find(name string) *Profile { return f.profiles[name] }

// Connect is the servers and the chroot as zkCli's connect string.
func (p *Profile) Connect() string { return strings.Join(p.Servers, ",") + p.Chroot }

// Exposed are the files with secrets that others than their owner can read. One
// that is not there is for its reader to complain about.
func (p *Profile) Exposed() []string {
	files := []string{p.Key, p.SASL}
	for _, a := range p.Auth {
		files = append(files, a.File)
	}
	return slices.DeleteFunc(slices.Compact(files), func(file string) bool { return file == "" || !others(file, 0o077) })
}

// Foreign tells whether others than its owner can write the file, and with it say
// what commands are run, or whether that owner is another user.
func (f *File) Foreign() bool {
	_, mends := f.OpenAt()
	return mends != ""
}

// OpenAt is the path by which others can write the file, or put another in its place, and
// what mends that; mends is "" if they cannot.
func (f *File) OpenAt() (path, mends string) {
	for _, path := range f.places() {
		switch {
		case anothers(path):
			return path, "it has to be yours or root's"
		case writable(path, 0o022):
			return path, "chmod go-w mends that"
		}
	}
	return "", ""
}

// others tells whether the file, or a folder in which another could be put in its place, is
// that of a user who is neither this one nor root.
func (f *File) others() bool { return slices.ContainsFunc(f.places(), anothers) }

// anybodys tells whether every user of the machine can write the file, or put another in
// its place.
func (f *File) anybodys() bool {
	return slices.ContainsFunc(f.places(), func(path string) bool { return writable(path, 0o002) })
}

// places are the file and its folder, and the folder of what a link leads to.
func (f *File) places() []string {
	all := []string{f.Path, filepath.Dir(f.Path)}
	if real, err := filepath.EvalSymlinks(f.Path); err == nil {
		all = append(all, filepath.Dir(real))
	}
	return all
}

// anothers tells whether a user who is neither this one nor root owns a file or a folder.
func anothers(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	by, known := localfile.Owner(info)
	return known && by != 0 && by != os.Geteuid()
}

// writable tells whether one of those permissions lets somebody write a file, or replace
// one in a folder.
func writable(path string, perm os.FileMode) bool {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" || info.Mode()&perm == 0 {
		return false
	}
	return !info.IsDir() || info.Mode()&os.ModeSticky == 0
}

// Refuses is why a credential of the file is not to be had, "" if it is: who can write
// the file says what is run, and to which servers a password goes.
func (f *File) Refuses(a Auth) string {
	switch {
	case a.Command != "" && f.Foreign():
		return "its command is not run, for others may have written it"
	case f.anybodys():
		return "it is not sent, for anybody may have written to which servers"
	case f.others():
		return "it is not sent, for another user may have written what is sent, and to which servers"
	}
	return ""
}

// Untrusted is why the files of secrets that a profile names are not to be used, "" if
// they are, for the same reasons.
func (f *File) Untrusted(p *Profile) string {
	switch {
	case p.SASL == "" && p.Key == "" && p.Cert == "" && p.ClientConfiguration == "":
	case f.anybodys():
		return "the files of secrets that it names are not used, for anybody may have written it"
	case f.others():
		return "the files of secrets that it names are not used, for another user may have written it"
	}
	return ""
}

// ReadByOthers tells whether others than its owner can read a file.
func ReadByOthers(file string) bool { return others(file, 0o077) }

// others tells whether one of those permissions of a file is given.
func others(file string, perm os.FileMode) bool {
	info, err := os.Stat(file)
	return err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode()&perm != 0
}
