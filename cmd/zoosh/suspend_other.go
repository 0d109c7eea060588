//go:build !unix

package main

// suspend does nothing: processes are not suspended here.
func suspend() {}
