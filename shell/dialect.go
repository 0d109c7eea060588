package shell

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Dialect says whose output is printed: that of zkCli 3.4, of 3.5 to 3.8, or
// of 3.9. It does not decide what can be done. Later dialects are greater: what
// differs between them is asked for with Since and Before, so that one that is added
// prints as the newest until told otherwise.
type Dialect int

// The dialects. Auto is not one of them but the wish to take the server's.
const (
	Auto Dialect = iota
	D34
	D38
	D39
)

// dialectTable is all there are, the oldest first, by their numbers.
var dialectTable = []struct {
	name         string
	major, minor int // of the first ZooKeeper whose zkCli speaks so
}{
	{name: "auto"},
	{"3.4", 0, 0},
	{"3.8", 3, 5},
	{"3.9", 3, 9},
}

// Newest is the dialect of the latest zkCli.
func Newest() Dialect { return Dialect(len(dialectTable) - 1) }

// Since tells whether d is that dialect or a later one.
func (d Dialect) Since(first Dialect) bool { return d >= first }

// Before tells whether d is older than that dialect.
func (d Dialect) Before(first Dialect) bool { return d < first }

// String is the name that -dialect takes.
func (d Dialect) String() string { return dialectTable[d].name }

// DialectNames lists what ParseDialect takes.
func DialectNames() []string {
	names := make([]string, len(dialectTable))
	for d := range dialectTable {
		names[d] = dialectTable[d].name
	}
	return names
}

// ParseDialect reads a dialect's name.
func ParseDialect(s string) (Dialect, error) {
	names := DialectNames()
	if d := slices.Index(names, s); d >= 0 {
		return Dialect(d), nil
	}
	return Auto, fmt.Errorf("unknown dialect %q: it is one of %s", s, strings.Join(names, ", "))
}

// embeddedMark stands in the version that an embedded server reports.
const embeddedMark = "-zoosh"

// DialectOf is the dialect for a server of the given version, as the
// four-letter word srvr tells it: 3.4 for zoosh's embedded server, whose purpose
// is the documented session, else the nearest; the newest if the version is unknown.
func DialectOf(version string) Dialect {
	if strings.Contains(version, embeddedMark) {
		return D34
	}
	var major, minor int
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n != 2 {
		return Newest()
	}
	d := Newest()
	for d > D34 && cmp.Or(cmp.Compare(major, dialectTable[d].major), cmp.Compare(minor, dialectTable[d].minor)) < 0 {
		d--
	}
	return d
}

// A Usage is what zkCli shows behind a command's name, by the dialect since which it
// does. A dialect before all of them does not have the command.
type Usage map[Dialect]string

// always is the usage of a command that is the same in every dialect.
func always(args string) Usage { return Usage{Auto: args} }

// in is the usage in dialect d, if that has the command.
func (u Usage) in(d Dialect) (args string, has bool) {
	for ; d >= Auto && !has; d-- {
		args, has = u[d]
	}
	return args, has
}

// helpOrder34 is the order in which zkCli 3.4 lists its commands: that of a Java
// hash table. Later versions sort them.
var helpOrder34 = strings.Fields("stat set ls delquota ls2 setAcl setquota history redo printwatches" +
	" delete sync listquota rmr get create addauth quit getAcl close connect")
