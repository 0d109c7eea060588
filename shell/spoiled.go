package shell

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// SpoiledJSON tells where data is no JSON any more that was an object or an array
// before; where is "" if it still is some, or was none. at is the place in after.
func SpoiledJSON(before, after []byte) (at int, where string) {
	if !isDocument(before) {
		return 0, ""
	}
	if len(bytes.TrimSpace(after)) == 0 {
		return 0, "it is empty"
	}
	var raw json.RawMessage
	var syntax *json.SyntaxError
	switch err := json.Unmarshal(after, &raw); {
	case errors.As(err, &syntax):
		at, where = int(syntax.Offset), syntax.Error()
		if where != endOfJSON { // the byte that is wrong is counted
			at = max(0, at-1)
		}
	case !utf8.Valid(after):
		at, where = notUTF8(after), "no UTF-8"
	default:
		return 0, ""
	}
	line := bytes.Count(after[:at], []byte("\n"))
	column := utf8.RuneCount(after[bytes.LastIndexByte(after[:at], '\n')+1:at]) + 1
	shown := excerptAt(after, nil, at, utf8.Valid(after))
	return at, fmt.Sprintf("line %d, column %d: %s (%s)", line+1, column, where, shown)
}

// endOfJSON is what encoding/json says where the end comes too soon.
const endOfJSON = "unexpected end of JSON input"

// notUTF8 is the first byte that is none of a character.
func notUTF8(data []byte) (at int) {
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return at
}

// isDocument tells whether data is JSON that somebody wrote as such: a number or a
// word is more than that.
func isDocument(data []byte) bool {
	trimmed := bytes.TrimSpace(data)
	return len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && utf8.Valid(data) && json.Valid(data)
}

// keepsJSON asks before a znode's data is written that was JSON and would be none any
// more. It is only asked for where a person types. spoiled is where, "" if it is not.
func (c *Call) keepsJSON(path string, data []byte) (spoiled string, err error) {
	if !c.sh.cfg.Typed {
		return "", nil
	}
	before, _, err := c.zk.Get(c.ctx, path, nil)
	if err != nil {
		return "", nil // writing says what is wrong, or that one may write and not read
	}
	_, spoiled = SpoiledJSON(before, data)
	if ask := c.sh.cfg.AskOfData; spoiled != "" && ask != nil && !c.has(yesOption.Name) {
		return spoiled, c.askBy(ask, fmt.Sprintf("%s holds JSON, and what is to be written is none: %s. Write it all the same?", path, spoiled))
	}
	return spoiled, nil
}

// saySpoiled says that what was written is no JSON any more.
func (c *Call) saySpoiled(path, spoiled string) {
	if spoiled != "" {
		c.note("%s is no JSON any more: %s", path, spoiled)
	}
}
