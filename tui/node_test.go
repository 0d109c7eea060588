package tui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/wire"
)

// nodeModel shows a znode with that data in a pane of its own.
func nodeModel(t *testing.T, w, h int, data []byte) *Model {
	t.Helper()
	m := testModel(t, w, h, Config{NoColor: true})
	m.setFocus(paneNode)
	m.toggleZoom()
	m.node.show("/a")
	showNode(m, data)
	return m
}

func showNode(m *Model, data []byte) {
	m.Update(nodeReadMsg{asked: m.node.asked, node: &nodeRead{
		data: data, stat: &wire.Stat{Czxid: 5, Version: 3, DataLength: int32(len(data))},
		acl: wire.OpenACL(), shown: layOut(data),
	}})
}

func nodeRows(m *Model) string {
	var rows []string
	for _, row := range m.node.Rows(true) {
		rows = append(rows, strings.TrimRight(ansi.Strip(row), " "))
	}
	return strings.Join(rows, "\n")
}

func wantNode(t *testing.T, m *Model, want string) {
	t.Helper()
	if got := nodeRows(m); !strings.HasPrefix(got, strings.TrimPrefix(want, "\n")) {
		t.Errorf("the node is\n%s\nwant\n%s", got, want)
	}
}

func TestNodeShowsEverything(t *testing.T) {
	m := nodeModel(t, 80, 24, []byte("hello\x7f\nworld"))
	wantNode(t, m, `
Data  12 bytes, hex
0000  68 65 6c 6c 6f 7f 0a 77 6f 72 6c 64              hello..world

Stat
cZxid          0x5                  created
ctime          1970-01-01 00:00:00  at the start`)
	press(t, m, "v")
	wantNode(t, m, `
Data  12 bytes, text
hello\x7f
world
`)
	press(t, m, "end")
	if rows := nodeRows(m); !strings.HasSuffix(rows, "ACL\n'world,'anyone\n: cdrwa") {
		t.Error(rows)
	}
	pictured(t, m)
}

func TestNodeData(t *testing.T) {
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"null", nil, "Data  null\n\nStat"},
		{"empty", []byte{}, "Data  empty\n\nStat"},
		{"json", []byte(`{"a":[1,2]}`), "Data  11 bytes, JSON\n{\n  \"a\": [\n    1,\n    2\n  ]\n}\n"},
		{"number", []byte("1"), "Data  1 byte, text\n1\n"},
		{"wide", []byte("中文"), "Data  6 bytes, text\n中文\n"},
		{"escape", []byte("\x1b[31m"), "Data  5 bytes, hex\n0000  1b 5b 33 31 6d"},
	} {
		t.Run(test.name, func(t *testing.T) { wantNode(t, nodeModel(t, 60, 20, test.data), test.want) })
	}
}

func TestNodeLargeData(t *testing.T) {
	m := nodeModel(t, 80, 24, []byte(strings.Repeat("中文 and so on\n", 60_000)))
	press(t, m, "end")
	if m.node.length() > 8000 || !strings.Contains(ansi.Strip(strings.Join(m.node.sections()[2].rows(), "\n")), "more: v shows all") {
		t.Errorf("%d rows", m.node.length())
	}
	press(t, m, "v", "end", "pgup")
	if !strings.Contains(nodeRows(m), "e4 b8 ad") {
		t.Error(nodeRows(m))
	}
}

// rows are all rows of a section.
func (s section) rows() []string {
	var out []string
	for i := range s.n {
		out = append(out, s.row(i))
	}
	return out
}

func TestNodeDropsStaleAnswers(t *testing.T) {
	m := nodeModel(t, 80, 24, []byte("old"))
	stale := m.node.asked
	m.node.show("/b")
	m.Update(nodeReadMsg{asked: stale, node: &nodeRead{data: []byte("old")}})
	if m.node.node != nil {
		t.Error("an answer about another znode is shown")
	}
	m.node.reread()
	if !m.node.again {
		t.Error("a change meanwhile is forgotten")
	}
	showNode(m, []byte("new"))
	if !m.node.waiting || m.node.again {
		t.Error("it is not read again after a change")
	}
}

