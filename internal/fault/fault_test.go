package fault

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

type list struct{ items []int }

func (l *list) broken(i int) int { return l.items[i] }

func TestDo(t *testing.T) {
	plain := errors.New("plain")
	if err := Do(func() error { return plain }); err != plain {
		t.Errorf("%v", err)
	}
	if err := Do(func() error { return nil }); err != nil {
		t.Errorf("%v", err)
	}
	for name, c := range map[string]struct {
		f    func() error
		want string
	}{
		"nil pointer": {func() error { var l *list; l.broken(0); return nil }, "runtime error: invalid memory address or nil pointer dereference"},
		"index":       {func() error { (&list{}).broken(3); return nil }, "runtime error: index out of range [3] with length 0"},
		"text":        {func() error { panic("boom") }, "boom"},
		"long":        {func() error { panic(strings.Repeat("é", 10_000)) }, strings.Repeat("é", 200) + "…"},
		"nil":         {func() error { panic(nil) }, new(runtime.PanicNilError).Error()},
	} {
		err := Do(c.f)
		e := Of(fmt.Errorf("wrapped: %w", err))
		if e == nil || e.Value != c.want || err.Error() != "a fault of zoosh itself: "+c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStack: the stack begins where the panic was, and has neither what recovered it
// nor what lies below Do.
func TestStack(t *testing.T) {
	e := Of(Do(func() error { (&list{}).broken(3); return nil }))
	if len(e.Stack) != 2 || !strings.HasPrefix(e.Stack[0], "fault.(*list).broken (fault_test.go:") || !strings.HasPrefix(e.Stack[1], "fault.TestStack.func1 (fault_test.go:") {
		t.Errorf("%q", e.Stack)
	}
	inner := Of(Do(func() error { panic(e) }))
	if inner != e {
		t.Errorf("%v: another stack in place of its own", inner)
	}
	var deep func(n int)
	deep = func(n int) {
		if n == 0 {
			panic("deep")
		}
		deep(n - 1)
	}
	if e := Of(Do(func() error { deep(1000); return nil })); len(e.Stack) != maxStack {
		t.Errorf("%d functions", len(e.Stack))
	}
}

func TestReport(t *testing.T) {
	e := &Error{Value: "two\nlines", Stack: []string{"a.b (c.go:1)"}}
	if got := e.Report("ls /"); !strings.HasPrefix(got, "  zoosh ") || !strings.HasSuffix(got, "\n  ls /\n  panic: two lines\n    a.b (c.go:1)\n") {
		t.Errorf("%q", got)
	}
}

// TestGo: what panics in a goroutine panics where it is waited for, and is one fault.
func TestGo(t *testing.T) {
	ran := false
	Go(func() { ran = true })()
	err := Do(func() error { Go(func() { (&list{}).broken(3) })(); return nil })
	f := Of(err)
	if !ran || f == nil || !strings.HasPrefix(f.Value, "runtime error: index") || !strings.Contains(strings.Join(f.Stack, "\n"), "broken") {
		t.Errorf("%v, %v, %+v", ran, err, f)
	}
}
