package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/session"
	"zoosh/internal/zktest"
)

// bom is a byte order mark.
const bom = "\ufeff"

// TestByteOrderMark: it is none of what a file says, whichever file that is.
func TestByteOrderMark(t *testing.T) {
	srv := startServer(t, 0)
	at := []string{"-server", srv.Addr(), "-dialect", "3.9"}
	dir := configure(t, bom+"default = \"dev\"\n[profiles.dev]\nservers = [\""+srv.Addr()+"\"]\ndialect = \"3.9\"\n"+
		"[[profiles.dev.auth]]\nscheme = \"digest\"\nfile = \"dev.auth\"\n")
	if err := os.WriteFile(filepath.Join(dir, "dev.auth"), []byte(bom+"ann:hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	acl := `[{"scheme":"world","id":"anyone","perms":"cdrwa"}]`
	export := file(t, "export.json", bom+`{"zoosh":"export","version":1,"root":"/x"}`+"\n"+`{"path":"/","kind":"persistent","data":"x","acl":`+acl+"}\n")
	page := file(t, "page.md", bom+"---\ntitle: a page\n---\n\n```zk\n[zk] create /page y\nCreated /page\n```\n")
	for _, tt := range []struct {
		name, in  string
		args      []string
		out, want string
	}{
		{"script", bom + "create /script x\nget /script\n", at, "x\n", "Created /script\n"},
		{"script of one line without an end", bom + "get /script", at, "x\n", ""},
		{"nothing but it", bom, at, "", ""},
		{"profile and credential", "", []string{"whoami"}, "Auth scheme: User\ndigest: ann\nip: 127.0.0.1\n", ""},
		{"export", "", slices.Concat(at, []string{"import", export, "/imported"}), "", "Created 1 znode and overwrote 0\n"},
		{"export on standard input", bom + `{"zoosh":"export","version":1,"root":"/x"}` + "\n", slices.Concat(at, []string{"import", "-", "/none"}), "", "Created 0 znodes and overwrote 0\n"},
		{"the other side of diff", "", slices.Concat(at, []string{"diff", "file:" + export, "/imported"}), "", ""},
		{"multi", bom + "create /multi x\n", slices.Concat(at, []string{"multi", "-"}), "1 create /multi: created /multi\n", ""},
		{"page", "", []string{"test", page}, "ok   " + page + " (1 command, 0 events)\n", ""},
		{"lesson", "", []string{"play", "-plain", "-auto", page}, "", ""},
		{"client configuration", "create /toolong " + strings.Repeat("x", 2000), slices.Concat(at, []string{"-client-configuration", file(t, "c.properties", bom+"jute.maxbuffer=1000\n")}),
			"", "the request has 2055 bytes, a ZooKeeper server takes at most 1000; " + session.LongerRequests + "\n"},
		{"data is kept as it is", bom + "x", slices.Concat(at, []string{"create", "/data", "-"}), "", "Created /data\n"},
		{"and read as it is", "", slices.Concat(at, []string{"get", "-n", "/data"}), bom + "x", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errOut, code := zoosh(t, tt.in, tt.args...)
			wantCode := 0
			if strings.HasPrefix(tt.want, "the request") {
				wantCode = 1
			}
			if tt.out != "" && out != tt.out || errOut != tt.want || code != wantCode {
				t.Errorf("out %q, err %q, code %d", out, errOut, code)
			}
		})
	}
}

// TestByteOrderMarkOfServers: those of the files that a server reads.
func TestByteOrderMarkOfServers(t *testing.T) {
	c, err := readZooCfg(file(t, "zoo.cfg", bom+"dataDir=/d\nclientPort=2181\n"), "", nil)
	if err != nil || c.DataDir != "/d" {
		t.Errorf("%+v, %v", c, err)
	}
	users, err := readJAAS(file(t, "jaas.conf", bom+"Server {\n org.apache.zookeeper.server.auth.DigestLoginModule required\n user_ann=\"x\";\n};\n"), "")
	if err != nil || users["ann"] != "x" {
		t.Errorf("%v, %v", users, err)
	}
	s := security{sasl: file(t, "sasl", bom+"ann:secret\n")}
	if err := s.loadSASL(""); err != nil || s.session.SASL == nil || s.session.SASL.User != "ann" {
		t.Errorf("%+v, %v", s.session.SASL, err)
	}
	ca := zktest.NewCA(t, "CA")
	client := ca.Issue("client", false)
	for _, name := range []string{ca.CertFile, client.CertFile, client.KeyFile} {
		pem, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(name, append([]byte(bom), pem...), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s = security{tls: true, ca: ca.CertFile, cert: client.CertFile, key: client.KeyFile}
	if err := s.load(stdio{out: os.Stdout, err: os.Stderr, terminal: func(any) bool { return false }}); err != nil {
		t.Error(err)
	}
}

// TestByteOrderMarkOfTheHistory and of the lessons that were finished.
func TestByteOrderMarkOfTheHistory(t *testing.T) {
	h, err := openHistoryAt(file(t, "history", bom+"ls /\nget /a\n"))
	if err != nil || !slices.Equal(h.Lines(), []string{"ls /", "get /a"}) {
		t.Errorf("%q, %v", h.Lines(), err)
	}
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	os.MkdirAll(filepath.Join(state, "zoosh"), 0o700)
	if err := os.WriteFile(filepath.Join(state, "zoosh", "lessons"), []byte(bom+"master\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := finishedLessons(); !slices.Equal(got, []string{"master"}) {
		t.Errorf("%q", got)
	}
}
