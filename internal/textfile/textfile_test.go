package textfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestTrim(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a": "a", "\ufeffa": "a", "\ufeff": "", "\ufeff\ufeffa": "\ufeffa", "a\ufeff": "a\ufeff", "\xef\xbb": "\xef\xbb", "\xef\xbbx": "\xef\xbbx",
	} {
		if got := Trim([]byte(text)); string(got) != want {
			t.Errorf("%q: %q", text, got)
		}
		r := bufio.NewReader(strings.NewReader(text))
		Skip(r)
		if got, err := io.ReadAll(r); err != nil || string(got) != want {
			t.Errorf("%q is skipped to %q, %v", text, got, err)
		}
		name := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(name); err != nil || string(got) != want {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// TestSkipDoesNotWait for more than the first byte where that is none of a mark.
func TestSkipDoesNotWait(t *testing.T) {
	r, w := io.Pipe()
	go w.Write([]byte("q"))
	in := bufio.NewReader(r)
	Skip(in)
	if b, err := in.ReadByte(); b != 'q' || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}

func allLines(text string, most int) (lines []string, err error) {
	l := NewLines(iotest.HalfReader(strings.NewReader(text)), most)
	for {
		line, err := l.Next()
		if err != nil {
			return lines, err
		}
		lines = append(lines, string(line))
		if l.Number() != len(lines) {
			return lines, errors.New("lines are counted otherwise")
		}
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, c := range []struct {
		text string
		want []string
		err  error
	}{
		{"", nil, io.EOF}, {"\ufeff", nil, io.EOF}, {"a", []string{"a"}, io.EOF}, {"\ufeffa\r\nb\n", []string{"a", "b"}, io.EOF},
		{"a\n\n\ufeffb", []string{"a", "", "\ufeffb"}, io.EOF}, {long + "\n" + long, []string{long, long}, io.EOF},
		{long + "\r\nx", []string{long, "x"}, io.EOF},
		{"a\n" + long + "x\nb", []string{"a"}, &TooLongError{2, 10_000}}, {long + "x", nil, &TooLongError{1, 10_000}},
		{long + "xyz\r\n", nil, &TooLongError{1, 10_000}}, {long + long + long, nil, &TooLongError{1, 10_000}},
	} {
		got, err := allLines(c.text, 10_000)
		if !slices.Equal(got, c.want) || err == nil || err.Error() != c.err.Error() {
			t.Errorf("%.20q: %d lines, %v", c.text, len(got), err)
		}
	}
	broken := errors.New("broken")
	l := NewLines(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), 10)
	if line, err := l.Next(); string(line) != "a" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	if _, err := l.Next(); err != broken {
		t.Errorf("%v: half a line is no line", err)
	}
}

// FuzzLines: the lines are those of the text without its mark, or one was too long.
func FuzzLines(f *testing.F) {
	for _, text := range []string{"", "a\nb", "\ufeffa\r\n", "\xef\xbb\n", "\r\r\n\n", strings.Repeat("x", 200)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		const most = 100
		got, err := allLines(string(text), most)
		var want []string
		for line := range bytes.Lines(Trim(text)) {
			line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
			if len(line) > most {
				var long *TooLongError
				if !errors.As(err, &long) || long.Line != len(want)+1 || !slices.Equal(got, want) {
					t.Fatalf("%q: %q, %v", text, got, err)
				}
				return
			}
			want = append(want, string(line))
		}
		if err != io.EOF || !slices.Equal(got, want) {
			t.Fatalf("%q: %q, %v", text, got, err)
		}
	})
}
