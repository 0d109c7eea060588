package shell

import (
	"fmt"
	"strings"
	"time"

	"zoosh/internal/printable"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// javaDate is the form of Java's Date.toString, in which zkCli prints times.
const javaDate = "Mon Jan 02 15:04:05 MST 2006"

// formatStat is a stat as zkCli's StatPrinter writes it, in local time.
func formatStat(st *wire.Stat) string {
	var b strings.Builder
	fmt.Fprintf(&b, "cZxid = 0x%x\n", uint64(st.Czxid))
	fmt.Fprintf(&b, "ctime = %s\n", time.UnixMilli(st.Ctime).Format(javaDate))
	fmt.Fprintf(&b, "mZxid = 0x%x\n", uint64(st.Mzxid))
	fmt.Fprintf(&b, "mtime = %s\n", time.UnixMilli(st.Mtime).Format(javaDate))
	fmt.Fprintf(&b, "pZxid = 0x%x\n", uint64(st.Pzxid))
	fmt.Fprintf(&b, "cversion = %d\n", st.Cversion)
	fmt.Fprintf(&b, "dataVersion = %d\n", st.Version)
	fmt.Fprintf(&b, "aclVersion = %d\n", st.Aversion)
	fmt.Fprintf(&b, "ephemeralOwner = 0x%x\n", uint64(st.EphemeralOwner))
	fmt.Fprintf(&b, "dataLength = %d\n", st.DataLength)
	fmt.Fprintf(&b, "numChildren = %d\n", st.NumChildren)
	return b.String()
}

// FormatEvent is what zkCli prints for an event, blank lines included.
func FormatEvent(d Dialect, ev session.Event) string {
	path := ev.Path
	if ev.Type == wire.EventNone {
		path = "null"
	}
	zxid := ""
	if d.Since(D39) {
		zxid = fmt.Sprintf(" zxid: %d", ev.Zxid)
	}
	return fmt.Sprintf("\nWATCHER::\n\nWatchedEvent state:%v type:%v path:%s%s\n", ev.State, ev.Type, path, zxid)
}

// FormatACL is an ACL as getAcl prints it: two lines an entry, raw.
func FormatACL(acl []wire.ACL) string {
	var b strings.Builder
	for _, a := range acl {
		fmt.Fprintf(&b, "'%s,'%s\n: %s\n", a.Scheme, a.ID, formatPerms(a.Perms))
	}
	return b.String()
}

type permLetter struct {
	letter rune
	perm   int32
}

// permLetters are the permissions in the order in which zkCli prints them.
var permLetters = []permLetter{
	{'c', wire.PermCreate}, {'d', wire.PermDelete}, {'r', wire.PermRead},
	{'w', wire.PermWrite}, {'a', wire.PermAdmin},
}

func formatPerms(perms int32) string {
	var b strings.Builder
	for _, p := range permLetters {
		if perms&p.perm != 0 {
			b.WriteRune(p.letter)
		}
	}
	return b.String()
}

// formatData is a znode's data as get prints it, without the line's end. A znode
// whose data is null reads "null".
func formatData(data []byte) string {
	if data == nil {
		return "null"
	}
	return string(data)
}

// Printable makes text safe to show on a terminal: line ends and tabs stay, every
// other control character, every format character (those that reorder text among
// them), and every byte that is no UTF-8 is written out (\x1b, \u202e).
func Printable(text string) string { return printable.Text(text) }

// PrintableLine is Printable for text that has to stay within its line, such as the name
// of a file.
func PrintableLine(text string) string {
	return strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(Printable(text))
}
