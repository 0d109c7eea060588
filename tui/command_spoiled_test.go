package tui

import (
	"testing"

	"zoosh/shell"
)

// The question before JSON is spoiled has no escapes of its own.
func TestCommandQuestionOfJSONIsText(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Dialect: shell.D38, Typed: true}})
	d.enters(`create /a '{"retries": 3}'`)
	d.types(`set /a '{"retries": 4'`)
	d.press("Run the line")
	d.sees("Write it all")
	if d.onScreen("", `\n`) {
		t.Errorf("the question is\n%s", d.plain())
	}
	d.press("n")
	d.seesNot("Write it all")
}
