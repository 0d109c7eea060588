package shell

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// The environment variables of TestLive: how many sessions to make up, and the
// seed of the first of them. The one after it has the next seed.
const (
	liveSessions = "ZOOSH_LIVE_SESSIONS"
	liveSeed     = "ZOOSH_LIVE_SEED"
)

// TestLive gives the same made-up sessions to Debian's zkCli 3.8.0 and to a shell
// in dialect 3.8, or to another version's (see zkproc.ClasspathVar), one after the other on the same server, each beginning with an
// empty tree, and compares what they write and how they leave.
//
// These differences are meant, and the sessions avoid what shows them:
//
//   - addWatch without -m takes the mode of the addWatch before in zkCli, against
//     its own usage line. A session gives -m always or never.
//   - A line of nothing but open quotes has no word in it. zkCli then runs the
//     command before once more.
//   - addauth with a scheme that the server does not know ends the session, in
//     zkCli at some time after the command.
//   - deleteall has ten batches on their way in zkCli, and stops some time after
//     one of them was refused; zoosh stops at it. A session has small batches or
//     ACLs that refuse something, and none from the root on.
//   - get -b and -x, set -b, and removewatches -p and -r are of 3.9. They work in
//     every dialect, and are in the sessions if zkCli is of 3.9.
//
// And these are looked past:
//
//   - What Java's exceptions end zkCli with (a version that is no number, an
//     addWatch on a path that is none) zoosh says and goes on. The message must be
//     the same, and all that came before it.
//   - The order of the events of one removewatches is that of a Java hash table
//     whose keys have other hashes in every run.
//   - Whether zkCli 3.8 says that deleteall failed is chance, see argued.
func TestLive(t *testing.T) {
	srv := zktest.Start(t, "DigestAuthenticationProvider.superDigest="+superDigest())
	n := zktest.FromEnv(t, liveSessions, 40)
	seed := zktest.FromEnv(t, liveSeed, int(time.Now().UnixNano()%1_000_000_000))
	t.Logf("%d sessions from %s=%d on", n, liveSeed, seed)
	w := newWiper(t, srv.Addr())
	dialect := D38
	if srv.Since(3, 9) {
		dialect = D39
	}
	for i := range n {
		g := &generator{Rand: rand.New(rand.NewPCG(uint64(seed+i), 0)), addr: srv.Addr(), later: dialect == D39}
		lines := g.session(30)
		var faults []string
		// The server sweeps containers once a minute, be it in the middle of a
		// session: what differs because of that differs once, what is wrong each time.
		for range 3 {
			w.wipe()
			want := liveZkCli(t, srv.Addr(), lines)
			w.wipe()
			got := liveShell(t, srv.Addr(), dialect, lines)
			if faults = compareLive(lines, want, got); len(faults) == 0 {
				break
			}
			t.Logf("%s=%d differs:\n%s", liveSeed, seed+i, strings.Join(faults, "\n"))
		}
		if len(faults) > 0 {
			t.Errorf("%s=%d %s=1:\n%s", liveSeed, seed+i, liveSessions, strings.Join(faults, "\n"))
		}
	}
}

// superDigest is what makes super:duper a session that no ACL stops.
func superDigest() string {
	sum := sha1.Sum([]byte("super:duper"))
	return "super:" + base64.StdEncoding.EncodeToString(sum[:])
}

// A wiper empties the tree, whatever ACLs stand in it.
type wiper struct {
	t  *testing.T
	zk *session.Session
}

func newWiper(t *testing.T, addr string) *wiper {
	t.Helper()
	zk, err := session.Open(session.Config{Servers: []string{addr}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	w := &wiper{t, zk}
	w.must(zk.AddAuth(t.Context(), "digest", []byte("super:duper")))
	// The numbers of sequential znodes below the root go on from session to
	// session: they must not look like those of other parents.
	for range 100 {
		path, _, err := zk.Create(t.Context(), "/n", nil, session.CreateOptions{Flags: wire.FlagSequential})
		w.must(err)
		w.must(zk.Delete(t.Context(), path, wire.AnyVersion))
	}
	return w
}

func (w *wiper) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("empty the tree: %v", err)
	}
}

