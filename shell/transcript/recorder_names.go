package transcript

import (
	"fmt"
	"strings"

	"zoosh/shell"
)

// session is the session of a shell.
func (r *Recorder) session(shell string) *recorded {
	s := r.sessions[shell]
	if s == nil {
		s = &recorded{by: r, shell: shell, lines: map[int]string{}, armed: map[string]bool{}, changing: true}
		r.sessions[shell] = s
	}
	return s
}

// name is what the page calls a session. Until the page does, its user may give it
// another name. Two sessions do not get the same one, nor one that means another.
func (s *recorded) name() string {
	if s.called != "" {
		return s.called
	}
	name := oneWord(s.by.name(s.shell))
	for n, base := 2, name; s.by.taken(name) || shell.MeansOthers(name); n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	s.called = name
	return name
}

func (r *Recorder) taken(name string) bool {
	for _, s := range r.sessions {
		if s.called == name {
			return true
		}
	}
	return false
}

// oneWord is a name as a block's info string can have it.
func oneWord(name string) string {
	word := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n=`~\\", r) || shell.Printable(string(r)) != string(r) {
			return '-'
		}
		return r
	}, strings.TrimSpace(name))
	if word == "" {
		return DefaultSession
	}
	return word
}
