package tui

import (
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"zoosh/internal/jobcontrol"
	"zoosh/tui/ui"
)

// jobs is how the TUI stops and goes on. The zero value stops nothing: there is no
// terminal.
type jobs struct {
	watch *jobcontrol.Watch
	lent  atomic.Bool // the terminal is given away: to the shell, or to an editor
}

// begin watches for the signals of job control until end is called.
func (j *jobs) begin(p *tea.Program) (end func()) {
	j.watch = jobcontrol.Start(jobcontrol.Hooks{
		Stop: func() {
			if j.lent.Load() { // the editor was stopped with us, and zoosh has to be, too
				_ = j.watch.Suspend()
				return
			}
			p.Send(actionMsg((*Model).suspend))
		},
		Resumed: func() {
			if !j.lent.Load() {
				p.Send(actionMsg((*Model).takeTerminal))
			}
		},
		Dying: func() {
			if !j.lent.Load() {
				_ = p.ReleaseTerminal()
			}
		},
	})
	return j.watch.Close
}

// suspend gives the terminal back, stops zoosh, and takes the terminal anew when it
// goes on.
func (m *Model) suspend() tea.Cmd {
	if m.jobs.watch == nil {
		return nil
	}
	return m.lend(away(m.jobs.watch.Suspend), func(err error) tea.Msg {
		if err != nil {
			return actionMsg(func(m *Model) tea.Cmd { return m.say(true, "zoosh was not suspended: "+err.Error()) })
		}
		return nil
	})
}

// takeTerminal takes a terminal anew of which nobody knows how it is. What stands on it
// is not given back first: zoosh was stopped while it had it.
func (m *Model) takeTerminal() tea.Cmd {
	raw := func() tea.Msg {
		// How it was before zoosh is known to Bubble Tea, which restores it at the end.
		if _, err := term.MakeRaw(os.Stdin.Fd()); err != nil {
			return ui.Say{Bad: true, Text: "take the terminal: " + err.Error()}
		}
		return nil
	}
	return tea.Sequence(raw, tea.Raw(terminalModes), tea.ClearScreen, tea.RequestWindowSize)
}

// terminalModes are what View asks for: Bubble Tea sends them once, and a terminal may
// have lost them since.
const terminalModes = ansi.SetModeAltScreenSaveCursor + ansi.SetModeBracketedPaste +
	ansi.SetModeMouseButtonEvent + ansi.SetModeMouseExtSgr + ansi.SetModifyOtherKeys2

// redraw draws the whole screen anew: something else may have written on it.
func (m *Model) redraw() tea.Cmd { return tea.ClearScreen }

// lend gives the terminal away while c runs.
func (m *Model) lend(c tea.ExecCommand, over func(error) tea.Msg) tea.Cmd {
	return m.exec(&loan{c, &m.jobs.lent}, over)
}

// settleTime is what Bubble Tea's renderer is given to end. It stops its ticker a moment
// after it was told to, and would stop that of the next one if there was one so soon.
const settleTime = 20 * time.Millisecond

// A loan is a command that has the terminal.
type loan struct {
	tea.ExecCommand
	lent *atomic.Bool
}

// Run implements tea.ExecCommand.
func (l *loan) Run() error {
	l.lent.Store(true)
	defer l.lent.Store(false)
	time.Sleep(settleTime)
	return l.ExecCommand.Run()
}

// away is what is done while the terminal is not the TUI's, with no other process.
type away func() error

// Run implements tea.ExecCommand.
func (a away) Run() error        { return a() }
func (away) SetStdin(io.Reader)  {}
func (away) SetStdout(io.Writer) {}
func (away) SetStderr(io.Writer) {}

// A process is an exec.Cmd with the terminal.
type process struct{ *exec.Cmd }

// SetStdin implements tea.ExecCommand.
func (p process) SetStdin(r io.Reader) {
	if p.Stdin == nil {
		p.Stdin = r
	}
}

// SetStdout implements tea.ExecCommand.
func (p process) SetStdout(w io.Writer) {
	if p.Stdout == nil {
		p.Stdout = w
	}
}

// SetStderr implements tea.ExecCommand.
func (p process) SetStderr(w io.Writer) {
	if p.Stderr == nil {
		p.Stderr = w
	}
}