func (w *wiper) wipe() {
	w.t.Helper()
	ctx := w.t.Context()
	for _, path := range []string{"/", "/zookeeper", wire.QuotaPath} {
		_, err := w.zk.SetACL(ctx, path, wire.OpenACL(), wire.AnyVersion)
		w.must(err)
		_, err = w.zk.Set(ctx, path, []byte{}, wire.AnyVersion)
		w.must(err)
		w.below(ctx, path)
	}
	_, err := w.zk.Set(ctx, wire.ConfigPath, []byte(liveConfig), wire.AnyVersion)
	w.must(err)
}

// liveConfig is what config shows. A server that stands alone does not look at it.
const liveConfig = `server.1=one:2888:3888:participant;0.0.0.0:2181
server.2=two:2888:3888:participant;2182
server.3=three:2888:3888:observer
server.4=four:2888:3888;four:2184
server.10=ten:2888:3888:participant;10.0.0.10:2190
version=100000003`

// below deletes all below a path that can be deleted.
func (w *wiper) below(ctx context.Context, path string) {
	w.t.Helper()
	names, _, err := w.zk.Children(ctx, path, nil)
	w.must(err)
	for _, name := range names {
		child := wire.JoinPath(path, name)
		if child == "/zookeeper" || child == wire.QuotaPath || child == wire.ConfigPath {
			continue
		}
		w.below(ctx, child)
		if err := w.zk.Delete(ctx, child, wire.AnyVersion); !isNoNode(err) {
			w.must(err)
		}
	}
}

// marked puts behind each line others that show where its output ends, once all
// its events are there: a sync, and two that leave a mark on each stream. Where
// there is no session they leave none.
func marked(lines []string) []string {
	var out []string
	for i, line := range lines {
		out = append(out, line, "sync /", fmt.Sprintf("delete -MARK%d", i), fmt.Sprintf("delquota /MARK%d", i))
	}
	return append(out[:len(out)-3], "quit")
}

func markOut(i int) string { return fmt.Sprintf("Sync is OK\nQuota does not exist for /MARK%d\n", i) }

func markErr(i int) string { return fmt.Sprintf("Unrecognized option: -MARK%d\n", i) }

