package shell

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// The environment variables of TestCarryAtRandom: how many lines, and their seed.
const (
	carryLines = "ZOOSH_CARRY_LINES"
	carrySeed  = "ZOOSH_CARRY_SEED"
)

// A carrier makes up lines of the commands that carry subtrees about, among those of
// a session of zkCli's, and what stands on their standard input.
type carrier struct {
	*generator
	files []string
}

func (g *carrier) next() (line, input string) {
	switch g.IntN(10) {
	case 0, 1:
		return g.line("mv", []string{g.maybe(4, "-y")}, g.place(), g.place()), ""
	case 2, 3:
		return g.line("cp", []string{g.pick("-r", "-r", "")}, g.place(), g.place()), ""
	case 4:
		return g.line("import", []string{g.maybe(2, "-f"), g.maybe(6, "-dry-run")}, g.pick(append(g.files, "-", "nope", ".")...), g.place()), g.export()
	case 5:
		return g.line("export", []string{"-f"}, g.place(), g.pick(g.files...)), ""
	case 6:
		return "multi " + strings.Join(g.operations(" ; "), " ; "), ""
	case 7:
		return "multi -", strings.Join(g.operations("\n"), g.pick("\n", "\r\n", "\n\n# x\n"))
	case 8:
		return g.line("diff", []string{g.maybe(3, "-noacl")}, g.place(), g.pick(g.place(), g.pick(g.files...))), ""
	}
	return g.command(), ""
}

// place is a path that may be there, or go there.
func (g *carrier) place() string {
	if g.IntN(3) == 0 {
		return g.path()
	}
	return g.pick("/", "/a", "/b", "/e", "/big", "/big/1", "/copy", "/copy/a") + g.pick("", "", "", "/x", "/y/z", "/")
}

func (g *carrier) operations(separator string) (ops []string) {
	for range 1 + g.IntN(4) {
		data := g.data()
		if g.IntN(8) == 0 {
			data = strings.Repeat("x", []int{255 << 10, 256<<10 + 1, 512 << 10, 1<<20 - 100, 1 << 20, 3_000_000}[g.IntN(6)])
		}
		ops = append(ops, g.pick("create ", "create -e ", "create -s ", "create -c ", "create -t 5 ", "set ", "set -v 0 ", "delete ", "check ", "nonsense ", "create -p ")+
			g.place()+" "+g.pick(data, data, "")+g.maybe(6, " "+g.acl()))
		if separator == " ; " && g.IntN(10) == 0 {
			ops = append(ops, "")
		}
	}
	return ops
}

// export is one, whole or damaged, or anything.
func (g *carrier) export() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s{\"zoosh\":\"export\",\"version\":1,\"root\":\"/\"}\n", g.maybe(3, "\ufeff"))
	for _, path := range append([]string{"/"}, tree[:g.IntN(len(tree))]...) {
		fmt.Fprintf(&b, "{\"path\":%q,\"kind\":%q,\"data\":%q,\"acl\":[{\"scheme\":\"world\",\"id\":\"anyone\",\"perms\":%q}]}\n", path,
			g.pick("persistent", "persistent", "persistent", "ephemeral"), strings.Repeat("y", g.IntN(4)*g.IntN(300_000)), g.pick("cdrwa", "cdrwa", "cr", "q"))
	}
	text := []byte(b.String())
	if g.IntN(3) == 0 {
		text[g.IntN(len(text))] = byte(g.IntN(256))
	}
	if g.IntN(4) == 0 {
		text = text[:g.IntN(len(text))]
	}
	return string(text)
}

// grow makes znodes of odd sizes, some of which come near to what a request can hold.
func (g *carrier) grow(t *testing.T, zk *session.Session) {
	zk.Create(t.Context(), "/big", nil, session.CreateOptions{ACL: wire.OpenACL()})
	for i := range g.IntN(6) {
		size := []int{0, 1, 255 << 10, 256<<10 - 100, 256<<10 + 7, 511 << 10, 512 << 10, 600_000, 1<<20 - 200}[g.IntN(9)]
		zk.Create(t.Context(), fmt.Sprintf("/big/%d", i), bytes.Repeat([]byte("z"), size), session.CreateOptions{ACL: wire.OpenACL()})
	}
}

// TestCarryAtRandom runs made-up lines of mv, cp, import, multi and all others: none of
// them is a fault of zoosh, and each has one end.
func TestCarryAtRandom(t *testing.T) {
	otherwise := 400
	if testing.Short() {
		otherwise = 60
	}
	n := zktest.FromEnv(t, carryLines, otherwise)
	seed := zktest.FromEnv(t, carrySeed, int(time.Now().UnixNano()%1_000_000_000))
	t.Logf("%d lines from %s=%d", n, carrySeed, seed)
	t.Chdir(t.TempDir())
	srv := startServer(t, server.Config{SuperDigest: superDigest()})
	g := &carrier{&generator{Rand: rand.New(rand.NewPCG(uint64(seed), 0)), addr: srv.Addr(), later: true, refusals: true}, []string{"f1", "f2", "f3"}}
	for _, name := range g.files {
		if err := os.WriteFile(name, []byte(g.export()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var shells []*tester
	for _, cfg := range []Config{{Dialect: D34}, {Dialect: D39, Typed: true}, {Dialect: D38, Strict: true, JSON: true}} {
		shells = append(shells, openOn(t, srv, cfg))
	}
	super := newWiper(t, srv.Addr())
	for i := range n {
		if i%100 == 0 {
			super.wipe()
		}
		if i%20 == 0 {
			g.grow(t, super.zk)
		}
		g.made, g.watched = last100(g.made), last100(g.watched)
		line, input := g.next()
		shells[g.IntN(len(shells))].survives(line, input)
		if t.Failed() {
			t.Fatalf("line %d of %s=%d", i, carrySeed, seed)
		}
	}
}

func last100(all []string) []string { return all[max(0, len(all)-100):] }

// survives runs a line that may do anything but end in a fault, or not at all.
func (x *tester) survives(line, input string) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), 60*time.Second)
	defer cancel()
	if !alive(x.sh.Session()) { // a credential was refused
		if err := x.sh.Open(ctx); err != nil {
			x.t.Fatal(err)
		}
	}
	x.rec.take()
	x.sh.cfg.Input = strings.NewReader(input)
	code := x.sh.Run(ctx, line)
	items := x.rec.take()
	ends := 0
	for _, it := range items {
		if it.Kind == Done {
			ends++
		}
	}
	said := text(items, Stderr)
	switch {
	case ctx.Err() != nil:
		x.t.Errorf("%.300q did not end", line)
	case strings.Contains(said, "a fault of zoosh"):
		x.t.Errorf("%.300q, input %.300q:\n%s", line, input, said)
	case ends != 1, code < exitOK || code > exitUnknown && code != exitNotFound:
		x.t.Errorf("%.300q: code %d, %d ends", line, code, ends)
	}
}
