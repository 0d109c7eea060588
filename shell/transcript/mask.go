package transcript

import (
	"cmp"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zoosh/shell"
)

// A mask keeps passwords and digests out of a recording in such a way that it does the
// same when it is replayed: each password gets another in its place, and the digest of
// the one becomes the digest of the other, in what is typed and in what comes out,
// whoever's it is. What a secret is, package shell knows.
type mask struct {
	words map[string]string // the password that stands for a user's, by "user:digest"
	ours  map[string]bool   // digests of those
	count int
	typed []password // what addauth has had, the longest first
}

// A password is one with its user, as it stands in addauth, and what stands for it.
type password struct{ was, is string }

// An ACL entry that means who has shown a password; that, which the server does not look
// at, may stand there too.
var authACL = regexp.MustCompile(`(^|,)auth:[^,]*:([cdrwa]+)`)

// digestsOf is what servers may keep of a password, ZooKeeper's own first. They are told
// which hash to use (digestAlg).
func digestsOf(user, password string) [][]byte {
	text := []byte(user + ":" + password)
	a, b, c, d, e, f := sha1.Sum(text), md5.Sum(text), sha256.Sum224(text), sha256.Sum256(text), sha512.Sum384(text), sha512.Sum512(text)
	return [][]byte{a[:], b[:], c[:], d[:], e[:], f[:]}
}

// fresh is a password that stands for none yet.
func (m *mask) fresh() string {
	if m.words == nil {
		m.words, m.ours = map[string]string{}, map[string]bool{}
	}
	m.count++
	return fmt.Sprintf("password-%d", m.count)
}

// standIn is the digest that stands for one.
func (m *mask) standIn(user, digest string) string {
	if m.ours[digest] {
		return digest
	}
	key := user + ":" + digest
	word, known := m.words[key]
	if !known {
		word = m.fresh()
		m.words[key] = word
	}
	for _, sum := range digestsOf(user, word) {
		if text := base64.StdEncoding.EncodeToString(sum); len(text) == len(digest) {
			m.ours[text] = true
			return text
		}
	}
	return ""
}

// password is what stands for a password.
func (m *mask) password(user, was string) string {
	word := ""
	sums := digestsOf(user, was)
	for _, sum := range sums {
		word = cmp.Or(word, m.words[user+":"+base64.StdEncoding.EncodeToString(sum)])
	}
	if word == "" {
		word = m.fresh()
	}
	for _, sum := range sums {
		m.words[user+":"+base64.StdEncoding.EncodeToString(sum)] = word
	}
	if p := (password{user + ":" + was, user + ":" + word}); !slices.Contains(m.typed, p) {
		m.typed = append(m.typed, p)
		slices.SortStableFunc(m.typed, func(a, b password) int { return len(b.was) - len(a.was) })
	}
	return word
}

// line is a line with other passwords. ok is false if it may hold one that was not
// found.
func (m *mask) line(line string) (masked string, ok bool) {
	words, own := shell.Words(line)
	if len(words) == 0 || !shell.Secret(line) {
		return m.text(line), true
	}
	switch {
	case shell.IsAddAuth(words):
		return m.addAuth(words)
	case shell.Lookup(shell.Newest(), words[0]) == nil && shell.Lookup(shell.D34, words[0]) == nil:
		return "", false // addauth mistyped, for all we know
	}
	found := slices.Clone(words)
	for i, w := range words {
		// Whom auth means is decided by what the session has shown.
		found[i] = m.text(authACL.ReplaceAllString(w, "${1}auth::$2"))
		if m.doubtful(found[i]) {
			return "", false
		}
	}
	// What was typed stays as it is but for that, if it can.
	masked = m.text(authACL.ReplaceAllString(line, "${1}auth::$2"))
	if again, _ := shell.Words(masked); slices.Equal(again, found) {
		return masked, true
	}
	return shell.JoinWords(found, own)
}

// doubtful tells whether a word, other passwords in it, may still hold one: it has an
// ACL of digests or of auth that cannot be read.
func (m *mask) doubtful(word string) bool {
	var b strings.Builder
	at := 0
	for _, d := range shell.DigestsIn(word) {
		// Without "digest:USER:" before them.
		if from := d.From - len("digest:"+d.User+":"); from >= at && strings.EqualFold(word[from:from+len("digest:")], "digest:") {
			b.WriteString(word[at:from])
			at = d.From
		}
	}
	rest := strings.ToLower(authACL.ReplaceAllString(b.String()+word[at:], ""))
	return strings.Contains(rest, "digest:") || strings.Contains(rest, "auth:")
}

func (m *mask) addAuth(words []string) (masked string, ok bool) {
	digest := len(words) > 1 && strings.EqualFold(words[1], "digest")
	switch {
	case len(words) == 1, len(words) == 2 && (digest || words[1] == "ip"):
		return strings.Join(words, " "), true
	case len(words) != 3 || !digest:
		return "", false
	}
	user, was, ok := strings.Cut(words[2], ":")
	if !ok || user == "" || was == "" || strings.ContainsAny(user, " \t\n\"'") {
		return "", false
	}
	return words[0] + " " + words[1] + " " + user + ":" + m.password(user, was), true
}

// text is a text with other passwords and digests. A password is looked for beside the
// digests: one of few letters may be how a digest begins.
func (m *mask) text(text string) string {
	var b strings.Builder
	at := 0
	for _, d := range shell.DigestsIn(text) {
		b.WriteString(m.plain(text[at:d.From]))
		b.WriteString(m.standIn(d.User, text[d.From:d.To]))
		at = d.To
	}
	if at == 0 {
		return m.plain(text)
	}
	return b.String() + m.plain(text[at:])
}

// plain is a text without digests with other passwords.
func (m *mask) plain(text string) string {
	for _, p := range m.typed {
		text = replaceWhole(text, p.was, p.is)
	}
	return text
}

// replaceWhole replaces what is not a part of a longer word.
func replaceWhole(text, was, is string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, was)
		if i < 0 {
			return b.String() + text
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(was):])
		if part := inWord(before) || inWord(after); part {
			b.WriteString(text[:i+1])
			text = text[i+1:]
			continue
		}
		b.WriteString(text[:i] + is)
		text = text[i+len(was):]
	}
}

func inWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// shown is a line for a comment.
func (m *mask) shown(line string) string {
	if masked, ok := m.line(line); ok {
		return "`" + shell.OneLine(masked) + "`"
	}
	return "a line"
}
