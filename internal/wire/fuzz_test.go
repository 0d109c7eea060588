package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"
)

// FuzzUnmarshal decodes bytes as the record that the first one names. What can be
// decoded must mean the same after it was encoded again.
func FuzzUnmarshal(f *testing.F) {
	for _, r := range samples() {
		for i, of := range recordTypes {
			if reflect.TypeOf(of) == reflect.TypeOf(r) {
				f.Add(Marshal([]byte{byte(i)}, r))
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		kind := recordTypes[int(b[0])%len(recordTypes)]
		b = b[1:]
		first := empty(kind)
		rest, err := Unmarshal(b, first)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("%T: an error of another kind: %v", kind, err)
			}
			return
		}
		if !bytes.HasSuffix(b, rest) {
			t.Fatalf("%T: %x are not the last bytes", kind, rest)
		}
		encoded := Marshal(nil, first)
		second := empty(kind)
		if left, err := Unmarshal(encoded, second); err != nil || len(left) > 0 {
			t.Fatalf("%T: %x became %x, which leaves %x and %v", kind, b, encoded, left, err)
		}
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("%T: %x is %+v, but %x is %+v", kind, b, first, encoded, second)
		}
	})
}

// FuzzReadFrame reads frames from arbitrary bytes, without a limit: what is kept
// for a frame must not exceed what arrived and the first chunk.
func FuzzReadFrame(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0}, 10)
	f.Add([]byte{0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 3}, 10)
	f.Add([]byte{0x7f, 0xff, 0xff, 0xff, 1}, math.MaxInt32)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff}, MaxFrame)
	f.Add(append([]byte{0, 1, 0, 1}, make([]byte, 70000)...), MaxFrame)
	f.Fuzz(func(t *testing.T, b []byte, limit int) {
		r := bytes.NewReader(b)
		for {
			at := len(b) - r.Len()
			frame, err := ReadFrame(r, limit)
			// A buffer at least doubles when it grows.
			if most := 2*len(b) + 2*frameChunk; cap(frame) > most {
				t.Fatalf("%d bytes are held for %d", cap(frame), len(b))
			}
			if err != nil {
				if err != io.EOF && err != io.ErrUnexpectedEOF && !errors.Is(err, ErrMalformed) {
					t.Fatal(err)
				}
				return
			}
			if len(frame) > limit || !bytes.Equal(frame, b[at+4:len(b)-r.Len()]) {
				t.Fatalf("%x is not what stands at byte %d of %x", frame, at, b)
			}
		}
	})
}

// javaReason is Java's rule, from its own point of view: over UTF-16 units.
func javaReason(path string) string {
	units := utf16.Encode([]rune(path))
	for i := 1; i < len(units); i++ {
		name := units[:i+1] // up to here
		for j := i - 1; j >= 0; j-- {
			if units[j] == '/' {
				name = units[j+1 : i+1]
				break
			}
		}
		last := i+1 == len(units) || units[i+1] == '/'
		text := string(utf16.Decode(name))
		switch u := units[i]; {
		case u == 0:
			return fmt.Sprintf("null character not allowed @%d", i)
		case u == '/' && units[i-1] == '/':
			return fmt.Sprintf("empty node name specified @%d", i)
		case last && (text == "." || text == ".."):
			return fmt.Sprintf("relative paths not allowed @%d", i)
		case u < 0x20 || u > 0x7e && u < 0xa0 || u > 0xd7ff && u < 0xf900 || u > 0xffef:
			return fmt.Sprintf("invalid character @%d", i)
		}
	}
	return ""
}

func FuzzValidatePath(f *testing.F) {
	for _, path := range []string{"", "/", "a", "/a/", "//", "/a//b", "/..", "/./.", "/a/.../b", "/\x00", "/é\u009f", "/\uf8ff",
		"/\U0001f600", "/\xff/..", "/中/\ufff0", "/a/b"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		err := ValidatePath(path)
		if err == nil {
			if path == "/" {
				return
			}
			parent, name := SplitPath(path)
			if err := ValidatePath(parent); err != nil {
				t.Errorf("%q is valid, but its parent is not: %v", path, err)
			}
			if strings.Contains(name, "/") || JoinPath(parent, name) != path {
				t.Errorf("%q splits into %q and %q", path, parent, name)
			}
		}
		if path == "" || path == "/" || path[0] != '/' || strings.HasSuffix(path, "/") {
			return
		}
		want := javaReason(path)
		if want != "" {
			want = `Invalid path string "` + path + `" caused by ` + want
		}
		if got := fmt.Sprint(err); err == nil && want != "" || err != nil && got != want {
			t.Errorf("%q: %v, Java says %q", path, err, want)
		}
	})
}
