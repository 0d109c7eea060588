//go:build !unix

package jobcontrol

// A Watch does nothing: processes are not stopped here.
type Watch struct{}

// Start watches for nothing.
func Start(Hooks) *Watch { return &Watch{} }

// Suspend does nothing.
func (w *Watch) Suspend() error { return ErrNobody }

// Close ends nothing.
func (w *Watch) Close() {}
