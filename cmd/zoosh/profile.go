package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"zoosh/internal/profile"
	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// A chosen is the profile that a call is made with; the zero value is none.
type chosen struct {
	name, colour string
	auth         []session.Credential
}

// readProfiles reads the file of profiles.
func readProfiles() (*profile.File, error) {
	path, err := profile.Path()
	if err != nil {
		return nil, err
	}
	return profile.Read(path, profile.Rules{Dialects: shell.DialectNames(), Colours: ui.StatusColors})
}

// takeProfile gives the flags that the call has not given what the profile says that
// it names, or the default profile if the call is one for a server and names none.
// If ok is false the call ends with code.
func (fs *flagSet) takeProfile(ctx context.Context, byDefault bool) (c chosen, code int, ok bool) {
	name, named, why := fs.profileName()
	if why != "" {
		return c, fs.misused("%s", why), false
	}
	if !named && (!byDefault || fs.given("server") || fs.given("embedded")) {
		return c, codeOK, true
	}
	file, err := readProfiles()
	if err != nil {
		return c, fs.failed(err), false
	}
	if !named {
		if name = file.Default; name == "" {
			return c, codeOK, true
		}
	}
	p := file.Find(name)
	if p == nil {
		return c, fs.misused("%s", unknownProfile(name, file)), false
	}
	if why := fs.settle(p); why != "" {
		return c, fs.misused("%s", why), false
	}
	c = chosen{name: name, colour: p.Colour}
	if fs.profiled {
		if c.auth, err = fs.std.credentials(ctx, file, p); err != nil {
			return c, fs.failed(err), false
		}
	}
	return c, codeOK, true
}

// profileTarget is shell.Config.Profile: how the ensemble of a profile is reached from
// a shell that is at work already. A command for a credential is not given the input,
// which is the shell's; what it says is told if it fails.
func profileTarget(ctx context.Context, name string) (at session.Target, err error) {
	file, err := readProfiles()
	if err != nil {
		return at, err
	}
	p := file.Find(name)
	if p == nil {
		return at, errors.New(unknownProfile(name, file))
	}
	var said bytes.Buffer
	std := stdio{in: strings.NewReader(""), out: io.Discard, err: &said, terminal: func(any) bool { return false }}
	o, _, _, _ := parseFlags(nil, std)
	if why := o.flags.settle(p); why != "" {
		return at, errors.New(why)
	}
	o.profile = chosen{name: name, colour: p.Colour}
	o.profile.auth, err = std.credentials(ctx, file, p)
	if err == nil {
		err = o.security.load(std)
	}
	at = o.target(o.server)
	for line := range strings.Lines(said.String()) {
		at.Remarks = append(at.Remarks, strings.TrimSpace(line))
	}
	if err != nil && len(at.Remarks) > 0 {
		err = fmt.Errorf("%w (%s)", err, strings.Join(at.Remarks, "; "))
	}
	return at, err
}

// profileName is the profile that the call names, as @NAME or as -server @NAME.
func (fs *flagSet) profileName() (name string, named bool, why string) {
	at := fs.at
	if f := fs.Lookup("server"); f != nil && strings.HasPrefix(f.Value.String(), "@") {
		at = append(at[:len(at):len(at)], f.Value.String())
	}
	switch {
	case len(at) == 0:
		return "", false, ""
	case len(at) > 1:
		return "", false, fmt.Sprintf("one profile at a time: %s or %s?", at[0], at[1])
	case fs.given("embedded"):
		return "", false, fmt.Sprintf("-embedded and %s exclude each other", at[0])
	}
	return at[0][1:], true, ""
}

// unknownProfile says that there is no such profile, and which there are.
func unknownProfile(name string, file *profile.File) string {
	names := file.Names()
	if len(names) == 0 {
		return fmt.Sprintf("there is no profile %q, nor any other in %s", name, file.Path)
	}
	text := fmt.Sprintf("there is no profile %q: there are %s", name, strings.Join(names, ", "))
	if near := shell.Nearest(name, names); near != "" {
		text += fmt.Sprintf("; did you mean %s?", near)
	}
	return text
}

// harmless are the settings that a call may be without.
var harmless = []string{"timeout", "dialect"}

// settle sets the flags that the call has not set. What a call cannot keep it
// refuses: it must not go on in the clear, or write, where the profile forbids it.
func (fs *flagSet) settle(p *profile.Profile) (why string) {
	for _, s := range p.Settings() {
		f := fs.Lookup(s.Flag)
		switch {
		case f == nil && slices.Contains(harmless, s.Flag):
		case f == nil:
			return fmt.Sprintf("the profile %s says %s, which %s cannot keep to", p.Name, s.Flag, fs.Name())
		case fs.given(s.Flag) && !strings.HasPrefix(f.Value.String(), "@"):
		default:
			if err := fs.Set(s.Flag, s.Value); err != nil {
				return fmt.Sprintf("the profile %s: %s: %v", p.Name, s.Flag, err)
			}
		}
	}
	return ""
}

// warnExposed warns of a file with a secret in it, if others can read it.
func warnExposed(out io.Writer, files ...string) {
	for i, file := range files {
		if file != "" && !slices.Contains(files[:i], file) && profile.ReadByOthers(file) {
			fmt.Fprintln(out, "zoosh: warning:", shell.PrintableLine(file), "can be read by others: chmod 600 mends that")
		}
	}
}

// credentials reads what the profile's files and commands give, and warns of files
// that are not the user's alone.
func (std stdio) credentials(ctx context.Context, file *profile.File, p *profile.Profile) ([]session.Credential, error) {
	safe := std.safeFor(std.err)
	if path, mends := file.OpenAt(); mends != "" {
		fmt.Fprintln(std.err, "zoosh: warning:", safe(path), "can be written by others: "+mends)
	}
	if why := file.Untrusted(p); why != "" {
		return nil, fmt.Errorf("profile %s: %s", p.Name, why)
	}
	for _, exposed := range p.Exposed() {
		if exposed != p.SASL && exposed != p.Key { // of which the flags warn
			warnExposed(std.err, exposed)
		}
	}
	var in io.Reader // a script is not the command's to read
	if std.terminal(std.in) {
		in = std.in
	}
	var auth []session.Credential
	for _, a := range p.Auth {
		if std.hasty && a.Command != "" {
			continue
		}
		if why := file.Refuses(a); why != "" {
			return nil, fmt.Errorf("profile %s: a credential of scheme %s: %s", p.Name, a.Scheme, why)
		}
		text, err := a.Credential(ctx, in, std.err)
		if err != nil {
			return nil, fmt.Errorf("profile %s: %w", p.Name, err)
		}
		auth = append(auth, session.Credential{Scheme: a.Scheme, Auth: text})
	}
	return auth, nil
}
