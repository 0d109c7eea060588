package shell

import (
	"os"
	"testing"
	"time"
)

// TestMain pins the time zone: stats are printed in local time, and the recorded
// ones stand in UTC.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}
