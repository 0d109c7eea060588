// Package export is a subtree as text, which can be kept, compared and put back.
//
// # The form
//
// JSON Lines: an object a line, UTF-8. The first says what it is:
//
//	{"zoosh":"export","version":1,"root":"/app","server":"zk1:2181","time":"2026-01-02T03:04:05.678Z"}
//
// Each other line is a znode, a parent before its children, siblings by name:
//
//	{"path":"/config","kind":"persistent","data":"timeout=5","acl":[{"scheme":"world","id":"anyone","perms":"cdrwa"}],"stat":{…}}
//
//	path    below the root; "/" is the root itself
//	kind    "persistent" or "ephemeral"
//	data    the data, if it is text (UTF-8); null if the znode's data is null
//	base64  the data in base64, if it is no text; data is null then
//	acl     its entries; perms are letters of cdrwa: create, delete, read, write, admin
//	stat    as it was: czxid, mzxid, pzxid and ephemeralOwner as "0x…", ctime and mtime
//	        in UTC, cversion, dataVersion, aclVersion, dataLength, numChildren
//
// Names that are not known are passed over, so that later versions can add some.
//
// # What comes back
//
// Paths, data (to the byte, null too) and ACLs. What does not: ephemeral znodes,
// which live and die with their sessions; zxids, times and versions, which are
// the server's to give; and that a znode was a container or had a time to live,
// which no server tells. The number in a sequential znode's name is part of its
// name and comes back; where its parent goes on counting does not.
package export

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"zoosh/internal/textfile"
	"zoosh/internal/wire"
)

// Version is the version of the form that is written here.
const Version = 1

// Header is the first line.
type Header struct {
	Format  string `json:"zoosh"` // "export"
	Version int    `json:"version"`
	Root    string `json:"root"`
	Server  string `json:"server,omitempty"`
	Time    string `json:"time,omitempty"`
}

// The kinds of znodes.
const (
	Persistent = "persistent"
	Ephemeral  = "ephemeral"
)

// Znode is a line: a znode.
type Znode struct {
	Path string `json:"path"` // below the root; "/" is the root
	Kind string `json:"kind"`
	Data
	ACL  []ACL `json:"acl"`
	Stat *Stat `json:"stat,omitempty"`
}

// Size is about how many bytes of it are what a server has told.
func (z *Znode) Size() int {
	n := len(z.Path)
	for _, text := range []*string{z.Text, z.Base64} {
		if text != nil {
			n += len(*text)
		}
	}
	for _, a := range z.ACL {
		n += len(a.Scheme) + len(a.ID)
	}
	return n
}

// Data is the data of a znode: Text if it is text, else Base64. If both are nil, the data
// is null.
type Data struct {
	Text   *string `json:"data"`
	Base64 *string `json:"base64,omitempty"`
}

// ACL is an entry of an ACL.
type ACL struct {
	Scheme string `json:"scheme"`
	ID     string `json:"id"`
	Perms  string `json:"perms"` // of cdrwa
}

