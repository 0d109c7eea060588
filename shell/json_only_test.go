package shell

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/server"
)

// moreLines are lines that the examples leave out, of commands that print text, or have
// zkCli's own ways to go wrong.
var moreLines = map[string][]string{
	"ls":           {"ls -s /", "ls -R /", "ls -w /", "ls / true", "ls", "ls /nope"},
	"ls2":          {"ls2 / true"},
	"get":          {"get -w /a", "get -b /a", "get -x -n /a", "get -s /a", "get /a true", "get"},
	"stat":         {"stat -w /a", "stat /a true", "stat /nope"},
	"create":       {"create /made x", "create -s /made x", "create -e /gone", "create -c /cont", "create", "create /a"},
	"set":          {"set -s /a y", "set -v 99 /a y", "set /a z"},
	"setAcl":       {"setAcl -s /a world:anyone:cdrwa", "setAcl -R /a world:anyone:cdrwa", "setAcl /a world:anyone:cdrwaq", "setAcl /a nonsense"},
	"getAcl":       {"getAcl -s /a"},
	"multi":        {"multi create /m x ; set /m y ; check /m ; delete /m", "multi create /a x", "multi"},
	"sync":         {"sync /", "sync /nope"},
	"printwatches": {"printwatches", "printwatches off", "printwatches on"},
	"dialect":      {"dialect", "dialect 3.9", "dialect auto", "dialect x"},
	"session":      {"session", "session other"},
	"record":       {"record"},
	"output":       {"output", "output text x", "output json"},
	"deleteall":    {"deleteall -dry-run /a", "deleteall -y /a"},
	"rmr":          {"rmr /a"},
	"delete":       {"delete /a/e", "delete -v 7 /a", "delete /a"},
	"setquota":     {"setquota -n 5 /a", "listquota /a", "delquota /a", "listquota /a", "listquota /nope"},
	"listquota":    {"listquota /a"},
	"delquota":     {"delquota -n /a"},
	"config":       {"config -s", "config -c", "config -w"},
	"redo":         {"ls /", "redo 0", "redo 99"},
	"history":      {"history"},
	"help":         {"help", "help ls"},
	"version":      {"version"},
	"whoami":       {"whoami"},
	"addauth":      {"addauth digest a:b", "addauth"},
	"close":        {"close", "ls /", "history", "version", "connect"},
	"crash":        {"crash", "ls /"},
	"expire":       {"create -e /eph", "get -w /a", "expire"},
	"quit":         {"quit"},
	"4lw":          {"4lw ruok", "4lw -a conf", "4lw nono", "4lw x"},
	"srvr":         {"srvr"},
	"mntr":         {"mntr", "mntr znode"},
	"sessions":     {"sessions -e"},
	"who":          {"who /a/e", "who /a", "who /nope"},
	"export":       {"export /a -"},
	"import":       {"import -dry-run nofile /x"},
	"cp":           {"cp -r /a /b", "cp /a /c"},
	"mv":           {"mv -y /a /d", "mv -y /app /d"},
	"diff":         {"diff /a /nope", "diff /a /zookeeper"},
	"watch":        {"watch -t 10ms /a", "watch -n 1 -t 10ms /a"},
	"addWatch":     {"addWatch /a", "set /a 1", "removewatches /a", "removewatches /a"},
	"exists":       {"exists /a", "exists /nope"},
	"find":         {"find -l /", "find /nope"},
	"tree":         {"tree /", "tree /nope"},
	"grep":         {"grep x /", "grep -c x /", "grep -l x /"},
	"du":           {"du /", "du -n 3 /"},
	"count":        {"count /"},
	"server":       {"server", "server drop self", "server clock +1s", "server nonsense"},
}

// onlyObjects fails unless text is a sequence of JSON objects.
func onlyObjects(t *testing.T, what, text string) {
	t.Helper()
	for in := json.NewDecoder(strings.NewReader(text)); ; {
		var object map[string]any
		switch err := in.Decode(&object); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.Errorf("%s: %v in %q", what, err, text)
			return
		}
	}
}

// isEvent fails unless an event is an object that has the name event, unless none is shown.
func isEvent(t *testing.T, it *Item) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(it.Shown()))
	d.DisallowUnknownFields()
	var ev jsonEvent
	if it.Text != "" && (d.Decode(&ev) != nil || ev.Event == "" || strings.Count(it.Shown(), "\n") != 1) {
		t.Errorf("%q is no event's object", it.Shown())
	}
}

// unseen are results that no line here yields, and why.
var unseen = map[string]string{
	"count *shell.countSoFar": "it takes a tree without an end", "du *shell.usageSoFar": "it takes a tree without an end",
	"reconfig *shell.configuration": "the embedded server is no ensemble",
	"watch *shell.change":           "it takes somebody who changes something",
}

