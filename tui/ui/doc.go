// Package ui is what the panes of the TUI are made of: the theme and the frame, text
// that fits, a line and an area to type into, a list, the names of keys, and the
// contract between a pane and the screen it stands on. It knows no pane. All of it is
// used by Bubble Tea's Update and View alone, one goroutine, but for what says
// otherwise.
package ui
