package zkproc

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestMemory(t *testing.T) {
	const status = "Name:\tzoosh\nVmHWM:\t   12708 kB\nVmRSS:\t   12000 kB\nThreads:\t9\n"
	if n, err := kilobytes([]byte(status), "VmHWM:"); err != nil || n != 12708<<10 {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := kilobytes([]byte(status), "VmSwap:"); err == nil {
		t.Error("a line that is not there has a value")
	}
}

// A server that ends by itself is an error that has its last words.
func TestStartOfWhatDoesNotServe(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("there is no /bin/sh")
	}
	broken := Program{Name: "broken", command: func(string, string, time.Duration) (*exec.Cmd, error) {
		return exec.Command("/bin/sh", "-c", "echo the disk is full >&2; exit 1"), nil
	}}
	_, err := broken.Start(t.TempDir(), time.Second)
	if err == nil || !strings.Contains(err.Error(), "ended by itself") || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("%v", err)
	}
}

func TestConfig(t *testing.T) {
	dir := t.TempDir()
	path, err := writeConfig(dir, "127.0.0.1:4321", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(path)
	for _, line := range []string{"clientPort=4321\n", "clientPortAddress=127.0.0.1\n", "tickTime=1000\n", "dataDir=" + DataDir(dir) + "\n"} {
		if err != nil || !strings.Contains(string(config), line) {
			t.Errorf("%q is not in %q, %v", line, config, err)
		}
	}
}
