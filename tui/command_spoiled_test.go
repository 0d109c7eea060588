package tui

import (
	"strings"
	"testing"

	"zoosh/shell"
)

// The question before JSON is spoiled has no escapes of its own.
func TestCommandQuestionOfJSONIsText(t *testing.T) {
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Dialect: shell.D38, Typed: true}})
	d.run(`create /a '{"retries": 3}'`)
	d.typed(`set /a '{"retries": 4'`)
	d.press("enter")
	d.until("the question", func() bool { return d.m.overlay != nil })
	screen := strings.Join(strings.Fields(d.screen()), " ")
	if strings.Contains(screen, `\n`) || !strings.Contains(screen, "Write it all") {
		t.Errorf("the question is\n%s", d.screen())
	}
	d.press("n")
	d.idle()
}
