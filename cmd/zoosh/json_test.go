package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoosh/shell"
)

// objects reads text as a program would, and fails where it is no sequence of objects.
func objects(t *testing.T, text string) (all []map[string]any) {
	t.Helper()
	for in := json.NewDecoder(strings.NewReader(text)); ; {
		var object map[string]any
		switch err := in.Decode(&object); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("%v in\n%s", err, text)
		}
		all = append(all, object)
	}
}

// TestJSONAlone: a script of every command's example, and of what else says something,
// writes objects to standard output and nothing else; all else is on standard error.
func TestJSONAlone(t *testing.T) {
	const talkative = `create /a x
get -w /a
set -s /a y
setAcl -s /a world:anyone:cdrwa
ls / true
multi create /m 1 ; delete /m
sync /a
printwatches
dialect
session
output
session other
get /a
deleteall -dry-run /a
4lw conf
4lw -a ruok
nonsense
redo 0
close
ls /
`
	const own = "\x00"
	for _, dialect := range []string{"3.4", "3.8", "3.9"} {
		d, err := shell.ParseDialect(dialect)
		if err != nil {
			t.Fatal(err)
		}
		var script strings.Builder
		script.WriteString(talkative)
		for _, cmd := range shell.Commands(d) {
			switch cmd.Name {
			case "quit", "exit", "connect", "close", "record", "watch", "server", "output":
				continue // they end the script or leave the server
			}
			script.WriteString("connect " + own + "\ncreate /app x\n" + cmd.Example + "\n")
		}
		srv := startServer(t, 0)
		t.Chdir(t.TempDir())
		text := strings.ReplaceAll(strings.ReplaceAll(script.String(), own, srv.Addr()), "localhost:2181", srv.Addr())
		out, errOut, _ := zoosh(t, text, "-o", "json", "-dialect", dialect, "-server", srv.Addr())
		all := objects(t, out)
		if n := len(all); n < 30 {
			t.Errorf("only %d objects:\n%s", n, out)
		}
		if n := len(eventsAmong(all, "watch")); n == 0 {
			t.Errorf("no watch event in\n%s", out)
		}
		for _, says := range []string{"printwatches is on", "dialect is " + dialect, "output is json", "would delete", "clientPort="} {
			if !strings.Contains(errOut, says) {
				t.Errorf("%s: standard error says nothing of %q", dialect, says)
			}
		}
	}
}

// TestJSONOfOneCommand: the same for single commands, and for an export, which is JSON
// in any form.
func TestJSONOfOneCommand(t *testing.T) {
	srv := startServer(t, 0)
	zoosh(t, "create /a x\n", "-server", srv.Addr())
	for line, n := range map[string]int{
		"get /a": 1, "set -s /a y": 0, "4lw ruok": 0, "4lw -a srvr": 0, "srvr": 1, "dialect": 0, "help": 0, "export /a -": 2, "history": 0,
	} {
		out, errOut, code := zoosh(t, "", append([]string{"-o", "json", "-server", srv.Addr()}, strings.Fields(line)...)...)
		if got := len(objects(t, out)); got != n || code != 0 || (n == 0) != (errOut != "" || line == "history") && line != "history" {
			t.Errorf("%s: %d objects, %q, %q, %d", line, got, out, errOut, code)
		}
	}
	file := filepath.Join(t.TempDir(), "a.json")
	if out, _, code := zoosh(t, "", "-o", "json", "-server", srv.Addr(), "export", "/a", file); out != "" || code != 0 {
		t.Errorf("%q, %d", out, code)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// eventsAmong are the events of a kind among objects.
func eventsAmong(all []map[string]any, kind string) (events []map[string]any) {
	for _, o := range all {
		if o["event"] == kind {
			events = append(events, o)
		}
	}
	return events
}

// TestJSONEvents: a script's watch events and those of its connection are objects in
// their order, each with its session; that it is connected at first is none, and a single
// command has none of the connection's at all.
func TestJSONEvents(t *testing.T) {
	srv := startServer(t, 0)
	out, errOut, _ := zoosh(t, "create /a x\nget -w /a\nset /a y\nsession other\nget -w /a\nset /a z\nclose\nconnect "+srv.Addr()+"\nget /a\n",
		"-o", "json", "-dialect", "3.9", "-server", srv.Addr())
	all := objects(t, out)
	watches, connection := eventsAmong(all, "watch"), eventsAmong(all, "connection")
	if len(watches) != 2 || watches[0]["path"] != "/a" || watches[0]["type"] != "NodeDataChanged" ||
		watches[0]["session"] == watches[1]["session"] || watches[1]["name"] != "other" {
		t.Errorf("%v in\n%s", watches, out)
	}
	if len(connection) != 2 || connection[0]["state"] != "Closed" || connection[1]["state"] != "SyncConnected" {
		t.Errorf("%v in\n%s", connection, out)
	}
	if strings.Contains(errOut, "WATCHER::") {
		t.Errorf("%q", errOut)
	}
	if out, _, _ := zoosh(t, "", "-o", "json", "-server", srv.Addr(), "get", "/a"); len(objects(t, out)) != 1 {
		t.Errorf("%q", out)
	}
}
