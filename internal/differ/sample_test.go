package differ

import "testing"

// fewer is how many of n runs there are: a tenth with -short, for they are one
// connection's after another, and half of the time is Java's.
func fewer(n int) int {
	if testing.Short() {
		return max(n/10, 1)
	}
	return n
}
