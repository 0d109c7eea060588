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

	"github.com/pelletier/go-toml/v2"

	"zoosh/internal/session"
	"zoosh/internal/textfile"
)

// Rules are what the file cannot know by itself.
type Rules struct {
	Dialects, Colours []string // that there are
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
