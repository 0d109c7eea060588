package ui

import "testing"

// TestPushed keeps the newest in order, in memory that does not grow.
func TestPushed(t *testing.T) {
	var store, rows []int
	next := func(i int) {
		if rows = Pushed(&store, rows, i); len(rows) > 100 {
			rows = rows[len(rows)-100:]
		}
	}
	for i := range 1000 {
		next(i)
	}
	i := 1000
	if n := testing.AllocsPerRun(1000, func() { next(i); i++ }); n > 0 {
		t.Errorf("%v allocations a row", n)
	}
	for k, row := range rows {
		if row != i-100+k {
			t.Fatalf("row %d is %d of %d", k, row, i)
		}
	}
}
