package shell

import "strings"

// An Option is one of a command's options. zkCli's options are one letter, or a
// word behind a single dash.
type Option struct {
	Name string  // without the dash
	Arg  string  // what its argument is called in the usage line; "" if it takes none
	Desc string  // as zkCli 3.9 describes it below some usage lines
	Kind ArgKind // of its argument, for completion
	Own  bool    // zoosh's own: zkCli's usage lines do not show it
}

// options is what parsing found: the value of each option that was given.
type options map[string]string

// parseOptions separates options from arguments as Apache Commons CLI's
// DefaultParser does, which zkCli uses since 3.5: options may stand anywhere,
// short ones may be joined (-sw) or carry their argument (-v3, -v=3), "--" ends
// them, and a negative number can be an argument. The errors are worded as there.
func parseOptions(known []Option, words []string) (options, []string, error) {
	p := optionParser{known: known, opts: options{}}
	return p.parse(words)
}

func (p *optionParser) parse(words []string) (options, []string, error) {
	for i, w := range words {
		if w == "--" {
			p.args = append(p.args, words[i+1:]...)
			break
		}
		if err := p.word(w); err != nil {
			return nil, nil, err
		}
	}
	return p.opts, p.args, p.finishPending()
}

// parseLeadingOptions is the rule for what zkCli 3.4 has itself: options stand
// before the first argument, and a word that is no option is an argument even
// when it begins with a dash, so that data and versions can be anything.
func parseLeadingOptions(known []Option, words []string) (options, []string, error) {
	p := optionParser{known: known, opts: options{}}
	for i, w := range words {
		if p.pending == "" && (!p.isOption(w) || strings.HasPrefix(w, "--")) {
			p.args = words[i:]
			break
		}
		if err := p.word(w); err != nil {
			return nil, nil, err
		}
	}
	return p.opts, p.args, p.finishPending()
}

type optionParser struct {
	known   []Option
	opts    options
	args    []string
	pending string // an option that still wants its argument
	// exclusive refuses a second option beside selected.
	exclusive bool
	selected  string
}

func (p *optionParser) find(name string) *Option {
	for i := range p.known {
		if p.known[i].Name == name {
			return &p.known[i]
		}
	}
	return nil
}

// isOption tells whether w is written as one of the known options, perhaps with
// its argument or with others joined to it.
func (p *optionParser) isOption(w string) bool {
	if len(w) < 2 || w[0] != '-' {
		return false
	}
	name, _, _ := strings.Cut(w[1:], "=")
	// Commons CLI takes off up to two more dashes here, if only to refuse the
	// word for them later.
	bare := strings.TrimPrefix(strings.TrimPrefix(name, "-"), "-")
	return p.find(bare) != nil || name != "" && p.find(name[:1]) != nil
}

func (p *optionParser) word(w string) error {
	switch {
	case p.pending != "" && (!p.isOption(w) || isNegativeNumber(w)):
		p.set(p.pending, stripQuotes(w))
		return nil
	case strings.HasPrefix(w, "--"):
		return failf("Unrecognized option: %s", w)
	case len(w) < 2 || w[0] != '-':
		p.args = append(p.args, w)
		return nil
	}
	name, value, hasValue := strings.Cut(w[1:], "=")
	o := p.find(name)
	switch {
	case o != nil && !hasValue:
		return p.take(o)
	case o != nil && o.Arg != "" && len(name) == 1:
		return p.takeWith(o, value)
	case hasValue:
		return failf("Unrecognized option: %s", w)
	}
	return p.joined(w)
}

// joined reads -sw as -s -w, and -v3 as -v 3.
func (p *optionParser) joined(w string) error {
	for i := 1; i < len(w); i++ {
		o := p.find(w[i : i+1])
		if o == nil {
			return failf("Unrecognized option: %s", w)
		}
		if o.Arg != "" && i+1 < len(w) {
			return p.takeWith(o, w[i+1:])
		}
		if err := p.take(o); err != nil {
			return err
		}
	}
	return nil
}

func (p *optionParser) take(o *Option) error {
	if err := p.finishPending(); err != nil {
		return err
	}
	if p.exclusive && p.selected != "" && p.selected != o.Name {
		return failf("The option '%s' was specified but an option from this group has already been selected: '%s'",
			o.Name, p.selected)
	}
	p.selected = o.Name
	if o.Arg != "" {
		p.pending = o.Name
	} else {
		p.set(o.Name, "")
	}
	return nil
}

// set keeps the first of several values, which is what zkCli asks for.
func (p *optionParser) set(name, value string) {
	if _, ok := p.opts[name]; !ok {
		p.opts[name] = value
	}
	p.pending = ""
}

func (p *optionParser) takeWith(o *Option, value string) error {
	if err := p.take(o); err != nil {
		return err
	}
	p.set(o.Name, value)
	return nil
}

func (p *optionParser) finishPending() error {
	if p.pending != "" {
		return failf("Missing argument for option: %s", p.pending)
	}
	return nil
}

// isNegativeNumber is Commons CLI's test: what Java reads as a double.
func isNegativeNumber(w string) bool {
	digits := false
	for i, r := range w {
		switch {
		case r >= '0' && r <= '9':
			digits = true
		case i == 0 && r == '-', r == '.' && strings.Count(w, ".") == 1:
		default:
			return false
		}
	}
	return digits
}

// stripQuotes takes off double quotes around an option's argument, as Commons
// CLI does on top of zkCli's own.
func stripQuotes(w string) string {
	if n := len(w); n > 1 && w[0] == '"' && w[n-1] == '"' && !strings.Contains(w[1:n-1], `"`) {
		return w[1 : n-1]
	}
	return w
}
