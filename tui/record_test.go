package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoosh/shell"
	"zoosh/shell/transcript"
)

// passes replays a recorded page.
func passes(t *testing.T, file string) string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page, err := transcript.Parse(file, src)
	if err != nil {
		t.Fatal(err)
	}
	res, err := transcript.Run(t.Context(), page, transcript.Options{})
	if err != nil || len(res.Diffs) > 0 {
		t.Errorf("%v\n%v\n%s", err, res, src)
	}
	return string(src)
}

// The sessions of the tabs are recorded under the tabs' names, from record FILE to
// record stop.
func TestRecord(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 100, 30, Config{})
	file := filepath.Join(t.TempDir(), "page.md")
	d.run("record " + file)
	if bar := d.m.statusBar(); !strings.Contains(bar, "REC") {
		t.Errorf("the status line is %q", bar)
	}
	d.run("create /a x")
	d.press("ctrl+t")
	d.idle()
	d.namesSession("the backup")
	d.run("get /a true", "session other")
	d.shows("a tab of its own")
	d.run("set /a y", "record stop")
	if bar := d.m.statusBar(); strings.Contains(bar, "REC") {
		t.Errorf("the status line is %q", bar)
	}
	d.run("create /not-recorded x")
	src := passes(t, file)
	for _, want := range []string{"```zk main\n", "```zk the-backup\n", "NodeDataChanged path:/a"} {
		if !strings.Contains(src, want) {
			t.Errorf("%q is not in\n%s", want, src)
		}
	}
	if strings.Contains(src, "not-recorded") || strings.Contains(src, "other") {
		t.Errorf("too much is in\n%s", src)
	}
}

// A recording that was asked for begins with the first session, and quitting ends it.
func TestRecordFromTheBeginning(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "page.md")
	d := driveCommand(t, 100, 30, Config{Shell: shell.Config{WaitForConnection: true}, Recording: &transcript.Recording{File: file}})
	d.until("the recording", func() bool { return d.m.ws.Recording() == file })
	d.run("ls /")
	if msg := d.m.stopRecording()(); msg != nil {
		t.Errorf("ending it says %v", msg)
	}
	if src := passes(t, file); !strings.Contains(src, "] ls /\n[zookeeper]\n") {
		t.Errorf("the page is\n%s", src)
	}
}

func TestRecordActions(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 100, 30, Config{})
	for i, a := range d.m.recordActions() {
		if why := a.Off(); (why != "") != (i == 1) {
			t.Errorf("%s: %q", a.Title, why)
		}
	}
	d.do(d.m.recordActions()[0].Run())
	if line := d.front().Typed; !strings.HasPrefix(line, "record session-") {
		t.Errorf("the prompt has %q", line)
	}
}

// A lesson's sessions are not recorded, but a recording can be ended from their tabs.
func TestRecordBesideALesson(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 100, 30, Config{})
	file := filepath.Join(t.TempDir(), "page.md")
	d.run("record "+file, "create /a x")
	d.play(inline(t, takeover), walkOptions{})
	d.steps(1)
	if why := d.m.recordActions()[0].Off(); why == "" {
		t.Error("a lesson can be recorded")
	}
	d.do(d.m.recordActions()[1].Run())
	d.until("the end of the recording", func() bool { return d.m.ws.Recording() == "" })
	if src := passes(t, file); !strings.Contains(src, "create /a") || strings.Contains(src, "/master") {
		t.Errorf("the page is\n%s", src)
	}
}
