package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// releaseVar makes a release in the test: 1 is the packages of this system, twice; all is
// all of it. Without a warm cache either takes minutes, and a network.
const releaseVar = "ZOOSH_RELEASE"

// releaseScript is .ci/release run with arguments.
func releaseScript(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	text, err := exec.Command(bash, append([]string{filepath.Join(root, ".ci", "release")}, args...)...).CombinedOutput()
	return string(text), err
}

// A release has a version, and is made of nothing else before that is clear.
func TestReleaseWantsAVersion(t *testing.T) {
	for _, version := range []string{"", "v1.2.3", "1.2", "1.2.3 -X main.x=y", "-help"} {
		dir := filepath.Join(t.TempDir(), "dist")
		if out, err := releaseScript(t, version, dir); err == nil || !strings.HasPrefix(out, "usage: .ci/release VERSION") {
			t.Errorf("%q: %v, %q", version, err, out)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%q: it has made %s", version, dir)
		}
	}
}

// What a release installs runs, tells its version, and has its manual pages. Made twice it
// is the same.
func TestRelease(t *testing.T) {
	what := os.Getenv(releaseVar)
	if what == "" {
		t.Skipf("%s=1 makes a release of linux/amd64, %s=all one of every system", releaseVar, releaseVar)
	}
	systems := []string{"linux/" + runtime.GOARCH}
	if what == "all" {
		systems = nil
	}
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	for _, dir := range []string{first, second} {
		if out, err := releaseScript(t, append([]string{"1.2.3", dir}, systems...)...); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	sums := document(t, first, "SHA256SUMS")
	if again := document(t, second, "SHA256SUMS"); again != sums {
		t.Errorf("made twice:\n%s\n%s", sums, again)
	}
	for line := range strings.Lines(sums) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		text, err := os.ReadFile(filepath.Join(first, name))
		if got := fmt.Sprintf("%x", sha256.Sum256(text)); err != nil || got != sum {
			t.Errorf("%s: %v, sum %s", name, err, got)
		}
	}
	if n := strings.Count(sums, "\n"); what == "all" && n != 10 || what != "all" && n != 3 {
		t.Errorf("%d files:\n%s", n, sums)
	}
	installDeb(t, filepath.Join(first, "zoosh_1.2.3_"+runtime.GOARCH+".deb"))
}

// installDeb unpacks a package into a root of its own, with dpkg's database where that can
// be had, and runs what is in it.
func installDeb(t *testing.T, deb string) {
	t.Helper()
	dpkg, err := exec.LookPath("dpkg")
	if err != nil {
		t.Skip("there is no dpkg here")
	}
	into := t.TempDir()
	call := exec.Command("dpkg-deb", "-x", deb, into)
	if os.Geteuid() == 0 {
		for _, dir := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates"} {
			if err := os.MkdirAll(filepath.Join(into, dir), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(into, "var/lib/dpkg/status"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		call = exec.Command(dpkg, "--root="+into, "--force-not-root", "--force-bad-path", "--log="+filepath.Join(into, "log"), "-i", deb)
	}
	if out, err := call.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", call.Args, err, out)
	}
	binary := filepath.Join(into, "usr/bin/zoosh")
	for _, tt := range []struct{ args, want string }{
		{"-version", "zoosh 1.2.3 " + runtime.Version() + "\n"}, {"-embedded ls /", "[zookeeper]\n"}, {"help watches", "WATCHES\n"},
	} {
		var out, errOut bytes.Buffer
		cmd := exec.Command(binary, strings.Fields(tt.args)...)
		cmd.Stdout, cmd.Stderr = &out, &errOut
		if err := cmd.Run(); err != nil || !strings.HasPrefix(out.String(), tt.want) {
			t.Errorf("zoosh %s: %v, %.80q, %q", tt.args, err, out.String(), errOut.String())
		}
	}
	files := []string{
		"man/man1/zoosh.1.gz", "man/man7/zoosh-watches.7.gz", "bash-completion/completions/zoosh",
		"zsh/vendor-completions/_zoosh", "fish/vendor_completions.d/zoosh.fish", "doc/zoosh/copyright",
	}
	for _, topic := range topicNames() {
		files = append(files, "man/man7/zoosh-"+topic+".7.gz")
	}
	for _, file := range slices.Compact(files) {
		if info, err := os.Stat(filepath.Join(into, "usr/share", file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}
