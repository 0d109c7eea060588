package transcript

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"zoosh/shell"
)

// A mask keeps passwords out of a recording in such a way that it does the same
// when it is replayed: each password gets another in its place, and the digest of
// the one becomes the digest of the other, in what is typed and in what comes out.
type mask struct {
	users   map[string]string // the password that stands for a user's, by "user:digest"
	replace []string          // old and new, for strings.NewReplacer
}

// What ACLs have of digests and passwords.
var (
	digestACL = regexp.MustCompile(`\bdigest:([^:\s,"']+):([A-Za-z0-9+/]{27}=)`)
	authACL   = regexp.MustCompile(`\bauth:[^:\s,"']*(?::[^:\s,"']*)?:([cdrwa]+)\b`)
)

// digestOf is what ZooKeeper keeps of a password.
func digestOf(user, password string) string {
	sum := sha1.Sum([]byte(user + ":" + password))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// standIn is the password that stands for the one that has this digest.
func (m *mask) standIn(user, digest string) string {
	if m.users == nil {
		m.users = map[string]string{}
	}
	key := user + ":" + digest
	word := m.users[key]
	if word == "" {
		word = fmt.Sprintf("password-%d", len(m.users)+1)
		m.users[key] = word
		m.replace = append(m.replace, digest, digestOf(user, word))
	}
	return word
}

// line is a line with other passwords. ok is false if it may hold one that was not
// found.
func (m *mask) line(line string) (masked string, ok bool) {
	if !shell.Secret(line) {
		return line, true
	}
	words := shell.Split(line)
	switch {
	case words[0] == "addauth":
		return m.addAuth(words)
	case shell.Lookup(shell.D39, words[0]) == nil && shell.Lookup(shell.D34, words[0]) == nil:
		return "", false // addauth mistyped, for all we know
	}
	rest := authACL.ReplaceAllString(line, "")
	rest = digestACL.ReplaceAllString(rest, "")
	if strings.Contains(rest, "digest:") || strings.Contains(rest, "auth:") {
		return "", false
	}
	// Whom auth means is decided by what the session has shown.
	line = authACL.ReplaceAllString(line, "auth::$1")
	return digestACL.ReplaceAllStringFunc(line, func(acl string) string {
		part := digestACL.FindStringSubmatch(acl)
		return "digest:" + part[1] + ":" + digestOf(part[1], m.standIn(part[1], part[2]))
	}), true
}

func (m *mask) addAuth(words []string) (masked string, ok bool) {
	if len(words) == 1 {
		return words[0], true
	}
	if len(words) == 2 && (words[1] == "digest" || words[1] == "ip") {
		return strings.Join(words, " "), true
	}
	if len(words) != 3 || words[1] != "digest" {
		return "", false
	}
	user, password, ok := strings.Cut(words[2], ":")
	if !ok || user == "" || password == "" || strings.ContainsAny(user, " \t\n\"'") {
		return "", false
	}
	word := m.standIn(user, digestOf(user, password))
	m.replace = append(m.replace, user+":"+password, user+":"+word)
	return "addauth digest " + user + ":" + word, true
}

// output is a text that came out, with other passwords.
func (m *mask) output(text string) string {
	if len(m.replace) == 0 {
		return text
	}
	return strings.NewReplacer(m.replace...).Replace(text)
}

// shown is a line for a comment.
func (m *mask) shown(line string) string {
	if masked, ok := m.line(line); ok {
		return "`" + shell.OneLine(masked) + "`"
	}
	return "a line"
}
