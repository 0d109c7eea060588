//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shellCalls are how each shell is started without its user's configuration, and how
// it takes the script.
var shellCalls = map[string]struct {
	args   []string
	source string
}{
	"bash": {[]string{"--norc", "--noprofile", "-i"}, "source <(zoosh completion bash)"},
	"zsh":  {[]string{"-f", "-i"}, "autoload -U compinit; compinit -u -D; source <(zoosh completion zsh)"},
	"fish": {[]string{"--no-config", "-i"}, "zoosh completion fish | source"},
}

// Each of the real shells completes a call of zoosh at its prompt.
func TestCompletionInShells(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for shells")
	}
	srv := startServer(t, 0)
	dir := twoProfiles(t, srv)
	for _, line := range []string{"create /app", "create /workers", "create /workers/w1", "create '/two words'", "create /app/config"} {
		if _, errOut, code := zoosh(t, line+"\n", "-server", srv.Addr()); code != 0 {
			t.Fatal(errOut)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "page.md"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range completionShells() {
		t.Run(name, func(t *testing.T) {
			path, err := exec.LookPath(name)
			if err != nil {
				t.Skipf("there is no %s here", name)
			}
			p := startShell(t, name, path, dir)
			for _, tt := range []struct{ typed, want string }{
				{"zoosh @p", "zoosh @prod "},
				{"zoosh -server @p", "zoosh -server @prod "},
				{"zoosh -waitfor", "zoosh -waitforconnection "},
				{"zoosh @dev get /wor", "zoosh @dev get /workers"},
				{"zoosh @dev get /workers/", "zoosh @dev get /workers/w1"},
				{"zoosh @prod get /c", "zoosh @prod get /config"},
				{"zoosh @dev dele", "zoosh @dev delete"}, // and, in time, more than that
				{"zoosh -dialect 3.9 @dev printw", "zoosh -dialect 3.9 @dev printwatches "},
				{"zoosh play barr", "zoosh play barrier "},
				{"zoosh test -les", "zoosh test -lessons "},
				{"zoosh test pag", "zoosh test page.md "},
				{"zoosh @dev help nosuch", "zoosh @dev help nosuch"},
				{"zoosh @dev help getAc", "zoosh @dev help getAcl "},
			} {
				p.send(tt.typed + "\t#")
				p.shows("$ " + tt.want + "#")
				p.send("\x15") // Ctrl-U
				p.until("an empty line", func(screen string) bool { return !strings.Contains(screen, "#") })
			}
			quoted := map[string]string{"bash": `/two\ words`, "zsh": `/two\ words`, "fish": `/two\ words`}[name]
			p.send("zoosh @dev get /tw\t#")
			p.shows("$ zoosh @dev get " + quoted)
			p.send("\x15")
			p.send("exit\r")
			<-p.exited
		})
	}
}

// startShell starts a shell with zoosh in its PATH and takes the script.
func startShell(t *testing.T, name, path, dir string) *ptyRun {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "zoosh")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, shellCalls[name].args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), beZoosh+"=1", "PATH="+bin+":"+os.Getenv("PATH"), "PS1=$ ", "TERM=xterm", "HOME="+t.TempDir(), "ZDOTDIR="+t.TempDir())
	p := startOnPTY(t, 150, 40, cmd)
	if name == "fish" {
		p.send("function fish_prompt; echo '$ '; end; set fish_autosuggestion_enabled 0\r")
	}
	p.send(shellCalls[name].source + "; clear; echo rea''dy\r")
	p.until("the script to be read", func(screen string) bool {
		lines := strings.Fields(screen)
		return len(lines) == 2 && lines[0] == "ready" && lines[1] == "$"
	})
	return p
}

func TestCompletionSyntax(t *testing.T) {
	for _, name := range completionShells() {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Logf("there is no %s here", name)
			continue
		}
		file := filepath.Join(t.TempDir(), "zoosh")
		if err := os.WriteFile(file, []byte(completionScripts[name]), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(path, "-n", file).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s -n: %v\n%s", name, err, out)
		}
	}
}
