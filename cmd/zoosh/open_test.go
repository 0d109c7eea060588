package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/zktest"
	"zoosh/shell"
)

var (
	keepDataDir = flag.Bool("update-datadir", false, "keep the data directory that TestOpenZooKeeper makes, and what is printed of it")
	// keptDataDir is what a ZooKeeper 3.8.0 wrote.
	keptDataDir = filepath.Join("..", "..", "testdata", "datadir")
	// keptLog is what log prints of it.
	keptLog = filepath.Join("..", "..", "testdata", "datadir.log")
)

// dayBefore is what happened on the server of the kept directory: first, the rest
// from a session that is not closed.
var dayBefore = []string{
	`create /config "timeout=5"
create /app x
create /app/workers ""
create /app/tasks ""
set /config "timeout=9"
create -e /app/workers/w0 host0
create /secret s digest:ops:XGXwZSFRzbw7bcp2frdYSQZ6CJk=:cdrwa
setAcl /app world:anyone:r,digest:ops:XGXwZSFRzbw7bcp2frdYSQZ6CJk=:cdrwa
create -s /app/tasks/task- "resize 17.png"
create -s /app/tasks/task- "resize 18.png"
set /app/tasks/task-0000000000 done
create /app/tasks ""
delete -v 7 /config
multi create /m 1 ; check -v 0 /m ; set /m 2 ; delete /app/tasks/task-0000000000
multi create /never 1 ; delete /nothing
create -c /group
create /group/member ""
create -t 600000 /lease x
getAcl /app
`,
	`create -e /app/workers/w1 host1
create -e /app/workers/w2 host2
set /app/tasks/task-0000000001 assigned
delete /config
create -e /master me
`,
}

// makeDayBefore has a ZooKeeper live through the day and die. It returns its data
// directory.
func makeDayBefore(t *testing.T) string {
	t.Helper()
	zk := zktest.Start(t, "-Dzookeeper.preAllocSize=1", "-Dzookeeper.snapCount=20")
	if out, errOut, code := zoosh(t, dayBefore[0], "-server", zk.Addr()); code != 0 {
		t.Fatalf("%s%s", out, errOut)
	}
	last := startClient(t, "ops", process(t, "-server", zk.Addr()))
	for line := range strings.Lines(dayBefore[1]) {
		last.send(strings.TrimSuffix(line, "\n"))
	}
	last.expect("Created /master")
	zk.Kill()
	return zk.DataDir()
}

