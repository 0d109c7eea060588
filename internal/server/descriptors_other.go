//go:build !unix

package server

// descriptorLimit is not known here.
func descriptorLimit() (limit int, known bool) { return 0, false }
