package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"zoosh/internal/session"
	"zoosh/internal/textfile"
)

// Rules are what the file cannot know by itself.
type Rules struct {
	Dialects, Colours []string // that there are
}

// The file as it is written.
type (
	writtenFile struct {
		Default  string                    `toml:"default"`
		Profiles map[string]writtenProfile `toml:"profiles"`
		Keys     map[string]any            `toml:"keys"`
	}
	writtenProfile struct {
		Servers   []string      `toml:"servers"`
		Chroot    string        `toml:"chroot"`
		TLS       bool          `toml:"tls"`
		CACert    string        `toml:"cacert"`
		Cert      string        `toml:"cert"`
		Key       string        `toml:"key"`
		Insecure  bool          `toml:"insecure"`
		SASL      string        `toml:"sasl"`
		ClientCfg string        `toml:"client-configuration"`
		Timeout   int64         `toml:"timeout"`
		Dialect   string        `toml:"dialect"`
		ReadOnly  bool          `toml:"readonly"`
		Colour    string        `toml:"colour"`
		Color     string        `toml:"color"`
		Auth      []writtenAuth `toml:"auth"`
	}
	writtenAuth struct {
		Scheme  string `toml:"scheme"`
		File    string `toml:"file"`
		Command string `toml:"command"`
	}
)

// What each key is, for those who gave it something else.
var kinds = map[string]string{
	"default": "the name of a profile", "profiles": "a table for each profile", "keys": `a key in quotes, or a list of them, such as ["ctrl+n", "F6"]`,
	"servers": `a list of servers, such as ["zk1:2181", "zk2:2181"]`, "chroot": "a path in quotes",
	"cacert": "a file in quotes", "cert": "a file in quotes", "key": "a file in quotes",
	"client-configuration": "a file in quotes", "sasl": "a file in quotes", "tls": "true or false", "insecure": "true or false", "readonly": "true or false",
	"timeout": "a number of milliseconds above 0", "dialect": "a version in quotes",
	"colour": "a name in quotes", "color": "a name in quotes",
	"auth": `a list of identities: [[profiles.NAME.auth]]`, "scheme": "a name in quotes",
	"file": "a file in quotes", "command": "a command in quotes",
}

// secretKeys are what people call a secret.
var secretKeys = []string{"password", "passwd", "pass", "secret", "credential", "credentials", "digest", "token", "value", "id", "user", "username"}

const noSecrets = "no password stands in this file, which is read, copied and shown to others: " +
	"let file name a file that only you can read, or command a command that prints it"

// Read reads the file at path. One that is not there has no profiles. An error
// begins with the file and, where there is one, the line.
func Read(path string, rules Rules) (*File, error) {
	f := &File{Path: path, profiles: map[string]*Profile{}}
	src, err := textfile.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, nil
	case err != nil:
		return nil, fmt.Errorf("read the profiles: %w", err)
	}
	return f, f.parse(src, rules)
}

// parse reads the file's text.
func (f *File) parse(src []byte, rules Rules) error {
	var w writtenFile
	err := toml.NewDecoder(bytes.NewReader(src)).DisallowUnknownFields().Decode(&w)
	if err != nil {
		return f.decodeError(err)
	}
	r := reader{file: f, rules: rules, lines: linesOf(src)}
	for name, p := range w.Profiles {
		f.profiles[name] = r.profile(name, &p)
	}
	r.keys(w.Keys, "keys")
	slices.SortFunc(f.Bindings, func(a, b Binding) int { return a.line - b.line })
	if f.Default = w.Default; f.Default != "" && f.profiles[f.Default] == nil {
		r.wrong([]string{"default"}, "there is no profile %q", f.Default)
	}
	return r.first()
}

