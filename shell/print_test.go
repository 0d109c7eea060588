package shell

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	zk "zoosh/internal/session"
	"zoosh/internal/wire"
)

func TestFormatStat(t *testing.T) {
	// The znode of ZooKeeper's own walkthrough, in UTC.
	got := formatStat(&wire.Stat{
		Czxid: 0xc, Mzxid: 0x1d, Pzxid: 0x1e, Ctime: 1569338538000, Mtime: 1569338539999,
		Version: 1, Cversion: 2, Aversion: 3, EphemeralOwner: 0x100000000000abcd, DataLength: 4, NumChildren: 5,
	})
	const want = `cZxid = 0xc
ctime = Tue Sep 24 15:22:18 UTC 2019
mZxid = 0x1d
mtime = Tue Sep 24 15:22:19 UTC 2019
pZxid = 0x1e
cversion = 2
dataVersion = 1
aclVersion = 3
ephemeralOwner = 0x100000000000abcd
dataLength = 4
numChildren = 5
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	// The root, and ids whose first bit is set.
	got = formatStat(&wire.Stat{Cversion: -1, Aversion: -1, Czxid: -1, EphemeralOwner: math.MinInt64, Ctime: 4102444805000})
	for _, line := range []string{"cZxid = 0xffffffffffffffff\n", "cversion = -1\n", "aclVersion = -1\n",
		"ephemeralOwner = 0x8000000000000000\n", "mtime = Thu Jan 01 00:00:00 UTC 1970\n", "ctime = Fri Jan 01 00:00:05 UTC 2100\n"} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is not in\n%s", line, got)
		}
	}
}

func TestFormatEvent(t *testing.T) {
	deleted := zk.Event{Type: wire.EventNodeDeleted, State: wire.StateSyncConnected, Path: "/a", Zxid: 31}
	connected := zk.Event{Type: wire.EventNone, State: wire.StateSyncConnected, Zxid: -1}
	for _, test := range []struct {
		d    Dialect
		ev   zk.Event
		want string
	}{
		{D34, deleted, "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDeleted path:/a\n"},
		{D38, deleted, "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDeleted path:/a\n"},
		{D39, deleted, "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDeleted path:/a zxid: 31\n"},
		{D34, connected, "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:None path:null\n"},
		{D39, connected, "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:None path:null zxid: -1\n"},
		{D39, zk.Event{Type: wire.EventNone, State: wire.StateExpired, Zxid: -1}, "\nWATCHER::\n\nWatchedEvent state:Expired type:None path:null zxid: -1\n"},
	} {
		if got := FormatEvent(test.d, test.ev); got != test.want {
			t.Errorf("%v: %q, want %q", test.d, got, test.want)
		}
	}
}

func TestFormatACL(t *testing.T) {
	got := FormatACL([]wire.ACL{
		{Perms: wire.PermAll, Scheme: "world", ID: "anyone"}, {Perms: wire.PermRead | wire.PermAdmin, Scheme: "ip", ID: "10.0.0.0/8"},
		{Perms: 0, Scheme: "digest", ID: "u:x"},
	})
	const want = "'world,'anyone\n: cdrwa\n'ip,'10.0.0.0/8\n: ra\n'digest,'u:x\n: \n"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFormatData(t *testing.T) {
	if a, b, c := formatData(nil), formatData([]byte{}), formatData([]byte("x\xff")); a != "null" || b != "" || c != "x\xff" {
		t.Errorf("%q %q %q", a, b, c)
	}
}

// TestHexDump holds what Netty's ByteBufUtil.prettyHexDump makes of these bytes.
func TestHexDump(t *testing.T) {
	data := make([]byte, 33)
	for i := range data {
		data[i] = byte(i*11 + 0x1e)
	}
	const head = `         +-------------------------------------------------+
         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |
+--------+-------------------------------------------------+----------------+
`
	const foot = "+--------+-------------------------------------------------+----------------+"
	for n, want := range map[int]string{
		0:  "",
		1:  head + "|00000000| 1e                                              |.               |\n" + foot,
		15: head + "|00000000| 1e 29 34 3f 4a 55 60 6b 76 81 8c 97 a2 ad b8    |.)4?JU`kv...... |\n" + foot,
		16: head + "|00000000| 1e 29 34 3f 4a 55 60 6b 76 81 8c 97 a2 ad b8 c3 |.)4?JU`kv.......|\n" + foot,
		17: head + "|00000000| 1e 29 34 3f 4a 55 60 6b 76 81 8c 97 a2 ad b8 c3 |.)4?JU`kv.......|\n" +
			"|00000010| ce                                              |.               |\n" + foot,
		33: head + "|00000000| 1e 29 34 3f 4a 55 60 6b 76 81 8c 97 a2 ad b8 c3 |.)4?JU`kv.......|\n" +
			"|00000010| ce d9 e4 ef fa 05 10 1b 26 31 3c 47 52 5d 68 73 |........&1<GR]hs|\n" +
			"|00000020| 7e                                              |~               |\n" + foot,
	} {
		if got := hexDump(data[:n]); got != want {
			t.Errorf("%d bytes:\n%s\nwant\n%s", n, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "",
		"plain\ttext\n":     "plain\ttext\n",
		"中文 é a\u0301":      "中文 é a\u0301",
		"\u00a0":            "\u00a0",
		"\x1b[2J":           `\x1b[2J`,
		"\x00\x07\b\r\x7f":  `\x00\x07\x08\x0d\x7f`,
		"\v\f":              `\x0b\x0c`,
		"\u0080\u009b1m":    `\x80\x9b1m`,
		"a\xffb":            `a\xffb`,
		"\xe4\xb8":          `\xe4\xb8`,
		"\xed\xa0\x80":      `\xed\xa0\x80`,
		"\u202eabc\u202c":   `\u202eabc\u202c`,
		"\u2066x\u2069":     `\u2066x\u2069`,
		"\u200e\u200f":      `\u200e\u200f`,
		"\u061c":            `\u061c`,
		"\u200b\ufeff":      `\u200b\ufeff`,
		"\u00ad":            `\xad`,
		"\u2028\u2029":      `\u2028\u2029`,
		"\U000e0041":        `\ue0041`,
		"\ufffd":            "\ufffd",
		"👩\u200d💻 ❤\ufe0f":  "👩\u200d💻 ❤\ufe0f",
		"नम\u200cस":         "नम\u200cस",
		"\\x1b is written":  "\\x1b is written",
		"before \x1b after": `before \x1b after`,
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	for _, text := range []string{"", "a\tb\n", "\x1b[0m", "\u202e", "\xff\xfe", "👩\u200d💻", "\u009b", "\ufffd", "\U000e0041", "\r\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Printable(text)
		if !utf8.ValidString(got) {
			t.Fatalf("%q: %q is no UTF-8", text, got)
		}
		for _, r := range got {
			if r == '\n' || r == '\t' || r == '\u200c' || r == '\u200d' {
				continue
			}
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%q: %q holds %U", text, got, r)
			}
		}
		if again := Printable(got); again != got {
			t.Fatalf("%q: %q the first time, %q the second", text, got, again)
		}
		if clean := strings.ContainsFunc(text, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }); !clean && got != text {
			t.Fatalf("%q became %q without need", text, got)
		}
	})
}