// TestOnlyObjects: with JSON, standard output is for a program to read, whatever the
// command: each runs its example and more, and what it writes there is objects, of the
// kinds that it says, and each of them.
func TestOnlyObjects(t *testing.T) {
	for name := range moreLines {
		if byName[name] == nil {
			t.Errorf("there is no command %s", name)
		}
	}
	seen, skipped := map[string]bool{}, 0
	for _, d := range dialects {
		for _, cmd := range Commands(d) {
			skipped++
			t.Run(d.String()+"/"+cmd.Name, func(t *testing.T) {
				skipped--
				for _, it := range runAsJSON(t, d, cmd) {
					switch it.Kind {
					case Stdout:
						onlyObjects(t, cmd.Name, it.Text)
						sawKinds(t, it.by, it.Text, seen)
					case Watch, State:
						isEvent(t, &it.Item)
					}
				}
			})
		}
	}
	if skipped > 0 {
		return // -run has asked for some of them alone
	}
	for i := range table {
		for _, r := range table[i].Results {
			if kind := fmt.Sprintf("%s %T", table[i].Name, r); !seen[kind] && unseen[kind] == "" {
				t.Errorf("no line of %s has shown the result %T", table[i].Name, r)
			}
		}
	}
}

// itemBy is an item and the command that ran.
type itemBy struct {
	Item
	by *Command
}

// runAsJSON runs a command's lines on a server of its own.
func runAsJSON(t *testing.T, d Dialect, cmd *Command) (items []itemBy) {
	e := startEmbedded(t, 0)
	front := &aFront{}
	x := openControlled(t, e, Config{Dialect: d, JSON: true, FrontEnd: front, Log: sampleLog()})
	front.shells = []*Shell{x.sh}
	t.Chdir(t.TempDir())
	for _, line := range []string{"create /a x", "create -e /a/e y", "create /app"} {
		x.sh.Run(t.Context(), line)
	}
	lines := slices.Concat(moreLines[cmd.Name], strings.Split(cmd.Example, "\n"))
	before := len(x.rec.snapshot())
	for _, line := range lines {
		x.sh.Run(t.Context(), strings.ReplaceAll(line, "localhost:2181", e.Addr()))
	}
	var running *Command
	for _, it := range x.rec.snapshot()[before:] {
		if it.Kind == Began {
			running = x.sh.commandOf(it.Line)
		}
		items = append(items, itemBy{it, running})
	}
	return items
}

// sawKinds notes which kinds of results a command has printed, and fails where one is
// none that it names.
func sawKinds(t *testing.T, c *Command, text string, seen map[string]bool) {
	t.Helper()
	for line := range strings.Lines(text) {
		kinds := kindsOf(c, line)
		for _, kind := range kinds {
			seen[c.Name+" "+kind.String()] = true
		}
		switch {
		case len(kinds) > 0:
		case c.Name == "redo": // what another command has found
		case c.Name == "export": // to standard output, where it is itself
		default:
			t.Errorf("%s yields what it does not name: %s", c.Name, line)
		}
	}
}

// TestOutputSwitch: events and text are for standard output again when JSON has ended,
// and what -o json asks for of one command ends with it.
func TestOutputSwitch(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create /a x", "printwatches off")
	for _, line := range []string{"printwatches", "dialect", "help ls", "getAcl /a", "sync /"} {
		out, errOut, _ := x.run(line)
		x.do("output json")
		jsonOut, jsonErr, _ := x.run(line)
		onlyObjects(t, line, jsonOut)
		if jsonOut == "" && jsonErr != out+errOut {
			t.Errorf("%s: %q, in JSON %q", line, out+errOut, jsonErr)
		}
		x.do("output text")
		if again, _, _ := x.run(line); again != out {
			t.Errorf("%s: %q, then %q", line, out, again)
		}
		x.run("get -o json /a")
	}
	x.do("printwatches on", "output json", "get -w /a", "set /a 1", "output text", "get -w /a", "set /a 2")
	var object []bool
	for _, it := range x.rec.snapshot() {
		if it.Kind == Watch {
			object = append(object, it.Shown() != it.Text)
		}
	}
	if !slices.Equal(object, []bool{true, false}) {
		t.Errorf("%v", object)
	}
}

// TestFiguresThatAreNone: what JSON has no number for is text.
func TestFiguresThatAreNone(t *testing.T) {
	addr := fakeMember(t, map[string]string{"mntr": "zk_avg\tNaN\nzk_max\t+Inf\nzk_min\t1.5\nzk_big\t9007199254740993\n", "srvr": ""})
	x := openOn(t, startServer(t, server.Config{}), Config{Dialect: D39})
	x.sh.mu.Lock()
	x.sh.servers = []string{addr}
	x.sh.mu.Unlock()
	x.want("mntr -o json", `{"server":"`+addr+`","zk_avg":"NaN","zk_big":9007199254740993,"zk_max":"+Inf","zk_min":1.5}`+"\n", "", 0)
}
