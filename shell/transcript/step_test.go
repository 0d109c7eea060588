package transcript

import (
	"slices"
	"sync"
	"testing"

	"zoosh/shell"
)

// steps is a page in which one session's write fires another's watch, which the
// page shows only later.
var steps = page(
	"'''zk one", "[zk] create /a x", "Created /a", "[zk] stat /a", "cZxid = 0x2", "...", "[zk] get -w /a", "x", "'''",
	"'''zk two", "[zk] get -s /a", "x", "cZxid = 0x2", "...", "[zk] set /a y", "'''",
	"'''zk one", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDataChanged path:/a", "[zk] get /a", "y", "'''",
)

func begin(t *testing.T, src string, opt Options) (*Page, *Replay) {
	t.Helper()
	p, err := Parse("test.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	opt.Dialect = shell.D38
	r, err := Begin(p, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return p, r
}

// TestStepByStep wants each step's differences as soon as it was run, and no
// complaint about what the page is going to show.
func TestStepByStep(t *testing.T) {
	var mu sync.Mutex
	var opened []string
	kinds := map[string][]shell.Kind{}
	opt := quick
	opt.New = func(cfg shell.Config) *shell.Shell {
		opened = append(opened, cfg.Name)
		take := cfg.Sink
		cfg.Sink = func(it shell.Item) {
			take(it)
			mu.Lock()
			defer mu.Unlock()
			kinds[it.Shell] = append(kinds[it.Shell], it.Kind)
		}
		return shell.New(cfg)
	}
	p, r := begin(t, steps, opt)
	for i := range p.Steps {
		if r.Next() != i {
			t.Fatalf("step %d is next, not %d", r.Next(), i)
		}
		if err := r.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if res := r.Result(); len(res.Diffs) > 0 {
			t.Errorf("behind step %d:\n%v", i, res)
		}
	}
	if !slices.Equal(opened, []string{"one", "two"}) {
		t.Errorf("opened %v", opened)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, k := range []shell.Kind{shell.Began, shell.Watch, shell.Stdout, shell.Done} {
		if !slices.Contains(kinds["one"], k) {
			t.Errorf("no item of kind %d", k)
		}
	}
}

// TestStepThatDiffers wants a wrong line found at its own step, and not before.
func TestStepThatDiffers(t *testing.T) {
	p, r := begin(t, page("'''zk", "[zk] create /a x", "Created /a", "[zk] get /a", "z", "[zk] get /a", "x", "'''"), quick)
	for i, want := range []int{0, 1, 1} {
		if err := r.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		res := r.Result()
		if len(res.Diffs) != want {
			t.Fatalf("behind step %d:\n%v", i, res)
		}
		if want > 0 && p.StepOf(res.Diffs[0].Line) != 1 {
			t.Errorf("line %d is said to be of step %d", res.Diffs[0].Line, p.StepOf(res.Diffs[0].Line))
		}
	}
}

// TestYield has somebody else run the steps, in words of their own and after a
// mistake each time.
func TestYield(t *testing.T) {
	p, r := begin(t, steps, quick)
	own := []string{"create  /a  x", "stat /a ", "get /a -w", "get /a -s", "set /a y -v 0", "", "get /a"}
	for i := range p.Steps {
		if err := r.Yield(t.Context()); err != nil {
			t.Fatal(err)
		}
		if own[i] != "" {
			sh := r.Shell(p.Steps[i].Session)
			sh.Run(t.Context(), "get /nope")
			sh.Run(t.Context(), own[i])
		}
		if err := r.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if res := r.Result(); len(res.Diffs) > 0 || res.Events != 1 {
		t.Errorf("%d events, differs:\n%v", res.Events, res)
	}
}

// TestWaitingIsTold wants to hear once of an event that has not come yet.
func TestWaitingIsTold(t *testing.T) {
	var told []int
	opt := quick
	opt.Waiting = func(step int) { told = append(told, step) }
	_, r := begin(t, page("'''zk", "[zk] get -w /zookeeper", "", "WATCHER::", "", "WatchedEvent never", "'''"), opt)
	if err := r.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(told, []int{0}) {
		t.Errorf("%v", told)
	}
	if res := r.Result(); len(res.Diffs) != 1 {
		t.Errorf("%v", res)
	}
}
