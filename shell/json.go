package shell

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"zoosh/internal/wire"
)

// jsonStat is a stat in JSON. Zxids and session ids are text, as zkCli writes
// them: a JSON reader may not hold all their digits in a number. Times are UTC.
type jsonStat struct {
	Czxid          string `json:"czxid"`
	Ctime          string `json:"ctime"`
	Mzxid          string `json:"mzxid"`
	Mtime          string `json:"mtime"`
	Pzxid          string `json:"pzxid"`
	Cversion       int32  `json:"cversion"`
	DataVersion    int32  `json:"dataVersion"`
	ACLVersion     int32  `json:"aclVersion"`
	EphemeralOwner string `json:"ephemeralOwner"`
	DataLength     int32  `json:"dataLength"`
	NumChildren    int32  `json:"numChildren"`
}

func statJSON(st *wire.Stat) *jsonStat {
	if st == nil {
		return nil
	}
	return &jsonStat{
		Czxid: hex(st.Czxid), Ctime: jsonTime(st.Ctime), Mzxid: hex(st.Mzxid), Mtime: jsonTime(st.Mtime),
		Pzxid: hex(st.Pzxid), Cversion: st.Cversion, DataVersion: st.Version, ACLVersion: st.Aversion,
		EphemeralOwner: hex(st.EphemeralOwner), DataLength: st.DataLength, NumChildren: st.NumChildren,
	}
}

func hex(n int64) string { return fmt.Sprintf("0x%x", uint64(n)) }

func jsonTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// jsonData is data in JSON: text in "data", or, where it is no text, its base64
// in "base64"; null data is null.
type jsonData struct {
	Data   *string `json:"data"`
	Base64 string  `json:"base64,omitempty"`
}

func dataJSON(data []byte) jsonData {
	switch {
	case data == nil:
		return jsonData{}
	case !utf8.Valid(data):
		return jsonData{Base64: base64.StdEncoding.EncodeToString(data)}
	}
	text := string(data)
	return jsonData{Data: &text}
}

// jsonACL is an entry of an ACL in JSON.
type jsonACL struct {
	Scheme string `json:"scheme"`
	ID     string `json:"id"`
	Perms  string `json:"perms"` // of cdrwa
}

func aclJSON(acl []wire.ACL) []jsonACL {
	out := make([]jsonACL, len(acl))
	for i, a := range acl {
		out[i] = jsonACL{a.Scheme, a.ID, formatPerms(a.Perms)}
	}
	return out
}

// object prints a JSON object on a line.
func (c *Call) object(v any) error {
	text, err := objectLine(v)
	if err != nil {
		return err
	}
	c.out(text)
	return nil
}

func objectLine(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // <, > and & are what they are
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	return b.String(), nil
}
