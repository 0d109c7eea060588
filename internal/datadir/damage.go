package datadir

import "fmt"

// Damage says where a file is not what it should be.
type Damage struct {
	File   string
	Offset int64 // in bytes; of a compressed file, in what it unpacks to
	Reason string
	// Torn tells that this is what a crash leaves at the end of a log: a record
	// that was being written, with nothing after it.
	Torn bool
}

// Error implements error.
func (d *Damage) Error() string {
	what := "damaged"
	if d.Torn {
		what = "torn"
	}
	return fmt.Sprintf("%s is %s at byte %d: %s", d.File, what, d.Offset, d.Reason)
}
