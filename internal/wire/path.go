package wire

import (
	"fmt"
	"strings"
)

// PathError says why a path is invalid, in the words of Java's PathUtils.
type PathError struct{ Reason string }

// Error implements error.
func (e *PathError) Error() string { return e.Reason }

// ValidatePath checks a path by the rules of ZooKeeper's PathUtils. Positions in
// messages count UTF-16 units, as Java does. A path that is not valid UTF-8 is
// refused too: Java would have replaced the bytes by a character it then
// refuses. The error is a *PathError.
func ValidatePath(path string) error {
	switch {
	case path == "":
		return &PathError{"Path length must be > 0"}
	case path[0] != '/':
		return &PathError{"Path must start with / character"}
	case path == "/":
		return nil
	case strings.HasSuffix(path, "/"):
		return &PathError{"Path must not end with / character"}
	}
	if reason := invalidPart(path); reason != "" {
		return &PathError{`Invalid path string "` + path + `" caused by ` + reason}
	}
	return nil
}

// ValidateCreatePath is ValidatePath for the path of a create request, to which
// the server will append a number if it is sequential.
func ValidateCreatePath(path string, sequential bool) error {
	if sequential {
		path += "1"
	}
	return ValidatePath(path)
}

// invalidPart finds the first thing that is wrong behind the leading slash.
func invalidPart(path string) string {
	at := 0 // in UTF-16 units
	name := 1
	for off, r := range path {
		ends := off+1 == len(path) || path[off+1] == '/'
		switch {
		case off == 0:
		case r == 0:
			return fmt.Sprintf("null character not allowed @%d", at)
		case r == '/' && name == off:
			return fmt.Sprintf("empty node name specified @%d", at)
		case r == '.' && ends && strings.Trim(path[name:off], ".") == "" && off-name < 2:
			return fmt.Sprintf("relative paths not allowed @%d", at)
		case r <= 0x1f, r >= 0x7f && r <= 0x9f, r >= 0xd800 && r <= 0xf8ff, r >= 0xfff0:
			// Everything beyond U+FFFF is two surrogates to Java, so that no
			// name holds an emoji.
			return fmt.Sprintf("invalid character @%d", at)
		}
		if r == '/' {
			name = off + 1
		}
		if at++; r > 0xffff {
			at++
		}
	}
	return ""
}

// JoinPath is the path of the child name below parent.
func JoinPath(parent, name string) string {
	if parent == "/" {
		return "/" + name
	}
	return parent + "/" + name
}

// SplitPath is the inverse of JoinPath. The parent of "/" is "".
func SplitPath(path string) (parent, name string) {
	i := strings.LastIndexByte(path, '/')
	switch {
	case path == "/" || i < 0:
		return "", path
	case i == 0:
		return "/", path[1:]
	}
	return path[:i], path[i+1:]
}
