// Command zkload measures zoosh's server beside Debian's ZooKeeper: it starts both,
// sends them the same requests by turns, and prints a table.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/load"
	"zoosh/internal/zkproc"
)

// options are the flags.
type options struct {
	load   load.Config
	zoosh  string
	memory bool
	jvm    string
	dir    string
	znodes int
	starts int
	tick   time.Duration
	delay  time.Duration
}

func main() {
	o, err := parse()
	if err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "zkload:", err)
		os.Exit(1)
	}
}

func parse() (*options, error) {
	o := &options{}
	flag.StringVar(&o.zoosh, "zoosh", "zoosh", "the `binary` of zoosh")
	flag.BoolVar(&o.memory, "memory", false, "zoosh keeps its data in memory alone")
	flag.StringVar(&o.jvm, "jvm", "", "further `flags` of ZooKeeper's JVM, such as -Xmx1000m")
	flag.StringVar(&o.dir, "dir", "", "where both servers keep their data; a temporary folder if not given")
	flag.IntVar(&o.znodes, "znodes", 100_000, "how many znodes there are, for the figures of memory and of a later start")
	flag.IntVar(&o.starts, "starts", 5, "how often each server is started")
	flag.DurationVar(&o.tick, "tick", 2*time.Second, "tickTime of both")
	flag.DurationVar(&o.delay, "delay", 0, "the round trip to both, as if they were so far away; the load alone goes that way")
	flag.IntVar(&o.load.Connections, "connections", 4, "how many connections send requests")
	flag.IntVar(&o.load.Size, "size", 100, "bytes of data of each znode")
	flag.IntVar(&o.load.Rounds, "rounds", 3, "rounds of each figure; the median is shown")
	flag.DurationVar(&o.load.Duration, "duration", 2*time.Second, "the length of a round")
	flag.DurationVar(&o.load.WarmUp, "warmup", 2*time.Second, "how long each operation is done before")
	inFlight := flag.String("inflight", "1,16", "how many requests of a connection wait for replies, as a `list`")
	operations := flag.String("operations", "", "a `list` out of: "+strings.Join(load.Operations(), ", "))
	flag.Parse()
	if flag.NArg() > 0 {
		return nil, fmt.Errorf("unexpected %q", flag.Arg(0))
	}
	if *operations != "" {
		o.load.Operations = strings.Split(*operations, ",")
	}
	for n := range strings.SplitSeq(*inFlight, ",") {
		depth, err := strconv.Atoi(n)
		if err != nil || depth < 1 {
			return nil, fmt.Errorf("-inflight: %q is no number of requests", n)
		}
		o.load.InFlight = append(o.load.InFlight, depth)
	}
	if o.delay < 0 {
		return nil, fmt.Errorf("-delay: %v is no round trip", o.delay)
	}
	if o.load.Connections < 1 || o.load.Rounds < 1 || o.starts < 1 {
		return nil, fmt.Errorf("at least one connection, round and start")
	}
	return o, nil
}

func run(o *options) error {
	dir, err := os.MkdirTemp(o.dir, "zkload-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c := &comparison{options: o, dir: dir, programs: []zkproc.Program{
		zkproc.Debian(append(zkproc.DebianJVM, strings.Fields(o.jvm)...)),
		zkproc.Zoosh(o.zoosh, !o.memory),
	}}
	if o.memory {
		fmt.Println("zoosh keeps its data in memory, ZooKeeper on disk.")
	}
	return c.run()
}

// progress tells on standard error what is being done.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}