// decodeError says in words of the file what the TOML library found.
func (f *File) decodeError(err error) error {
	var strict *toml.StrictMissingError
	var at *toml.DecodeError
	switch {
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		at = &strict.Errors[0]
	case !errors.As(err, &at):
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	line, _ := at.Position()
	key := ""
	if keys := at.Key(); len(keys) > 0 {
		key = keys[len(keys)-1]
	}
	why := strings.TrimPrefix(at.Error(), "toml: ")
	switch {
	case strict != nil && slices.Contains(secretKeys, strings.ToLower(key)):
		why = fmt.Sprintf("%s: %s", key, noSecrets)
	case strict != nil:
		why = fmt.Sprintf("there is no key %q here", key)
	case strings.Contains(why, "cannot") && kinds[key] != "": // its words are Go's
		why = fmt.Sprintf("%s is %s", key, kinds[key])
	}
	return f.errorAt(line, why)
}

func (f *File) errorAt(line int, why string) error {
	if line == 0 {
		return fmt.Errorf("%s: %s", f.Path, why)
	}
	return fmt.Errorf("%s:%d: %s", f.Path, line, why)
}

// A reader checks what the file says, and gathers what is wrong with it.
type reader struct {
	file  *File
	rules Rules
	lines map[string]int
	found []fault
}

type fault struct {
	line int
	why  string
}

// wrong notes what is wrong with a key; the line is that of the key or of the table
// that it is missing from.
func (r *reader) wrong(key []string, format string, args ...any) {
	line := 0
	for n := len(key); n > 0 && line == 0; n-- {
		line = r.lines[joined(key[:n])]
	}
	r.found = append(r.found, fault{line, fmt.Sprintf(format, args...)})
}

// first is the fault that stands first in the file.
func (r *reader) first() error {
	if len(r.found) == 0 {
		return nil
	}
	at := slices.MinFunc(r.found, func(a, b fault) int { return a.line - b.line })
	return r.file.errorAt(at.line, at.why)
}

func (r *reader) profile(name string, w *writtenProfile) *Profile {
	p := &Profile{
		Name: name, Servers: w.Servers, Chroot: w.Chroot, Dialect: w.Dialect, ReadOnly: w.ReadOnly, Colour: w.Colour,
		TLS: w.TLS, SASL: r.path(w.SASL), CACert: r.path(w.CACert), Cert: r.path(w.Cert), Key: r.path(w.Key), Insecure: w.Insecure,
		ClientConfiguration: r.path(w.ClientCfg), Timeout: time.Duration(w.Timeout) * time.Millisecond,
	}
	wrong := func(key, format string, args ...any) { r.wrong([]string{"profiles", name, key}, format, args...) }
	colourKey := "colour"
	if w.Color != "" {
		p.Colour, colourKey = w.Color, "color"
	}
	switch {
	case !validName(name):
		wrong("", "%q is no name for a profile: letters, digits, -, _ and . are", name)
	case len(p.Servers) == 0:
		wrong("servers", "the profile %s has no servers", name)
	}
	r.address(p)
	if w.Timeout < 0 || w.Timeout > 1<<31-1 || w.Timeout == 0 && r.lines[joined([]string{"profiles", name, "timeout"})] > 0 {
		wrong("timeout", "timeout is %s", kinds["timeout"])
	}
	if p.Dialect != "" && !slices.Contains(r.rules.Dialects, p.Dialect) {
		wrong("dialect", "there is no dialect %q: %s", p.Dialect, strings.Join(r.rules.Dialects, ", "))
	}
	if p.Colour != "" && !slices.Contains(r.rules.Colours, p.Colour) {
		wrong(colourKey, "there is no colour %q: %s", p.Colour, strings.Join(r.rules.Colours, ", "))
	}
	for i, a := range w.Auth {
		p.Auth = append(p.Auth, r.auth(name, i, &a))
	}
	return p
}

// validName tells whether a name can stand behind an @ without quotes.
func validName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.", c))
	})
}

// address checks servers and chroot.
func (r *reader) address(p *Profile) {
	key := []string{"profiles", p.Name, "servers"}
	for _, s := range p.Servers {
		if strings.ContainsAny(s, ",/") {
			r.wrong(key, "%q is not one host:port: a server each, and the path in chroot", s)
		} else if _, _, err := session.ParseConnect(s); err != nil {
			r.wrong(key, "%v", err)
		}
	}
	if p.Chroot == "" {
		return
	}
	_, _, err := session.ParseConnect("localhost" + p.Chroot)
	if !strings.HasPrefix(p.Chroot, "/") {
		err = fmt.Errorf("chroot %q does not begin with /", p.Chroot)
	}
	if err != nil {
		r.wrong([]string{"profiles", p.Name, "chroot"}, "%v", err)
	}
}

// auth checks the i-th identity of a profile.
func (r *reader) auth(profile string, i int, w *writtenAuth) Auth {
	key := []string{"profiles", profile, "auth", strconv.Itoa(i)}
	switch {
	case w.Scheme == "":
		r.wrong(append(key, "scheme"), "an identity has no scheme, such as digest")
	case w.File == "" && w.Command == "":
		r.wrong(key, "what gives the credential is missing: file or command")
	case w.File != "" && w.Command != "":
		r.wrong(append(key, "command"), "file and command exclude each other")
	case saysItself(w.Command):
		r.wrong(append(key, "command"), "command: %s", noSecrets)
	}
	return Auth{Scheme: w.Scheme, File: r.path(w.File), Command: w.Command}
}

// saysItself tells whether a command prints what stands in it.
func saysItself(command string) bool {
	words := strings.Fields(command)
	return len(words) > 0 && slices.Contains([]string{"echo", "printf"}, filepath.Base(words[0]))
}

// path is a file as the configuration names it: ~ is the home folder, and what is
// not absolute stands beside the file.
func (r *reader) path(name string) string {
	if name == "" {
		return ""
	}
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(r.file.Path), name)
}