// TestNumbers holds what Java's Integer.decode and parseInt make of these.
func TestNumbers(t *testing.T) {
	const none = math.MinInt64
	for _, test := range []struct {
		text            string
		decoded, parsed int64
	}{
		{"0", 0, 0}, {"-0", 0, 0}, {"00", 0, 0}, {"7", 7, 7}, {"+5", 5, 5}, {"-5", -5, -5},
		{"0x10", 16, none}, {"0X1f", 31, none}, {"#f", 15, none}, {"-#F", -15, none}, {"-0x10", -16, none},
		{"010", 8, 10}, {"-010", -8, -10}, {"08", none, 8},
		{"2147483647", math.MaxInt32, math.MaxInt32}, {"2147483648", none, none},
		{"-2147483648", math.MinInt32, math.MinInt32}, {"-2147483649", none, none},
		{"0x7fffffff", math.MaxInt32, none}, {"0x80000000", none, none}, {"-0x80000000", math.MinInt32, none},
		{"", none, none}, {"-", none, none}, {"+", none, none}, {"--5", none, none}, {"-+5", none, none}, {"+-5", none, none},
		{"0x", none, none}, {"#", none, none}, {"0x-5", none, none}, {"0-5", none, none}, {"0x+5", none, none},
		{"1_0", none, none}, {"0x1_0", none, none}, {"0b1", none, none}, {"0o7", none, none},
		{" 1", none, none}, {"1 ", none, none}, {"x", none, none}, {"1.5", none, none}, {"1e3", none, none},
	} {
		for _, read := range []struct {
			name string
			f    func(string) (int32, error)
			want int64
		}{{"decode", decodeInt32, test.decoded}, {"parse", parseInt32, test.parsed}} {
			got, err := read.f(test.text)
			if read.want == none {
				if err == nil || exitCode(err) != exitFailed {
					t.Errorf("%s %q: %d, %v, want an error", read.name, test.text, got, err)
				}
			} else if err != nil || int64(got) != read.want {
				t.Errorf("%s %q: %d, %v, want %d", read.name, test.text, got, err, read.want)
			}
		}
	}
	for _, text := range []string{"x", "1.5", "2147483648", "1_0", " 1"} {
		want := fmt.Sprintf(`For input string: "%s"`, text)
		if _, err := decodeInt32(text); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if _, err := parseInt32(text); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestSortNames(t *testing.T) {
	// U+1F600 begins with the surrogate U+D83D, before U+F900 and U+FFEF.
	want := []string{"", "A", "B", "a", "a\x00", "a-", "ab", "b", "é", "中", "中a", "\U0001f600", "\U0001f600a", "\U0001f601", "\uf900", "\uffef"}
	got := slices.Clone(want)
	slices.Reverse(got)
	sortNames(got)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzSortNames(f *testing.F) {
	f.Add("a", "b")
	f.Add("\uf900", "\U0001f600")
	f.Add("中a", "中\U0001f600")
	f.Add("a\U0001f600", "a\U0001f601")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return
		}
		got := []string{a, b}
		sortNames(got)
		if slices.Compare(utf16.Encode([]rune(got[0])), utf16.Encode([]rune(got[1]))) > 0 {
			t.Errorf("%q stands before %q", got[0], got[1])
		}
	})
}
