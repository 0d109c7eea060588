package export

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

var open = ACLOf(wire.OpenACL())

func written(t testing.TB, h Header, all ...*Znode) string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, h)
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range all {
		if err := w.Write(z); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestRoundTrip(t *testing.T) {
	all := []*Znode{
		{Path: "/", Kind: Persistent, ACL: open},
		{Path: "/empty", Kind: Persistent, Data: DataOf([]byte{}), ACL: open},
		{Path: "/text", Kind: Persistent, Data: DataOf([]byte("<é & \"\x00\u2028\n>")), ACL: open, Stat: StatOf(&wire.Stat{Czxid: -1, Mtime: 1})},
		{Path: "/bytes", Kind: Ephemeral, Data: DataOf([]byte{0xff, 0}), ACL: []ACL{{"digest", "u:x=", "ra"}, {"ip", "::1", ""}}},
		{Path: "/bytes/x", Kind: Persistent, ACL: open},
	}
	text := written(t, Header{Root: "/app", Server: "s"}, all...)
	h, got, err := ReadUpTo(strings.NewReader(text), 0)
	if err != nil || h.Root != "/app" || !reflect.DeepEqual(got, all) {
		t.Errorf("%v\n%s", err, text)
	}
	for i, want := range [][]byte{nil, {}, []byte("<é & \"\x00\u2028\n>"), {0xff, 0}, nil} {
		if data, err := got[i].Bytes(); err != nil || !bytes.Equal(data, want) || (data == nil) != (want == nil) {
			t.Errorf("%s: %q, %v", got[i].Path, data, err)
		}
	}
	acl, err := got[3].WireACL()
	if want := []wire.ACL{{Scheme: "digest", ID: "u:x=", Perms: wire.PermRead | wire.PermAdmin}, {Scheme: "ip", ID: "::1"}}; err != nil || !reflect.DeepEqual(acl, want) {
		t.Errorf("%v, %v", acl, err)
	}
}

func TestRefused(t *testing.T) {
	head := `{"zoosh":"export","version":1,"root":"/"}` + "\n"
	root := `{"path":"/","kind":"persistent","data":null,"acl":[{"scheme":"world","id":"anyone","perms":"r"}]}` + "\n"
	znode := func(path, rest string) string {
		return `{"path":"` + path + `","kind":"persistent","acl":[{"scheme":"world","id":"anyone","perms":"r"}]` + rest + "}\n"
	}
	for text, want := range map[string]string{
		"":                               "the export is empty",
		"{}\n":                           "line 1: this is no export of zoosh",
		"[zookeeper]\n":                  "line 1: this is no export of zoosh",
		`{"zoosh":"export","version":2}`: "line 1: version 2 of the form is not known here",
		head + "x":                       "line 2: invalid character 'x'",
		head + root + root:               "line 3: / is there twice",
		head + znode("/a", ""):           "line 2: /a stands before its parent",
		head + root + znode("a", ""):     "line 3: Path must start with / character",
		head + root + znode("/a/..", ""): "line 3: Invalid path string",
		head + root + znode("/a", `,"base64":"?"`):          "line 3: /a: base64:",
		head + root + znode("/a", `,"data":"","base64":""`): "line 3: /a: there is data and base64",
		head + root + znode("/a", `,"kind":"x"`):            `line 3: /a: kind "x" is not known`,
		head + root + znode("/a", `,"acl":[]`):              "line 3: /a: there is no acl",
		head + root + znode("/a", `,"acl":[{"perms":"x"}]`): `line 3: /a: acl: 'x' is no permission`,
	} {
		if _, _, err := ReadUpTo(strings.NewReader(text), 0); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
	if _, all, err := ReadUpTo(strings.NewReader(head+"\n"+root), 0); err != nil || len(all) != 1 {
		t.Errorf("an empty line: %v", err)
	}
}

func TestPaths(t *testing.T) {
	for _, test := range [][3]string{{"/", "/a", "/a"}, {"/r", "/", "/r"}, {"/r", "/a/b", "/r/a/b"}, {"/", "/", "/"}} {
		if got := Below(test[0], test[1]); got != test[2] {
			t.Errorf("%q is %q", test, got)
		}
		if got := relative(test[0], test[2]); got != test[1] {
			t.Errorf("%q back is %q", test, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(written(f, Header{Root: "/"}, &Znode{Path: "/", Kind: Persistent, ACL: open},
		&Znode{Path: "/b", Kind: Ephemeral, Data: DataOf([]byte{0xff}), ACL: open}))
	f.Fuzz(func(t *testing.T, text string) {
		h, all, err := ReadUpTo(strings.NewReader(text), 0)
		if err != nil {
			return
		}
		again, second, err := ReadUpTo(strings.NewReader(written(t, h, all...)), 0)
		if err != nil || again != h || len(all) != len(second) {
			t.Fatalf("%v", err)
		}
		for i := range all {
			a, _ := all[i].Bytes()
			b, _ := second[i].Bytes()
			if all[i].Path != second[i].Path || !bytes.Equal(a, b) {
				t.Fatalf("%+v is %+v", all[i], second[i])
			}
		}
	})
}
