package load

import (
	"strings"
	"testing"
	"time"

	"zoosh/internal/rawzk"
	"zoosh/internal/server"
	"zoosh/internal/server/servertest"
	"zoosh/internal/wire"
)

func TestEveryOperationIsMeasured(t *testing.T) {
	addrs := []string{servertest.Start(t, server.Config{}).Addr(), servertest.Start(t, server.Config{}).Addr()}
	cells, err := Run(Config{
		Connections: 2, InFlight: []int{1, 5}, Size: 10,
		Rounds: 2, Duration: 5 * time.Millisecond, WarmUp: time.Millisecond,
	}, addrs, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 * (len(operations) + 1); len(cells) != want { // delete comes with create
		t.Errorf("%d cells, want %d", len(cells), want)
	}
	for _, cell := range cells {
		if len(cell.Results) != len(addrs) {
			t.Errorf("%s: %d results", cell.Operation, len(cell.Results))
		}
		for _, r := range cell.Results {
			if r.PerSecond <= 0 || r.P50 <= 0 || r.P99 < r.P50 {
				t.Errorf("%s: %+v", cell.Operation, r)
			}
		}
	}
	// What was created was deleted again.
	for _, addr := range addrs {
		if n := children(t, addr, root+"/c0"); n != own {
			t.Errorf("%d znodes are left of a connection, want %d", n, own)
		}
	}
}

func children(t *testing.T, addr, path string) int {
	t.Helper()
	c, err := rawzk.Dial(addr, sessionTimeout)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var r wire.GetChildrenResponse
	if _, err := c.Do(wire.OpGetChildren, &wire.PathWatchRequest{Path: path}, &r); err != nil {
		t.Fatal(err)
	}
	return len(r.Children)
}

// startBench is a bench of one connection to a server of its own.
func startBench(t *testing.T) *bench {
	t.Helper()
	b, err := newBench(servertest.Start(t, server.Config{}).Addr(), Config{Connections: 1, Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	return b
}

func TestARefusedRequestEndsTheMeasuring(t *testing.T) {
	b := startBench(t)
	missing := &operation{name: "missing", request: func(w *worker, _ int) (wire.Op, wire.Record) {
		return wire.OpGetData, &wire.PathWatchRequest{Path: "/missing"}
	}}
	if _, err := b.pair(missing, 3, time.Second); err == nil || !strings.Contains(err.Error(), "NoNode") {
		t.Errorf("%v", err)
	}
}

func TestAMissingNotificationIsNoticed(t *testing.T) {
	b := startBench(t)
	unwatched := &operation{name: "unwatched", request: func(w *worker, i int) (wire.Op, wire.Record) {
		return w.setting(i)
	}, events: func(requests int) int { return requests }}
	if _, err := b.pair(unwatched, 1, time.Millisecond); err == nil || !strings.Contains(err.Error(), "notifications") {
		t.Errorf("%v", err)
	}
}

func TestPlant(t *testing.T) {
	addr := servertest.Start(t, server.Config{}).Addr()
	if err := Plant(addr, 250, 10); err != nil {
		t.Fatal(err)
	}
	if n := children(t, addr, "/planted"); n != 3 {
		t.Errorf("%d parents, want 3", n)
	}
	if n := children(t, addr, "/planted/000001"); n != 100 {
		t.Errorf("%d znodes below the second, want 100", n)
	}
}

func TestUnknownOperation(t *testing.T) {
	if _, err := Run(Config{Operations: []string{"gets"}}, nil, t.Logf); err == nil {
		t.Error("an operation that there is not was measured")
	}
}