// TestOpenZooKeeper looks into the directory of a ZooKeeper that has died.
func TestOpenZooKeeper(t *testing.T) {
	dir := makeDayBefore(t)
	before := fingerprint(t, dir)
	log, errOut, code := zoosh(t, "", "open", dir, "log")
	if code != 0 || errOut != "" {
		t.Fatalf("log: code %d, %q", code, errOut)
	}
	if *keepDataDir {
		keep(t, dir, log)
	}
	want, err := os.ReadFile(keptLog)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := story(log), story(string(want)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	checkDayBefore(t, dir)
	sameFiles(t, before, fingerprint(t, dir))
}

// story is a log without what differs from run to run.
func story(log string) string {
	var b strings.Builder
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, "0x") {
			fields := strings.Fields(line)
			line = strings.Join(fields[3:], " ") + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// keep replaces the kept directory.
func keep(t *testing.T, dir, log string) {
	t.Helper()
	if err := os.RemoveAll(keptDataDir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(keptDataDir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keptLog, []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fingerprint is everything that there is to know of the files below dir.
func fingerprint(t *testing.T, dir string) (lines []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprint(path, " ", info.Mode(), " ", info.ModTime())
		if !d.IsDir() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %d %x", len(data), sha256.Sum256(data))
		}
		lines = append(lines, line)
		return nil
	})
	if err != nil || len(lines) < 3 {
		t.Fatalf("%d files, %v", len(lines), err)
	}
	return lines
}

func sameFiles(t *testing.T, before, after []string) {
	t.Helper()
	if !slices.Equal(before, after) {
		t.Errorf("before:\n%s\nafter:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}

// zxidsOf are the zxids of the transactions that log finds.
func zxidsOf(t *testing.T, args ...string) (zxids []string) {
	t.Helper()
	out, errOut, code := zoosh(t, "", append([]string{"-o", "json", "open"}, args...)...)
	if code != 0 {
		t.Fatalf("%v: code %d, %s", args, code, errOut)
	}
	for line := range strings.Lines(out) {
		var txn struct{ Zxid string }
		if err := json.Unmarshal([]byte(line), &txn); err != nil {
			t.Fatal(err)
		}
		zxids = append(zxids, txn.Zxid)
	}
	return zxids
}

// checkDayBefore asks what one asks the day after.
func checkDayBefore(t *testing.T, dir string) {
	t.Helper()
	deleted := zxidsOf(t, dir, "log", "-path", "/config", "-op", "delete")
	if len(deleted) != 1 {
		t.Fatalf("/config was deleted by %v", deleted)
	}
	get := func(want string, args ...string) {
		t.Helper()
		out, errOut, code := zoosh(t, "", append([]string{"open"}, args...)...)
		if out != want {
			t.Errorf("%v: %q, %q, code %d; want %q", args, out, errOut, code, want)
		}
	}
	get("", dir, "get", "/config")
	get("timeout=9\n", "-at", before(t, deleted[0]), dir, "get", "/config")
	get("", "-at", deleted[0], dir, "get", "/config")
	get("timeout=5\n", "-at", zxidsOf(t, dir, "log", "-path", "/config", "-op", "create")[0], dir, "get", "/config")
	get("s\n", dir, "get", "/secret") // whatever its ACL says
	if _, errOut, code := zoosh(t, "", "open", dir, "expire"); errOut == "" || !strings.Contains(errOut, "the session is read-only") || code != 1 {
		t.Errorf("expire: %s%d", errOut, code)
	}
	get("2\n", dir, "get", "/m")
	get("true\n", dir, "exists", "/master")
	get("[w1, w2]\n", dir, "ls", "/app/workers")
	w0 := zxidsOf(t, dir, "log", "-path", "/app/workers/w0")
	if len(w0) != 2 {
		t.Fatalf("/app/workers/w0 came and went with %v", w0)
	}
	get("[w0]\n", "-at", before(t, w0[1]), dir, "ls", "/app/workers")
	for _, command := range [][]string{{"create", "/x", "y"}, {"delete", "/master"}, {"set", "/m", "3"}, {"setAcl", "/m", "world:anyone:r"}} {
		_, errOut, code := zoosh(t, "", append([]string{"open", dir}, command...)...)
		if want := "Not a read-only call: " + command[1] + "\n"; !strings.HasSuffix(errOut, want) || code != 1 { // it may have died in a snapshot
			t.Errorf("%v: %q, code %d", command, errOut, code)
		}
	}
	out, errOut, code := zoosh(t, "", "open", dir, "who", "/master")
	if !regexp.MustCompile(`^/master: session 0x\w+, timeout \S+\n$`).MatchString(out) || !strings.Contains(errOut, "not known") || code != 0 {
		t.Errorf("who: %q, %q, %d", out, errOut, code)
	}
	if out, _, _ := zoosh(t, "", "open", dir, "sessions"); strings.Count(out, "\n0x") != 1 {
		t.Errorf("sessions: %q", out)
	}
}

// before is the zxid before one.
func before(t *testing.T, zxid string) string {
	t.Helper()
	p, err := shell.ParsePoint(zxid, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("0x%x", p.Zxid-1)
}

// TestOpenKept is TestOpenZooKeeper for where there is none, and to the letter.
func TestOpenKept(t *testing.T) {
	before := fingerprint(t, keptDataDir)
	want, err := os.ReadFile(keptLog)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, code := zoosh(t, "", "open", keptDataDir, "log"); got != string(want) || code != 0 {
		t.Errorf("code %d\n%s", code, got)
	}
	checkDayBefore(t, keptDataDir)
	checkDayBefore(t, filepath.Join(keptDataDir, "version-2"))
	sameFiles(t, before, fingerprint(t, keptDataDir))
}

// readOnlyCopy is a copy of the kept directory that nobody may write to.
func readOnlyCopy(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(keptDataDir)); err != nil {
		t.Fatal(err)
	}
	chmod := func(dirMode, fileMode fs.FileMode) {
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				return os.Chmod(path, dirMode)
			}
			return os.Chmod(path, fileMode)
		})
	}
	chmod(0o555, 0o444)
	t.Cleanup(func() { chmod(0o755, 0o644) })
	return dir
}

func TestOpenReadOnlyCopy(t *testing.T) {
	dir := readOnlyCopy(t)
	before := fingerprint(t, dir)
	checkDayBefore(t, dir)
	sameFiles(t, before, fingerprint(t, dir))
}

// damaged is a copy of the kept directory in which a file was changed.
func damaged(t *testing.T, name string, change func([]byte) []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(keptDataDir)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "version-2", name)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, change(bytes.Clone(data)), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// keptFiles are the names of the kept logs or snapshots by their zxids.
func keptFiles(t *testing.T, prefix string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(keptDataDir, "version-2", prefix+".*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	slices.SortFunc(files, func(a, b string) int { return len(a) - len(b) + strings.Compare(a, b) })
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	return files
}

func TestOpenTorn(t *testing.T) {
	logs := keptFiles(t, "log")
	dir := damaged(t, logs[len(logs)-1], func(b []byte) []byte {
		return b[:len(bytes.TrimRight(b, "\x00"))-3]
	})
	out, errOut, code := zoosh(t, "", "open", dir, "exists", "/master")
	if out != "false\n" || code != 1 && code != 0 || !strings.Contains(errOut, "torn at byte") {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	out, errOut, code = zoosh(t, "", "open", dir, "log", "-n", "1")
	if !strings.Contains(out, " delete /config\n") || !strings.Contains(errOut, "torn at byte") || code != 0 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	if _, errOut, _ := zoosh(t, "", "open", "-q", dir, "ls", "/"); errOut != "" {
		t.Errorf("-q: %q", errOut)
	}
}

// TestOpenDamaged: an error that says where, and what came before is still to be had.
func TestOpenDamaged(t *testing.T) {
	logs := keptFiles(t, "log")
	last := logs[len(logs)-1]
	dir := damaged(t, last, func(b []byte) []byte {
		at := bytes.Index(b, []byte("assigned"))
		if at < 0 {
			t.Fatal("where is it?")
		}
		b[at]++
		return b
	})
	out, errOut, code := zoosh(t, "", "open", dir, "ls", "/")
	m := regexp.MustCompile(regexp.QuoteMeta(last) + ` is damaged at byte \d+: .*\. -at (0x\w+) shows`).FindStringSubmatch(errOut)
	if out != "" || code != 1 || m == nil {
		t.Fatalf("%q, %q, %d", out, errOut, code)
	}
	if out, errOut, code := zoosh(t, "", "open", "-at", m[1], dir, "get", "/config"); out != "timeout=9\n" || code != 0 {
		t.Errorf("before the damage: %q, %q, %d", out, errOut, code)
	}
	out, errOut, code = zoosh(t, "", "open", dir, "log")
	if !strings.Contains(out, "create /app/workers/w2") || strings.Contains(out, "/master") ||
		!strings.Contains(errOut, "is damaged at byte") || code != 1 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	if _, errOut, code = zoosh(t, "", "open", dir, "log", "-to", m[1]); code != 0 {
		t.Errorf("log before the damage: %q", errOut)
	}
}

// TestOpenWithoutLogs: what is not there is said.
func TestOpenWithoutLogs(t *testing.T) {
	logs := keptFiles(t, "log")
	dir := damaged(t, logs[0], func(b []byte) []byte { return b })
	for i, name := range logs {
		if err := os.Rename(filepath.Join(dir, "version-2", name), filepath.Join(dir, fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	out, errOut, code := zoosh(t, "", "open", dir, "get", "/config")
	if out != "timeout=9\n" || !strings.Contains(errOut, "no transaction logs in") || code != 0 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	if _, errOut, code = zoosh(t, "", "open", dir, "log"); !strings.Contains(errOut, "-log-dir") || code != 1 {
		t.Errorf("log: %q, %d", errOut, code)
	}
	empty := t.TempDir()
	for _, command := range []string{"ls /", "log"} {
		args := append([]string{"open", "-log-dir", empty, dir}, strings.Fields(command)...)
		if _, errOut, _ = zoosh(t, "", args...); !strings.Contains(errOut, "in "+empty) {
			t.Errorf("%s: %q", command, errOut)
		}
	}
	if _, errOut, code = zoosh(t, "", "open", "-log-dir", "", dir, "ls", "/"); !strings.Contains(errOut, "-log-dir is empty") || code != codeUsage {
		t.Errorf("an empty -log-dir: %q, %d", errOut, code)
	}
	if _, errOut, _ = zoosh(t, "", "open", "-log-dir", keptDataDir, dir, "get", "/config"); strings.Contains(errOut, "no transaction logs") {
		t.Errorf("-log-dir: %q", errOut)
	}
}

// TestOpenDamagedSnapshot: the one before it and the logs make it good.
func TestOpenDamagedSnapshot(t *testing.T) {
	snapshots := keptFiles(t, "snapshot")
	last := snapshots[len(snapshots)-1]
	dir := damaged(t, last, func(b []byte) []byte { b[len(b)/2]++; return b })
	out, errOut, code := zoosh(t, "", "open", dir, "ls", "/app/workers")
	if out != "[w1, w2]\n" || code != 0 || !strings.Contains(errOut, last+" is damaged at byte") {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
}

func TestOpenSingleFiles(t *testing.T) {
	v2 := filepath.Join(keptDataDir, "version-2")
	logs, snapshots := keptFiles(t, "log"), keptFiles(t, "snapshot")
	for _, tt := range []struct {
		args     []string
		out, err string // patterns
		exit     int
	}{
		{[]string{filepath.Join(v2, logs[0]), "get", "/config"}, `^timeout=`, `^$`, 0}, // begins with 1
		{[]string{filepath.Join(v2, logs[1]), "ls", "/"}, `^$`, `the tree was is not known.*log$`, 1},
		{[]string{filepath.Join(v2, logs[1]), "log", "-n", "1"}, `^0x\w+ `, `^$`, 0},
		{[]string{"-at", "1", filepath.Join(v2, logs[1]), "ls", "/"}, `^$`, `is not known`, 1},
		{[]string{filepath.Join(v2, snapshots[1]), "ls", "/"}, `config`, `^$`, 0},
		{[]string{filepath.Join(v2, snapshots[1]), "log"}, `^$`, `no transaction log in`, 1},
		{[]string{"-at", "0x999", filepath.Join(v2, snapshots[1]), "ls", "/"}, `^$`, `0x999 is not in .* and no transactions`, 1},
		{[]string{"-log-dir", v2, filepath.Join(v2, snapshots[0]), "ls", "/app/workers"}, `w1, w2`, `^$`, 0},
		{[]string{"-at", "0x999", keptDataDir, "ls", "/"}, `^$`, `0x999 is not in .* the zxids 0x0 to 0x\w+ and transactions of 20`, 1},
		{[]string{"-at", "1999-01-01T00:00:00Z", keptDataDir, "ls", "/"}, `^$`, `1999-01-01T00:00:00Z is not in`, 1},
		{[]string{"-at", "2090-01-01T00:00:00Z", keptDataDir, "ls", "/app/workers"}, `w1, w2`, `as of 0x\w+, 20`, 0},
		{[]string{"-at", "soon", keptDataDir, "ls", "/"}, `^$`, `"soon" is no point in a log`, 2},
		{[]string{"-at", "0x18", keptDataDir, "log"}, ` delete /config`, `^note: the tree is as of 0x18; what follows is not in it$`, 0},
		{[]string{"-at", "0x18", keptDataDir, "log", "-to", "0x18"}, `^0x1 `, `^$`, 0},
		{[]string{keptDataDir, "log"}, `^0x1 `, `^$`, 0},
		{[]string{t.TempDir(), "ls", "/"}, `^$`, `no snapshots and no transaction logs`, 1},
		{[]string{filepath.Join(t.TempDir(), "nothing"), "ls", "/"}, `^$`, `no such file`, 1},
		{[]string{keptLog, "ls", "/"}, `^$`, `neither a snapshot nor a transaction log`, 1},
		{nil, `^$`, `the data directory is missing`, 2},
		{[]string{keptDataDir, "-at", "1", "ls", "/"}, `^$`, `-at stands behind the directory: flags come before it`, 2},
	} {
		out, errOut, code := zoosh(t, "", append([]string{"open"}, tt.args...)...)
		if !regexp.MustCompile(tt.out).MatchString(out) || !regexp.MustCompile(tt.err).MatchString(strings.TrimSpace(errOut)) || code != tt.exit {
			t.Errorf("%v: %q, %q, code %d", tt.args, out, errOut, code)
		}
	}
}

// TestDayAfter: the manual's calls print what it says, on the kept directory.
func TestDayAfter(t *testing.T) {
	page := document(t, manualDir, "open.md")
	calls := 0
	for _, block := range strings.Split(page, "\n\n") {
		line, want, _ := strings.Cut(block, "\n")
		call, ok := strings.CutPrefix(line, "    $ zoosh open ")
		if !ok {
			continue
		}
		calls++
		args := strings.Fields(strings.ReplaceAll(call, "/var/lib/zookeeper", keptDataDir))
		out, _, code := zoosh(t, "", append([]string{"open"}, args...)...)
		if got := strings.TrimSpace(regexp.MustCompile(`(?m)^`).ReplaceAllString(out, "    ")); got != strings.TrimSpace(want) || code != 0 {
			t.Errorf("%s\n%s\nwant\n%s", call, got, want)
		}
	}
	if calls != 3 {
		t.Errorf("%d calls", calls)
	}
}

// TestOpenTakesBack: what was deleted comes back as the manual says.
func TestOpenTakesBack(t *testing.T) {
	srv := startServer(t, time.Second)
	export, _, code := zoosh(t, "", "open", "-at", "0x18", keptDataDir, "export", "/config", "-")
	if code != 0 {
		t.Fatal(code)
	}
	file := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(file, []byte(export), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, errOut, code := zoosh(t, "", "-server", srv.Addr(), "import", file, "/config"); code != 0 {
		t.Error(errOut)
	}
	if out, errOut, code := zoosh(t, "", "open", "-at", "0x18", keptDataDir, "diff", "/config", srv.Addr()+"/config"); code != 0 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	if out, errOut, code := zoosh(t, "", "open", "-at", "0x2", keptDataDir, "diff", "/config", srv.Addr()+"/config"); code != 1 || out == "" {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
}

// TestOpenSaysWhere: the directory stands where else the address of a server does.
func TestOpenSaysWhere(t *testing.T) {
	const place = "testdata/datadir@0x18"
	for _, command := range [][]string{{"export", "/config", "-"}, {"srvr"}, {"mntr"}, {"-o", "json", "srvr"}} {
		flags := []string{}
		if command[0] == "-o" {
			flags, command = command[:2], command[2:]
		}
		args := append(append([]string{"open", "-at", "0x18"}, flags...), append([]string{keptDataDir}, command...)...)
		out, errOut, code := zoosh(t, "", args...)
		head, _, _ := strings.Cut(out, "\n")
		if !strings.Contains(head, place) || strings.Contains(out, "localhost:") || strings.Contains(out, "127.0.0.1:") || code != 0 {
			t.Errorf("%v: %q, %q, %d", command, out, errOut, code)
		}
	}
	for _, tt := range []struct{ dir, want string }{
		{"prod/", "prod@0x2"}, {"a/../b", "b@0x2"}, {"/x\n\x1b[31my", `/x\n\x1b[31my@0x2`},
	} {
		if got := placeOf(tt.dir, 2); got != tt.want {
			t.Errorf("%q: %q, not %q", tt.dir, got, tt.want)
		}
	}
	for _, dir := range []string{".", "..", "version-2"} {
		if got := placeOf(dir, 2); !filepath.IsAbs(got) {
			t.Errorf("%q: %q", dir, got)
		}
	}
}

// TestOpenScript: a script, with the words of zkCli where it writes.
func TestOpenScript(t *testing.T) {
	out, errOut, code := zoosh(t, "get /config\nset /config x\nls /app/workers\nsync /\nlog -n 1 -op delete\nstat -w /m\n", "open", "-at", "0x18", "-dialect", "3.4", keptDataDir)
	if !strings.HasPrefix(out, "timeout=9\n[w1, w2]\n") || !strings.Contains(out, " delete /config\n") ||
		!strings.Contains(errOut, "as of 0x18, ") || strings.Count(errOut, "the tree is as of 0x18; what follows") != 1 || !strings.Contains(errOut, "Not a read-only call: /config\n") || code != 0 {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
}

// TestOpenBesideServer: a server holds the directory, and goes on.
func TestOpenBesideServer(t *testing.T) {
	dir := t.TempDir()
	out, errOut, code := zoosh(t, "create /a one\nlog -n 1\nset /a two\nlog -n 1 -op setData\n", "-embedded", "-data-dir", dir, "-dialect", "3.9")
	if strings.Count(out, "\n") != 2 || !strings.Contains(out, " create /a 3 bytes\n") || !strings.Contains(out, " setData /a 3 bytes, version 1\n") || code != 0 {
		t.Errorf("the embedded server's own: %q, %q, %d", out, errOut, code)
	}
	serve := startClient(t, "serve", process(t, "serve", "-listen", "127.0.0.1:0", "-data-dir", dir))
	addr := serve.listens()
	follow := startClient(t, "follow", process(t, "open", dir, "log", "-f", "-path", "/b*"))
	for i := range 3 {
		path := fmt.Sprint("/b", i)
		if _, errOut, code := zoosh(t, "", "-server", addr, "create", path, "x"); code != 0 {
			t.Fatal(errOut)
		}
		if out, errOut, code := zoosh(t, "", "open", dir, "get", path); out != "x\n" || errOut != "" || code != 0 {
			t.Errorf("%q, %q, %d", out, errOut, code)
		}
		follow.expect(" create " + path + " 1 byte")
	}
}

// TestOpenHostile: what is in a file reaches no terminal raw.
func TestOpenHostile(t *testing.T) {
	dir := t.TempDir()
	zoosh(t, "create /\x1b]0;evil\x07 x\ncreate /a \"\x1b[31m\"\n", "-embedded", "-data-dir", dir)
	for _, args := range [][]string{{"log"}, {"log", "-o", "json"}, {"ls", "/"}, {"get", "/a"}, {"-at", "0x1", "ls", "/"}} {
		var o, e bytes.Buffer
		call := slices.Concat([]string{"open", dir}, args)
		if args[0] == "-at" {
			call = slices.Concat([]string{"open"}, args[:2], []string{dir}, args[2:])
		}
		run(call, stdio{in: strings.NewReader(""), out: &o, err: &e, terminal: func(stream any) bool { return stream == &o || stream == &e }})
		if text := o.String() + e.String(); strings.ContainsAny(text, "\x1b\x07") || text == "" {
			t.Errorf("%v: %q", args, text)
		}
	}
}

func TestCompleteOpen(t *testing.T) {
	for words, want := range map[string]string{
		"open|":                                    "@files",
		"open|-l":                                  "-log-dir",
		"open|-log-dir|":                           "@files",
		"open|" + keptDataDir + "|lo":              "log",
		"open|" + keptDataDir + "|log|-se":         "-session",
		"open|" + keptDataDir + "|log|-op|cl":      "closeSession",
		"open|-at|0x18|" + keptDataDir + "|get|/c": "",
	} {
		c := complete(t.Context(), strings.Split(words, "|"))
		got := ""
		for _, it := range c.candidates {
			got += it.Text
		}
		if c.files {
			got += "@files"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}
