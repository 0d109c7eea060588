//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// threeNodes are the tests of go-zookeeper/zk that need an ensemble: they kill
// members, or reconfigure it.
const threeNodes = "BasicCluster|ClientClusterFailover|NoQuorum|RecurringReAuthHang|" +
	"DNSHostProviderReconnect|IncrementalReconfig|TestIntegration_Reconfig"

// go-zookeeper/zk passes its own tests on zoosh serve.
func TestGoClientSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	standin, err := filepath.Abs("../../testdata/standin")
	if err != nil {
		t.Fatal(err)
	}
	dir := goClient(t)
	config, err := os.MkdirTemp("", "zoosh-go") // the go command keeps files there, also when it is over
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(config)
	cmd := exec.Command("go", "test", "-count=1", "-skip", threeNodes, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "ZOOKEEPER_BIN_PATH="+standin, "ZK_VERSION=3.9.5",
		"XDG_CONFIG_HOME="+config,
		beZoosh+"=1", "ZOOSH="+process(t).Path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// goClient is a copy of the module that reads the srvr of a ZooKeeper since 3.6,
// where the date is another. Its tests look with it whether their server is there.
func goClient(t *testing.T) (dir string) {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/go-zookeeper/zk").Output()
	if err != nil {
		t.Skip("no go command, or no modules: ", err)
	}
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(strings.TrimSpace(string(out)))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "flw.go")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const layout = `time.Parse("01/02/2006 15:04 MST", match[1])`
	changed := strings.NewReplacer(
		`(\d\d/\d\d/\d\d\d\d \d\d:`, `([-/0-9]+ \d\d:`,
		layout, layout+"\nif err != nil {\nbuildTime, err = time.Parse(\"2006-01-02 15:04 MST\", match[1])\n}\n",
	).Replace(string(text))
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}
