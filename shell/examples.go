package shell

// examples are calls of zkCli's commands, and of others that need no more than a
// word; a line each. The rows of zoosh's own commands have theirs themselves.
// Each runs in a test.
var examples = map[string]string{
	"ls":           "ls -R /app",
	"ls2":          "ls2 /app",
	"get":          "get -s /app/config",
	"stat":         "stat /app",
	"create":       "create -e -s /app/worker- host1",
	"set":          "set -v 0 /app/config timeout=9",
	"delete":       "delete /app/config",
	"deleteall":    "deleteall -dry-run /app",
	"rmr":          "rmr /app",
	"sync":         "sync /app",
	"getAcl":       "getAcl /app",
	"setAcl":       "setAcl /app world:anyone:cdrwa",
	"addauth":      "addauth digest user:password",
	"connect":      "connect localhost:2181",
	"close":        "close",
	"crash":        "crash",
	"expire":       "expire",
	"history":      "history",
	"redo":         "redo 1",
	"printwatches": "printwatches off",
	"quit":         "quit",
	"exit":         "exit",
	"help":         "help find",
	"dialect":      "dialect 3.9",
	"session":      "session backup",
	"record":       "record session.md",
}

// completeTable gives the rows what stands elsewhere: examples, and how they
// print JSON.
func completeTable(table []Command) {
	for i := range table {
		c := &table[i]
		if c.Example == "" {
			c.Example = examples[c.Name]
		}
		if run := jsonRuns[c.Name]; c.JSON == nil && run != nil {
			c.JSON = run
		}
	}
}
