package shell

import (
	"fmt"
	"strings"
)

// A Dialect says whose output is printed: that of zkCli 3.4, of 3.5 to 3.8, or
// of 3.9. It does not decide what can be done.
type Dialect int

// The dialects. Auto is not one of them but the wish to take the server's.
const (
	Auto Dialect = iota
	D34
	D38
	D39
)

var dialectNames = []string{Auto: "auto", D34: "3.4", D38: "3.8", D39: "3.9"}

// String is the name that -dialect takes.
func (d Dialect) String() string { return dialectNames[d] }

// DialectNames lists what ParseDialect takes.
func DialectNames() []string { return append([]string(nil), dialectNames...) }

// ParseDialect reads a dialect's name.
func ParseDialect(s string) (Dialect, error) {
	for d, name := range dialectNames {
		if s == name {
			return Dialect(d), nil
		}
	}
	return Auto, fmt.Errorf("unknown dialect %q: it is one of %s", s, strings.Join(dialectNames, ", "))
}

// embeddedMark stands in the version that an embedded server reports.
const embeddedMark = "-zoosh"

// DialectOf is the dialect for a server of the given version, as the
// four-letter word srvr tells it: 3.4 for zoosh's embedded server, whose purpose
// is the documented session, else the nearest; 3.9 if the version is unknown.
func DialectOf(version string) Dialect {
	var major, minor int
	switch n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); {
	case strings.Contains(version, embeddedMark):
		return D34
	case n != 2 || major > 3 || minor >= 9:
		return D39
	case minor >= 5:
		return D38
	}
	return D34
}

// helpOrder34 is the order in which zkCli 3.4 lists its commands: that of a Java
// hash table. Later versions sort them.
var helpOrder34 = strings.Fields("stat set ls delquota ls2 setAcl setquota history redo printwatches" +
	" delete sync listquota rmr get create addauth quit getAcl close connect")