func TestNodeWithoutPermission(t *testing.T) {
	m := nodeModel(t, 80, 24, nil)
	m.Update(nodeReadMsg{asked: m.node.asked, node: &nodeRead{
		err: &wire.Error{Code: wire.NoAuth}, aclErr: &wire.Error{Code: wire.NoAuth}, stat: &wire.Stat{},
	}})
	wantNode(t, m, "✗ NoAuth\n\nStat")
	press(t, m, "e")
	if !strings.Contains(m.notice.text, "NoAuth") {
		t.Error(m.notice.text)
	}
}

// TestNodeEdit goes through an edit without the editor, which Bubble Tea runs.
func TestNodeEdit(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d := driveTree(t)
	d.create("/a", 0)
	d.do(d.m.tree.reveal("/a"))
	d.until("the node", func() bool { return d.m.node.path == "/a" && d.m.node.node != nil })
	zk := d.tab().shell.Session()
	edit := func(text string) *nodeEdit {
		e := &nodeEdit{path: "/a", data: []byte("old"), version: d.m.node.node.stat.Version, zk: zk}
		if err := e.save("zoosh-*.txt"); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(e.file); err != nil || info.Mode().Perm() != 0o600 {
			t.Fatal(info, err)
		}
		if err := os.WriteFile(e.file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := edit("new\n")
	d.send(nodeEditedMsg{e, nil})
	d.until("the new data", func() bool { return string(d.m.node.node.data) == "new" })
	if _, err := os.Stat(e.file); err == nil {
		t.Error("the file is left")
	}

	e = edit("lost?")
	if _, err := zk.Set(context.Background(), "/a", []byte("theirs"), wire.AnyVersion); err != nil {
		t.Fatal(err)
	}
	d.send(nodeEditedMsg{e, nil})
	d.until("a word about it", func() bool { return strings.Contains(d.m.notice.text, "somebody else has changed /a") })
	if kept, err := os.ReadFile(e.file); err != nil || string(kept) != "lost?" || !strings.Contains(d.m.notice.text, filepath.Base(e.file)) {
		t.Error(string(kept), err, d.m.notice.text)
	}
	if data, _, _ := zk.Get(context.Background(), "/a", nil); string(data) != "theirs" {
		t.Errorf("data %q", data)
	}
	if sent, err := edit("old\n").write(context.Background()); err != nil || sent != nil {
		t.Errorf("sent %q, %v", sent, err)
	}
}

// TestNodeEditIsNoLongerJSON: what an editor left is asked about first, and so is what
// is too long for a request refused.
func TestNodeEditIsNoLongerJSON(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d := driveTree(t)
	d.create("/a", 0)
	d.do(d.m.tree.reveal("/a"))
	d.until("the node", func() bool { return d.m.node.path == "/a" && d.m.node.node != nil })
	zk := d.tab().shell.Session()
	edit := func(text string) *nodeEdit {
		e := &nodeEdit{path: "/a", data: []byte(`{"a":1}`), version: wire.AnyVersion, zk: zk}
		if err := e.save("zoosh-*.json"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(e.file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := edit("{\"a\":\n")
	d.send(nodeEditedMsg{e, nil})
	d.until("the question", func() bool { return d.m.overlay != nil })
	screen := strings.Join(strings.Fields(pictured(t, d.m)), " ")
	for _, part := range []string{"No longer JSON", "line 1, column 6: unexpected end", "Your text is in", "y write it all the same", "e edit it again"} {
		if !strings.Contains(screen, part) {
			t.Errorf("it does not say %q:\n%s", part, screen)
		}
	}
	d.press("esc")
	if _, err := os.Stat(e.file); err != nil {
		t.Error("the text is gone")
	}
	d.send(nodeEditedMsg{e, nil})
	d.until("the question", func() bool { return d.m.overlay != nil })
	d.press("y")
	d.until("it to be written", func() bool { return string(d.m.node.node.data) == `{"a":` })
	e = edit(strings.Repeat("x", wire.MaxFrame+10))
	d.send(nodeEditedMsg{e, nil})
	d.until("a word about it", func() bool { return strings.Contains(d.m.notice.text, "more than a request may have") })
	if _, err := os.Stat(e.file); err != nil || !strings.Contains(d.m.notice.text, filepath.Base(e.file)) {
		t.Error("the text is gone", d.m.notice.text)
	}
}