// liveZkCli runs a session in Apache's zkCli.
func liveZkCli(t *testing.T, addr string, lines []string) recording {
	t.Helper()
	cmd := zktest.ZkCli(t, "-server", addr)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	cmd.Stdin = strings.NewReader(strings.Join(marked(lines), "\n") + "\n")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer late.Stop()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return recording{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// liveShell runs a session in a shell.
func liveShell(t *testing.T, addr string, dialect Dialect, lines []string) recording {
	t.Helper()
	rec := newRecorder()
	sh := New(Config{Target: session.Target{Connect: addr}, Dialect: dialect, Strict: true, Sink: rec.sink})
	if err := sh.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, line := range marked(lines) {
		if sh.Quitting() {
			break
		}
		sh.Run(t.Context(), line)
	}
	items := rec.snapshot()
	return recording{text(items, Stdout, Watch), text(items, Stderr), sh.Code()}
}

// died is what Java says when an exception ends the program.
var died = regexp.MustCompile(`(?s)Exception in thread "main" [\w.$]+: (.*?\n)\tat .*`)

// compareLive lists what differs, by line of the session.
func compareLive(lines []string, want, got recording) (faults []string) {
	want.err = javaClassAnywhere.ReplaceAllString(want.err, "$1")
	end := len(lines) - 1
	if died.MatchString(want.err) {
		want.err = died.ReplaceAllString(want.err, "$1")
		end = 0
		for i := range lines {
			if strings.Contains(want.err, markErr(i)) {
				end = i + 1
			}
		}
	} else if want.code != got.code {
		faults = append(faults, fmt.Sprintf("    exit code %d, zkCli's is %d", got.code, want.code))
	}
	b := &liveBinding{binding: binding{map[string]string{}, map[string]string{}}}
	wantOut, gotOut := segments(want.out, end, markOut), segments(got.out, end, markOut)
	wantErr, gotErr := segments(want.err, end, markErr), segments(got.err, end, markErr)
	for i := range end + 1 {
		for _, s := range []struct{ name, want, got string }{{"out", wantOut[i], gotOut[i]}, {"err", wantErr[i], gotErr[i]}} {
			if fault := b.compare(lines[i], s.want, s.got); fault != "" {
				faults = append(faults, fmt.Sprintf("  %d %s: %s\n%s", i, s.name, lines[i], fault))
			}
		}
		if len(faults) > 5 {
			return append(faults, "  and perhaps more")
		}
	}
	return faults
}

var javaClassAnywhere = regexp.MustCompile(`(?m)^(Command failed: )?org\.apache\.commons\.cli\.\w+: `)

// segments cuts a stream at its marks, up to the line with number end. A line
// without a mark of its own has what it wrote in the segment of the next one that
// has.
func segments(stream string, end int, mark func(int) string) []string {
	out := make([]string, end+1)
	for i := range out {
		if before, after, ok := strings.Cut(stream, mark(i)); ok {
			out[i], stream = before, after
		} else if i == end {
			out[i] = stream
		}
	}
	return out
}

type liveBinding struct{ binding }

var (
	liveBanner = regexp.MustCompile(`(?m)\A(Connecting to .*\nWelcome to ZooKeeper!\nJLine support is disabled\n)`)
	liveEvent  = regexp.MustCompile(`\nWatchedEvent [^\n]*\n`)
	liveWords  = regexp.MustCompile(`0x[0-9a-f]+|zxid: \d+|\d{10}|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \d{4}`)
	// rootStat is the stat of a znode that was there before the session.
	rootStat = regexp.MustCompile(`(cZxid = 0x0\n(?:.*\n)mZxid = ).*(\n.*\npZxid = ).*(\ncversion = ).*(\ndataVersion = ).*(\naclVersion = ).*`)
	cliLine  = regexp.MustCompile(`ZooKeeper CLI version: .*`)
)

// compare compares what one line of a session wrote to one stream.
func (b *liveBinding) compare(line, want, got string) string {
	want, wantEvents := tidy(line, want)
	got, gotEvents := tidy(line, got)
	if !b.sameText(want, got) || !b.sameText(strings.Join(wantEvents, ""), strings.Join(gotEvents, "")) {
		return fmt.Sprintf("    zkCli %q %q\n    zoosh %q %q", want, wantEvents, got, gotEvents)
	}
	return ""
}

// tidy takes the watch events out of a text, which zkCli prints on another
// thread, and what tells one session from another.
func tidy(line, text string) (rest string, events []string) {
	for _, event := range liveEvent.FindAllString(text, -1) {
		if !strings.Contains(event, "type:None") {
			events = append(events, event)
		}
	}
	if strings.Contains(line, "removewatches") {
		slices.Sort(events)
	}
	text = liveEvent.ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, "\nWATCHER::\n", "")
	text = liveBanner.ReplaceAllString(text, "") // the first event can stand within it
	text = rootStat.ReplaceAllString(text, "$1~$2~$3~$4~$5~")
	text = cliLine.ReplaceAllString(text, "ZooKeeper CLI version: ~")
	if strings.Contains(line, "deleteall") {
		text = strings.ReplaceAll(text, "Failed to delete some node(s) in the subtree!\n", "")
	}
	if strings.Contains(line, "getEphemerals") && strings.HasPrefix(text, "[") {
		names := strings.Split(strings.Trim(text, "[]\n"), ", ")
		slices.Sort(names)
		text = strings.Join(names, ", ")
	}
	return text, events
}

// sameText compares texts but for ids and times, which are bound to each other.
func (b *liveBinding) sameText(want, got string) bool {
	w, g := liveWords.FindAllString(want, -1), liveWords.FindAllString(got, -1)
	if len(w) != len(g) || liveWords.ReplaceAllString(want, "~") != liveWords.ReplaceAllString(got, "~") {
		return false
	}
	for i := range w {
		if strings.Contains(w[i], ":") { // a time
			continue
		}
		if w[i] == "0x0" || g[i] == "0x0" {
			if w[i] != g[i] {
				return false
			}
			continue
		}
		if _, ok := b.there[w[i]]; !ok {
			b.there[w[i]] = g[i]
		}
		if _, ok := b.back[g[i]]; !ok {
			b.back[g[i]] = w[i]
		}
		if b.there[w[i]] != g[i] || b.back[g[i]] != w[i] {
			return false
		}
	}
	return true
}
