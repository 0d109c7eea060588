package shell

import (
	"encoding/json"
	"slices"
	"strings"
)

// This file alone knows what a secret is: what somebody proves with who he is, and the
// digest of it, by which a password can be guessed. The history, recordings, messages
// and reports ask it.

// Secret tells whether a line may hold a password or a digest, which no file
// should keep: addauth, also mistyped, ACLs that name a digest, and digests wherever
// they stand. It looks at the words as either rule splits them, whatever their case.
// Being wrong on the safe side costs a line of history.
func Secret(line string) bool {
	own, _ := splitOwn(line)
	words := Split(line)
	return secretText(line) || secretWords(words) || secretWords(own)
}

// secretWords is Secret for a command whose words are known.
func secretWords(words []string) bool {
	if len(words) > 1 && byName[words[0]] == nil && Nearest(words[0], []string{addAuth}) != "" {
		return true
	}
	return slices.ContainsFunc(words, secretText)
}

// addAuth is the command with a password.
const addAuth = "addauth"

// secretText tells whether a text may hold a secret: it names a scheme with one, or
// has a digest.
func secretText(text string) bool {
	lower := strings.ToLower(text)
	return strings.Contains(lower, "digest") || strings.Contains(lower, "auth") || len(DigestsIn(text)) > 0
}

// A Digest is where a text has what a server keeps of a user's password.
type Digest struct {
	User     string
	From, To int // the hash in the text, in base64
}

// DigestsIn finds the digests in a text: in ACLs as they are typed, as getAcl prints
// them and as JSON has them, and USER:HASH anywhere, if the hash may be ZooKeeper's own.
func DigestsIn(text string) (found []Digest) {
	for i := 0; i < len(text); i++ {
		if text[i] != ':' {
			continue
		}
		end, size := base64End(text, i+1)
		if !slices.Contains(digestSizes, size) {
			continue
		}
		user, inACL := digestUser(text[:i])
		if inACL || size == sha1Size && user != "" {
			found = append(found, Digest{user, i + 1, end})
			i = end - 1
		}
	}
	return found
}

// secretPart tells whether a word has a digest, or what looks like an ACL with one.
func secretPart(word string) bool {
	lower := strings.ToLower(word)
	return strings.Contains(lower, typedACL) || strings.Contains(lower, "auth:") || len(DigestsIn(word)) > 0
}

// sha1Size is how long ZooKeeper's hashes are, unless it is told otherwise (digestAlg).
const sha1Size = 20

// base64End is where the base64 ends that begins at i, and how many bytes it stands
// for; 0 if it is none.
func base64End(text string, i int) (end, size int) {
	from := i
	for i < len(text) && isBase64(text[i]) {
		i++
	}
	n := i - from
	for i < len(text) && text[i] == '=' && i-from-n < 2 {
		i++
	}
	padding := i - from - n
	if n == 0 || (n+padding)%4 != 0 || i < len(text) && (text[i] == '=' || isBase64(text[i])) {
		return i, 0
	}
	return i, n * 6 / 8
}

func isBase64(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}

// longestUser bounds how far back the name of a user is looked for, in bytes.
const longestUser = 1 << 10

// What stands before a user's name in an ACL: typed, printed by getAcl, and in JSON.
const (
	typedACL   = "digest:"
	printedACL = "'digest,'"
	jsonACLID  = `"id":`
)

// digestUser is the user at the end of a text, and whether it names one in an ACL.
func digestUser(text string) (user string, inACL bool) {
	text = text[max(0, len(text)-longestUser):]
	text = text[strings.LastIndexByte(text, '\n')+1:]
	if rest, ok := strings.CutPrefix(text, printedACL); ok {
		return rest, true
	}
	if i := lastFold(text, typedACL); i >= 0 {
		if rest := text[i+len(typedACL):]; !strings.ContainsAny(rest, ":,") {
			return rest, true
		}
	}
	if i := lastQuote(text); i >= 0 && strings.HasSuffix(strings.TrimRight(text[:i], " "), jsonACLID) {
		if json.Unmarshal([]byte(text[i:]+`"`), &user) == nil {
			return user, true
		}
	}
	return text[strings.LastIndexAny(text, blanks+`,;:="'{}[]()\`)+1:], false
}

// lastFold is strings.LastIndex for a word of ASCII in any case.
func lastFold(text, word string) int {
	for i := len(text) - len(word); i >= 0; i-- {
		if text[i]|0x20 == word[0]|0x20 && strings.EqualFold(text[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}

// lastQuote is where the last double quote stands that no backslash is before.
func lastQuote(text string) int {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '"' && (len(text[:i])-len(strings.TrimRight(text[:i], `\`)))%2 == 0 {
			return i
		}
	}
	return -1
}

// Words are the words of a line by the rule of its command: zkCli's, or that of
// zoosh's own commands. Of a line that zoosh's rule cannot read they are zkCli's.
func Words(line string) (words []string, own bool) {
	words = Split(line)
	if len(words) == 0 {
		return words, false
	}
	if c := byName[words[0]]; c != nil && c.Own {
		if all, ok := splitOwn(line); ok && len(all) > 0 && all[0] == words[0] {
			return all, true
		}
	}
	return words, false
}

// JoinWords writes words down so that Words gives them back. ok is false where zkCli's
// rule cannot express one.
func JoinWords(words []string, own bool) (line string, ok bool) {
	quoted := make([]string, len(words))
	for i, w := range words {
		if own {
			quoted[i] = quoteOwn(w)
		} else if quoted[i], ok = Quote(w); !ok {
			return "", false
		}
	}
	line = strings.Join(quoted, " ")
	again, _ := Words(line)
	return line, slices.Equal(again, words)
}

// IsAddAuth tells whether words are an addauth, also one in another case, which is no
// command but has a password all the same.
func IsAddAuth(words []string) bool { return len(words) > 0 && strings.EqualFold(words[0], addAuth) }
