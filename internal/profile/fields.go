package profile

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// This file is the keys of a profile: a new one is a field of Profile and of
// writtenProfile, what it is, where it is taken over and checked, and a row of Settings if
// it is a flag, too.

// A Profile is a named ensemble.
type Profile struct {
	Name     string
	Servers  []string // host:port
	Chroot   string
	Timeout  time.Duration // 0: not said
	Dialect  string
	ReadOnly bool
	Colour   string // of the TUI's status line

	TLS, Insecure       bool
	CACert, Cert, Key   string // files
	SASL                string // a file
	ClientConfiguration string // a file

	Auth []Auth
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
	"default": "the name of a profile", "profiles": "a table for each profile", "keys": "a table of actions: [keys]",
	"servers": `a list of servers, such as ["zk1:2181", "zk2:2181"]`, "chroot": "a path in quotes",
	"cacert": "a file in quotes", "cert": "a file in quotes", "key": "a file in quotes",
	"client-configuration": "a file in quotes", "sasl": "a file in quotes", "tls": "true or false", "insecure": "true or false", "readonly": "true or false",
	"timeout": "a number of milliseconds above 0", "dialect": "a version in quotes",
	"colour": "a name in quotes", "color": "a name in quotes",
	"auth": `a list of identities: [[profiles.NAME.auth]]`, "scheme": "a name in quotes",
	"file": "a file in quotes", "command": "a command in quotes",
}

// profile takes a profile over, and checks it.
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

// A Setting is what a flag of that name would say.
type Setting struct{ Flag, Value string }

// Settings are the parts of a profile that are flags, too.
func (p *Profile) Settings() []Setting {
	var list []Setting
	add := func(flag, value string) {
		if value != "" {
			list = append(list, Setting{flag, value})
		}
	}
	add("server", p.Connect())
	if p.Timeout > 0 {
		add("timeout", strconv.FormatInt(p.Timeout.Milliseconds(), 10))
	}
	add("dialect", p.Dialect)
	if p.TLS {
		add("tls", "true")
	}
	add("cacert", p.CACert)
	add("cert", p.Cert)
	add("key", p.Key)
	add("sasl", p.SASL)
	add("client-configuration", p.ClientConfiguration)
	if p.Insecure {
		add("insecure", "true")
	}
	if p.ReadOnly {
		add("readonly", "true")
	}
	return list
}
