package roles

import (
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// A write that was sent and has no answer may have been done; what was not sent, or
// only reads, was not.
func TestExplainDoubt(t *testing.T) {
	lost := shell.Item{Kind: shell.Done, Code: 1, Err: &wire.Error{Code: wire.ConnectionLoss}}
	doubt := lost
	doubt.Doubt = "it is not known"
	if got := Explain(lost, "en"); !strings.Contains(got, "connection was lost") || strings.Contains(got, "not known") {
		t.Errorf("lost: %q", got)
	}
	if got := Explain(doubt, "en"); !strings.Contains(got, "is not known") {
		t.Errorf("in doubt: %q", got)
	}
}
