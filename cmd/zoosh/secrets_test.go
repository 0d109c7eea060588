package main

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zoosh/internal/zktest"
)

// TestPasswordsStayOut: what logs in, by SASL and by digest, stands in no recording,
// no file below the home folder, no output, and no command line.
func TestPasswordsStayOut(t *testing.T) {
	jaas := file(t, "server.conf", "Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_ann=\"sesame1\"; };")
	srv := zktest.Start(t, "-Djava.security.auth.login.config="+jaas,
		"authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider")
	page := filepath.Join(t.TempDir(), "page.md")
	cmd := process(t, "record", page, "-server", srv.Addr(), "-sasl", file(t, "sasl", "ann:sesame1"))
	home := ""
	for _, v := range cmd.Env {
		if dir, ok := strings.CutPrefix(v, "HOME="); ok {
			home = dir
		}
	}
	c := startClient(t, "zoosh", cmd)
	for _, step := range []struct{ send, say string }{
		{"addauth digest bob:sesame2", ""},
		{"create /mine x digest:" + digestOf("bob", "sesame2") + ":cdrwa", "Created /mine"},
		{"get /mine", "x"},
		{"history", ""},
		{"addauth digest", ""},
		{"connect " + srv.Addr(), ""},
		{"get /mine", "Insufficient permission"}, // which the new session has not yet
		{"addauth digest bob:sesame3", ""},
		{"get /mine", "Insufficient permission"},
	} {
		c.step(step.send, step.say)
	}
	if runtime.GOOS == "linux" {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid))
		if err != nil || strings.Contains(string(line), "sesame") {
			t.Errorf("the command line: %q %v", line, err)
		}
	}
	c.send("quit")
	c.in.Close()
	c.mu.Lock()
	for !c.ended {
		c.more.Wait()
	}
	c.mu.Unlock()
	for _, line := range c.lines {
		// history repeats what was typed, to who typed it.
		if strings.Contains(line, "sesame") && !strings.Contains(line, " - addauth") {
			t.Errorf("it says %q", line)
		}
	}
	check := func(path string, text []byte) {
		if strings.Contains(string(text), "sesame") {
			t.Errorf("%s has a password:\n%s", path, text)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(text), "get /mine") {
		t.Errorf("the recording: %q %v", text, err)
	}
	check(page, text)
	err = filepath.WalkDir(home, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			text, err := os.ReadFile(path)
			check(path, text)
			return err
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// digestOf is what ZooKeeper keeps of a password.
func digestOf(user, password string) string {
	sum := sha1.Sum([]byte(user + ":" + password))
	return user + ":" + base64.StdEncoding.EncodeToString(sum[:])
}