// Stat is a stat. Zxids and session ids are text, as zkCli writes them: a JSON
// reader may not hold all their digits in a number. Times are UTC.
type Stat struct {
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

// StatOf is a stat as JSON has it; nil for nil.
func StatOf(st *wire.Stat) *Stat {
	if st == nil {
		return nil
	}
	return &Stat{
		Czxid: Hex(st.Czxid), Ctime: Time(st.Ctime), Mzxid: Hex(st.Mzxid), Mtime: Time(st.Mtime),
		Pzxid: Hex(st.Pzxid), Cversion: st.Cversion, DataVersion: st.Version, ACLVersion: st.Aversion,
		EphemeralOwner: Hex(st.EphemeralOwner), DataLength: st.DataLength, NumChildren: st.NumChildren,
	}
}

// Hex is a zxid or a session id as zkCli writes it.
func Hex(n int64) string { return fmt.Sprintf("0x%x", uint64(n)) }

// Time is a time of a stat.
func Time(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// DataOf is data as JSON has it.
func DataOf(data []byte) Data {
	switch {
	case data == nil:
		return Data{}
	case !utf8.Valid(data):
		text := base64.StdEncoding.EncodeToString(data)
		return Data{Base64: &text}
	}
	text := string(data)
	return Data{Text: &text}
}

// Bytes is the data itself.
func (d Data) Bytes() ([]byte, error) {
	switch {
	case d.Text != nil && d.Base64 != nil:
		return nil, errors.New("there is data and base64")
	case d.Text != nil:
		return []byte(*d.Text), nil
	case d.Base64 != nil:
		data, err := base64.StdEncoding.DecodeString(*d.Base64)
		if err != nil {
			return nil, fmt.Errorf("base64: %w", err)
		}
		return data, nil
	}
	return nil, nil
}

// letters are the permissions in zkCli's order.
var letters = []struct {
	letter rune
	perm   int32
}{{'c', wire.PermCreate}, {'d', wire.PermDelete}, {'r', wire.PermRead}, {'w', wire.PermWrite}, {'a', wire.PermAdmin}}

// ACLOf is an ACL as JSON has it.
func ACLOf(acl []wire.ACL) []ACL {
	out := make([]ACL, len(acl))
	for i, a := range acl {
		perms := ""
		for _, l := range letters {
			if a.Perms&l.perm != 0 {
				perms += string(l.letter)
			}
		}
		out[i] = ACL{a.Scheme, a.ID, perms}
	}
	return out
}

// WireACL is the ACL as a server takes it.
func (z *Znode) WireACL() ([]wire.ACL, error) {
	out := make([]wire.ACL, len(z.ACL))
	for i, a := range z.ACL {
		out[i] = wire.ACL{Scheme: a.Scheme, ID: a.ID}
	next:
		for _, r := range a.Perms {
			for _, l := range letters {
				if l.letter == r {
					out[i].Perms |= l.perm
					continue next
				}
			}
			return nil, fmt.Errorf("acl: %q is no permission", r)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("there is no acl")
	}
	return out, nil
}

// A Writer writes an export.
type Writer struct{ e *json.Encoder }

// NewWriter writes the header.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // <, > and & are what they are
	h.Format, h.Version = "export", Version
	if err := e.Encode(h); err != nil {
		return nil, fmt.Errorf("write the export: %w", err)
	}
	return &Writer{e}, nil
}

// beginning is what every export begins with.
const beginning = `{"zoosh":"export",`

// Begins tells whether what a file begins with may be the beginning of an export.
func Begins(head []byte) bool {
	n := min(len(head), len(beginning))
	return string(head[:n]) == beginning[:n]
}

// Write writes a znode.
func (w *Writer) Write(z *Znode) error {
	if err := w.e.Encode(z); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return nil
}

// A line is bounded: see Read. JSON makes six bytes of one at most, and what stands
// around the data has room.
const (
	minLine = 64 << 20
	asJSON  = 6
	around  = 4 << 20
)

// ReadUpTo reads an export and checks it: it is whole, every parent stands before
// its children, and there is nothing that a server would have to refuse. A request
// may have so many bytes: a line may be as long as the data of such a znode makes it,
// if that is more than 64 MiB. The error tells the line.
func ReadUpTo(r io.Reader, request int) (Header, []*Znode, error) {
	lines := textfile.NewLines(r, max(minLine, asJSON*request+around))
	var h Header
	line, err := lines.Next()
	switch {
	case err == io.EOF:
		return h, nil, errors.New("the export is empty")
	case err != nil:
		return h, nil, fmt.Errorf("read the export: %w", err)
	}
	if err := json.Unmarshal(line, &h); err != nil || h.Format != "export" {
		return h, nil, errors.New("line 1: this is no export of zoosh")
	}
	if h.Version != Version {
		return h, nil, fmt.Errorf("line 1: version %d of the form is not known here", h.Version)
	}
	var all []*Znode
	seen := map[string]bool{}
	for {
		line, err := lines.Next()
		switch {
		case err == io.EOF:
			return h, all, nil
		case err != nil:
			return h, nil, fmt.Errorf("read the export: %w", err)
		case len(line) == 0:
			continue
		}
		z := &Znode{}
		if err = json.Unmarshal(line, z); err == nil {
			err = z.check(seen)
		}
		if err != nil {
			return h, nil, fmt.Errorf("line %d: %w", lines.Number(), err)
		}
		all = append(all, z)
	}
}

// check checks a znode that follows those that were seen.
func (z *Znode) check(seen map[string]bool) error {
	if err := wire.ValidatePath(z.Path); err != nil {
		return err
	}
	if z.Kind != Persistent && z.Kind != Ephemeral {
		return fmt.Errorf("%s: kind %q is not known", z.Path, z.Kind)
	}
	if _, err := z.Bytes(); err != nil {
		return fmt.Errorf("%s: %w", z.Path, err)
	}
	if _, err := z.WireACL(); err != nil {
		return fmt.Errorf("%s: %w", z.Path, err)
	}
	parent, _ := wire.SplitPath(z.Path)
	switch {
	case seen[z.Path]:
		return fmt.Errorf("%s is there twice", z.Path)
	case parent != "" && !seen[parent]:
		return fmt.Errorf("%s stands before its parent", z.Path)
	}
	seen[z.Path] = true
	return nil
}

// Below is the path that a znode of the export has below root.
func Below(root, path string) string {
	switch {
	case path == "/":
		return root
	case root == "/":
		return path
	}
	return root + path
}

// relative is the inverse of Below.
func relative(root, path string) string {
	if root == "/" {
		return path
	}
	if rest := strings.TrimPrefix(path, root); rest != "" {
		return rest
	}
	return "/"
}
