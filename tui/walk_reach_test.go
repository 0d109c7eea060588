package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The shells of a lesson are its page's, whoever types in them.
func TestLessonReachesItsServerAlone(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 120, 40, Config{})
	d.play(inline(t, takeover), walkOptions{})
	d.steps(1)
	file := filepath.Join(t.TempDir(), "x")
	d.press("tab") // the keyboard
	d.run("export / " + file)
	if out := strings.Join(d.lines(), "\n"); !strings.Contains(out, file+" is a file of this machine: ") {
		t.Errorf("it does not say why:\n%s", out)
	}
	if _, err := os.Lstat(file); err == nil {
		t.Error("it is written")
	}
	d.run("connect " + d.srv.Addr())
	d.shows("own server")
	d.run("connect")
	d.press("esc", "q")
	d.run("export / " + file)
	d.shows("Exported")
}
