package profile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"zoosh/internal/textfile"
)

// tooLong bounds a credential: what is longer is none.
const tooLong = 64 << 10

// Credential reads the credential: the first line of the file, or of what the
// command prints. The command may ask for something on the terminal, on streams
// that are not its output. No error shows what was read.
func (a Auth) Credential(ctx context.Context, in io.Reader, errs io.Writer) ([]byte, error) {
	text, err := a.read(ctx, in, errs)
	if err == nil {
		text, err = firstLine(text)
	}
	if err == nil && a.Scheme == "digest" && !bytes.Contains(text, []byte(":")) {
		err = errors.New("it is not user:password")
	}
	if err != nil {
		return nil, fmt.Errorf("the credential of scheme %s, from %s: %w", a.Scheme, a.Source(), err)
	}
	return text, nil
}

// Source is what gives the credential.
func (a Auth) Source() string {
	if a.Command != "" {
		return "command " + a.Command
	}
	return "file " + a.File
}

func (a Auth) read(ctx context.Context, in io.Reader, errs io.Writer) ([]byte, error) {
	if a.Command != "" {
		return a.run(ctx, in, errs)
	}
	file, err := os.Open(a.File)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, tooLong+3))
	return textfile.Trim(text), withoutPath(err)
}

// withoutPath is an error of a file that has been named already.
func withoutPath(err error) error {
	var of *os.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// run runs the command in the system's shell.
func (a Auth) run(ctx context.Context, in io.Reader, errs io.Writer) ([]byte, error) {
	shell := []string{"/bin/sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C"}
	}
	cmd := exec.CommandContext(ctx, shell[0], shell[1], a.Command)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, errs
	cmd.WaitDelay = time.Second // its children may keep the pipe open
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, errors.New("broken off")
		}
		return nil, err
	}
	return out.Bytes(), nil
}

func firstLine(text []byte) ([]byte, error) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	switch {
	case len(strings.TrimSpace(string(line))) == 0:
		return nil, errors.New("its first line is empty")
	case len(text) >= tooLong:
		return nil, errors.New("it is too long for a credential")
	}
	return line, nil
}
