package node

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestEverythingIsShown(t *testing.T) {
	p := testPane(t, 78, 20, []byte("hello\x7f\nworld"))
	wantRows(t, p, `
Data  12 bytes, hex
0000  68 65 6c 6c 6f 7f 0a 77 6f 72 6c 64              hello..world

Stat
cZxid          0x5                  created
ctime          1970-01-01 00:00:00  at the start`)
	press(t, p, "v")
	wantRows(t, p, `
Data  12 bytes, text
hello\x7f
world
`)
	p.Resize(42, 10)
	press(t, p, "end")
	if rows := rowsOf(p); !strings.HasSuffix(rows, "ACL\n'world,'anyone\n: cdrwa") {
		t.Error(rows)
	}
}

func TestData(t *testing.T) {
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
		t.Run(test.name, func(t *testing.T) { wantRows(t, testPane(t, 58, 16, test.data), test.want) })
	}
}

// What is too long to be laid out is cut, and says by which key all of it is shown.
func TestLargeData(t *testing.T) {
	p := testPane(t, 78, 20, []byte(strings.Repeat("中文 and so on\n", 60_000)))
	press(t, p, "end")
	if p.length() > 8000 {
		t.Errorf("%d rows", p.length())
	}
	var text []string
	for cut, i := p.sections()[2], 0; i < cut.n; i++ {
		text = append(text, ansi.Strip(cut.row(i)))
	}
	if said := strings.Join(text, "\n"); !strings.HasSuffix(said, "bytes more: v shows all as hex") {
		t.Error(said)
	}
	press(t, p, "v", "end", "pgup")
	if !strings.Contains(rowsOf(p), "e4 b8 ad") {
		t.Error(rowsOf(p))
	}
}
