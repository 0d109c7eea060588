package javaconf

import (
	"errors"
	"fmt"
	"strings"
)

// Module is a login module of a JAAS section.
type Module struct {
	Class   string
	Flag    string // such as required
	Options map[string]string
}

// JAAS reads a login configuration: the modules of each section. Its errors don't
// repeat what stands in the file, which has passwords in it.
//
//	Client {
//	    org.apache.zookeeper.server.auth.DigestLoginModule required
//	    username="ann"
//	    password="secret";
//	};
func JAAS(text string) (map[string][]Module, error) {
	r := &jaasReader{rest: text, line: 1}
	sections := map[string][]Module{}
	for {
		name := r.next()
		if name.kind == jaasEnd {
			return sections, r.err
		}
		r.want(name, jaasWord, "a section's name")
		r.want(r.next(), '{', "{")
		for {
			t := r.next()
			if t.kind == '}' || r.err != nil {
				break
			}
			sections[name.text] = append(sections[name.text], r.module(t))
		}
		r.want(r.next(), ';', "; after }")
		if r.err != nil {
			return nil, r.err
		}
	}
}

// module reads one whose first word was read already.
func (r *jaasReader) module(class jaasToken) Module {
	r.want(class, jaasWord, "a module's class")
	flag := r.next()
	r.want(flag, jaasWord, "required or another flag")
	m := Module{Class: class.text, Flag: flag.text, Options: map[string]string{}}
	for r.err == nil {
		t := r.next()
		if t.kind == ';' {
			break
		}
		if t.kind != jaasString {
			r.want(t, jaasWord, "an option or ;")
		}
		r.want(r.next(), '=', "=")
		value := r.next()
		if value.kind != jaasString {
			r.want(value, jaasWord, "an option's value")
		}
		m.Options[t.text] = value.text
	}
	return m
}

// The kinds of tokens, besides { } ; and =.
const (
	jaasEnd    = rune(-1)
	jaasWord   = 'w'
	jaasString = '"'
)

type jaasToken struct {
	kind rune
	text string
}

type jaasReader struct {
	rest string
	line int
	err  error
}

func (r *jaasReader) fail(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("line %d: %w", r.line, err)
	}
}

func (r *jaasReader) want(t jaasToken, kind rune, what string) {
	if t.kind != kind {
		r.fail(fmt.Errorf("%s is missing", what))
	}
}

func (r *jaasReader) skip(n int) {
	r.line += strings.Count(r.rest[:n], "\n")
	r.rest = r.rest[n:]
}

// next is the next token. After an error there is only the end.
func (r *jaasReader) next() jaasToken {
	r.blanks()
	if r.err != nil || r.rest == "" {
		return jaasToken{kind: jaasEnd}
	}
	switch c := r.rest[0]; c {
	case '{', '}', ';', '=':
		r.skip(1)
		return jaasToken{kind: rune(c)}
	case '"', '\'':
		return r.quoted(c)
	}
	end := strings.IndexAny(r.rest, " \t\r\n\f{};=\"'")
	if end < 0 {
		end = len(r.rest)
	}
	word := r.rest[:end]
	r.skip(end)
	return jaasToken{jaasWord, word}
}

// blanks passes over blanks and comments.
func (r *jaasReader) blanks() {
	for {
		r.skip(len(r.rest) - len(strings.TrimLeft(r.rest, " \t\r\n\f")))
		var end string
		switch {
		case strings.HasPrefix(r.rest, "//"):
			end = "\n"
		case strings.HasPrefix(r.rest, "/*"):
			end = "*/"
		default:
			return
		}
		i := strings.Index(r.rest[2:], end)
		if i < 0 {
			r.skip(len(r.rest))
			return
		}
		r.skip(2 + i + len(end))
	}
}

var jaasEscapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'f': '\f', 'b': '\b'}

// quoted reads a string, which ends in the line where it begins.
func (r *jaasReader) quoted(quote byte) jaasToken {
	var b strings.Builder
	for i := 1; i < len(r.rest) && r.rest[i] != '\n'; i++ {
		c := r.rest[i]
		if c == quote {
			r.skip(i + 1)
			return jaasToken{jaasString, b.String()}
		}
		if c == '\\' && i+1 < len(r.rest) && r.rest[i+1] != '\n' {
			i++
			if c = r.rest[i]; jaasEscapes[c] != 0 {
				c = jaasEscapes[c]
			}
		}
		b.WriteByte(c)
	}
	r.fail(errors.New("a quote does not close"))
	return jaasToken{kind: jaasEnd}
}
