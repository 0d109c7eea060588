package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	// fourLetterLimit bounds a reply; dump and wchp of a large server take some.
	fourLetterLimit = 64 << 20
	// fourLetterWait is for callers whose context has no deadline.
	fourLetterWait = 5 * time.Second
)

// FourLetter sends a four-letter word such as "srvr" to the server at addr
// (host:port) and returns what it answers before it closes the connection. It
// waits as long as ctx allows, or five seconds if ctx has no deadline. A server
// that has the word disabled answers with a sentence that says so.
func FourLetter(ctx context.Context, addr, word string) (string, error) {
	return Security{}.FourLetter(ctx, addr, word)
}

// FourLetter is the same for a server that wants TLS: its port answers the words
// under TLS alone.
func (sec Security) FourLetter(ctx context.Context, addr, word string) (string, error) {
	if len(word) != 4 {
		return "", fmt.Errorf("%q has not four letters", word)
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, fourLetterWait)
		defer cancel()
	}
	return sec.ask(ctx, Member{Server: addr}, word, 0)
}

// ask asks a member, and lets none make it wait longer than patience for the first byte
// and for each next one, if that is not 0.
func (sec Security) ask(ctx context.Context, m Member, word string, patience time.Duration) (string, error) {
	first := time.Now().Add(patience)
	conn, err := sec.dialMember(ctx, m, patience)
	if err != nil {
		return "", err
	}
	return sec.converse(ctx, conn, m, word, &patientReader{conn, patience, first})
}

// converse sends a word on a connection, which it closes, and reads the answer.
func (sec Security) converse(ctx context.Context, conn net.Conn, m Member, word string, answer io.Reader) (string, error) {
	defer conn.Close()
	// Closing is what ends a read or write that is under way.
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	if _, err := io.WriteString(conn, word); err != nil {
		return "", because(ctx, err)
	}
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(answer, fourLetterLimit+1))
	switch {
	case n > fourLetterLimit:
		return "", fmt.Errorf("%s at %s: the answer has more than %d bytes", word, m, fourLetterLimit)
	case err != nil && n == 0 && sec.TLS != nil && ctx.Err() == nil && !errors.Is(err, os.ErrDeadlineExceeded):
		return "", tlsError(m.String(), err, true)
	case err != nil && n == 0, ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		return "", because(ctx, err)
	}
	// Some servers reset the connection behind their answer; the answer counts.
	return b.String(), nil
}

// patientReader reads from a connection, and gives up when nothing has come until a
// time, or then for as long as wait says, if that is not 0.
type patientReader struct {
	conn  net.Conn
	wait  time.Duration
	until time.Time
}

// Read implements io.Reader.
func (r *patientReader) Read(p []byte) (int, error) {
	if r.wait == 0 {
		return r.conn.Read(p)
	}
	if err := r.conn.SetReadDeadline(r.until); err != nil {
		return 0, err
	}
	n, err := r.conn.Read(p)
	r.until = time.Now().Add(r.wait)
	return n, err
}

// because prefers the reason ctx has to the error that its end caused.
func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

// serverInfo is what srvr tells.
type serverInfo struct {
	version string // "" if it did not say
	zxid    int64
	hasZxid bool
	mode    string // "standalone", "leader", "follower", "observer", "read-only"
}

// askServer asks the server at addr for its srvr.
func (sec Security) askServer(ctx context.Context, addr string) (serverInfo, error) {
	text, err := sec.FourLetter(ctx, addr, "srvr")
	if err != nil {
		return serverInfo{}, err
	}
	info := parseServerInfo(text)
	if info.version == "" && !info.hasZxid {
		line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		if len(line) > 200 {
			line = line[:200]
		}
		return info, fmt.Errorf("%s answers srvr with %q", addr, line)
	}
	return info, nil
}

func parseServerInfo(text string) serverInfo {
	var info serverInfo
	for line := range strings.SplitSeq(text, "\n") {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		switch strings.ToLower(key) {
		case "zookeeper version":
			info.version = cleanVersion(value)
		case "zxid":
			zxid, err := strconv.ParseUint(strings.TrimPrefix(value, "0x"), 16, 64)
			info.zxid, info.hasZxid = int64(zxid), err == nil
		case "mode":
			info.mode = value
		}
	}
	return info
}

// cleanVersion makes "3.8.0" of "3.8.0-5a02a05eddb5…, built on …" and keeps words
// that belong to the version, such as "3.5.4-beta".
func cleanVersion(s string) string {
	s, _, _ = strings.Cut(s, ",")
	parts := strings.Split(s, "-")
	out := strings.TrimSpace(parts[0])
	for _, p := range parts[1:] {
		if p = strings.TrimSpace(p); p != "" && strings.Trim(p, "0123456789abcdef") != "" {
			out += "-" + p
		}
	}
	return out
}

// olderThan compares a version such as "3.4.14" or "3.9.5-zoosh" with one of
// numbers and dots. What is no number counts as equal.
func olderThan(version, than string) bool {
	version, _, _ = strings.Cut(version, "-")
	have, want := strings.Split(version, "."), strings.Split(than, ".")
	for i, w := range want {
		n, _ := strconv.Atoi(w)
		v := 0
		if i < len(have) {
			var err error
			if v, err = strconv.Atoi(have[i]); err != nil {
				return false
			}
		}
		if v != n {
			return v < n
		}
	}
	return false
}

// versionWait bounds the wait for a server that does not answer srvr.
const versionWait = 2 * time.Second

// serverVersion is a version, or why it is not known, as asked for on a
// connection. The server may be another after the next one.
type serverVersion struct {
	version string
	err     error
	asked   *conn
}

// ServerVersion is the version of the server that the session is connected to,
// or was last, such as "3.8.0" or "3.9.5-zoosh". It is asked for with srvr once
// per connection. A server that has srvr disabled gives an error.
func (s *Session) ServerVersion(ctx context.Context) (string, error) {
	s.mu.Lock()
	c, addr := s.conn, s.server
	known, ok := s.versions[addr]
	closing := s.closing
	s.mu.Unlock()
	if closing {
		return "", ErrClosed
	}
	if ok && known.asked == c && c != nil {
		return known.version, known.err
	}
	if addr == "" {
		return "", errors.New("not connected to a server yet")
	}
	ask, cancel := context.WithTimeout(ctx, versionWait)
	defer cancel()
	info, err := s.cfg.Security.askServer(ask, addr)
	if ctx.Err() != nil {
		return "", ctx.Err() // says nothing about the server
	}
	if err == nil && info.version == "" {
		err = fmt.Errorf("%s does not tell its version", addr)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions[addr] = serverVersion{info.version, err, c}
	return info.version, err
}

// gate refuses a request that the server is known to be too old for. what is as
// the user knows it, needs the version that brought it, or "" if all have it.
func (s *Session) gate(ctx context.Context, what, needs string) error {
	if needs == "" {
		return nil
	}
	have, err := s.ServerVersion(ctx)
	if err == nil && olderThan(have, needs) {
		return &UnsupportedError{What: what, Needs: needs, Have: have}
	}
	return nil
}
