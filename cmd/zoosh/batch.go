package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"zoosh/internal/textfile"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/shell/transcript"
	"zoosh/shell/workspace"
)

// runOneShot runs one command and returns its code.
func runOneShot(ctx context.Context, cfg workspace.Config, words []string, std stdio) int {
	ws := workspace.New(cfg)
	session := ws.Add("")
	open := func(ctx context.Context) error { return <-session.Open(ctx) }
	if cfg.Shell.Connect == "" { // the command needs no server
		open = func(context.Context) error { return nil }
	}
	return runBatch(ctx, ws.Stream(), std, batch{open: open, close: func() error { return ws.Close(0) }, feed: func(ctx context.Context) (int, error) {
		return session.Submit(ctx, workspace.Line{Words: words}).Outcome().Code, nil
	}})
}

// runScript runs the lines of standard input and returns the code of the last
// command, as zkCli does: an error does not end it.
func runScript(ctx context.Context, cfg shell.Config, std stdio, rec *transcript.Recording) int {
	cfg.Strict = rec == nil // zoosh test is not strict either
	ws := workspace.New(workspace.Config{Shell: cfg, Script: true, Says: "zoosh: "})
	first := ws.Add(transcript.DefaultSession)
	open := func(ctx context.Context) error {
		if err := <-first.Open(ctx); err != nil || rec == nil {
			return err
		}
		notes, err := ws.StartRecording(ctx, first.Shell(), *rec)
		for _, n := range notes {
			fmt.Fprintln(std.err, "zoosh: note:", std.safeFor(std.err)(n))
		}
		return err
	}
	return runBatch(ctx, ws.Stream(), std, batch{open: open, close: func() error { return ws.Close(0) }, connections: true, feed: func(ctx context.Context) (int, error) {
		return runLines(ctx, ws, std)
	}})
}

// runLines gives the lines of a script to its sessions, each when the one before it has
// ended: what a line finds is not to depend on those behind it.
func runLines(ctx context.Context, ws *workspace.Workspace, std stdio) (code int, err error) {
	lines, failed := readLines(ctx, std.in)
	for n := 1; ; n++ {
		select {
		case line, ok := <-lines:
			if !ok {
				return code, <-failed
			}
			out := ws.Submit(ctx, workspace.Line{Text: line, Number: n}).Outcome()
			if !out.Dropped {
				code = out.Code
			}
			if out.Err != nil || ws.Quitting() != nil {
				return code, out.Err
			}
		case <-ctx.Done():
			return code, nil
		}
	}
}

// readLines reads lines beside whoever waits for them, so that a signal need not
// wait for a line. When lines is closed, failed tells what ended it, nil at the
// end of the input.
func readLines(ctx context.Context, from io.Reader) (lines <-chan string, failed <-chan error) {
	out, end := make(chan string), make(chan error, 1)
	go func() {
		defer close(out)
		in := bufio.NewReader(from)
		textfile.Skip(in)
		for {
			line, err := in.ReadString('\n')
			if err == nil || line != "" {
				select {
				case out <- strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"):
				case <-ctx.Done():
					err = io.EOF
				}
			}
			switch {
			case errors.Is(err, io.EOF):
				end <- nil
				return
			case err != nil:
				end <- fmt.Errorf("read the script: %w", err)
				return
			}
		}
	}()
	return out, end
}

// drainWait is how long the output may still take once a signal has come: its
// reader may have stopped reading.
const drainWait = time.Second

// A batch is a shell, or several, and the lines for them.
type batch struct {
	open  func(context.Context) error
	close func() error
	feed  func(context.Context) (code int, err error)
	// connections: where JSON is printed, the connection's events are too.
	connections bool
}

// runBatch connects the shells, lets feed give them their lines and writes what
// comes out to the two streams. Connection events are not for scripts, but as JSON. It ends
// early, with its sessions closed, when a signal comes or the output has no reader.
func runBatch(ctx context.Context, stream *shell.Stream, std stdio, b batch) int {
	signal.Ignore(syscall.SIGPIPE) // the write fails instead, and the session can be closed
	ctx, stop := untilSignal(ctx, os.Interrupt)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	written := make(chan error, 1)
	go func() {
		w := batchWriter{stream: stream, std: std, connections: b.connections, met: map[string]bool{}}
		err := w.write()
		if err != nil {
			cancel()
		}
		written <- err
	}()
	// Whoever waits for the reader of the output must not wait for ever.
	release := context.AfterFunc(ctx, stream.Close)
	defer release()

	code := codeOK
	err := b.open(ctx)
	if err == nil {
		code, err = b.feed(ctx)
	}
	stream.Close()
	writeErr := waitWritten(ctx, written)
	sayDoubts(stream, std)
	// zkCli leaves without closing its session; the events of closing it are not
	// part of what the script says.
	closeErr := b.close()
	if errors.Is(writeErr, syscall.EPIPE) {
		return signalled{syscall.SIGPIPE}.code() // as if it had not been ignored
	}
	if code, ended := signalCode(ctx); ended {
		return code
	}
	if writeErr != nil {
		err = errors.Join(fmt.Errorf("write the output: %w", writeErr), err)
	}
	if err == nil && closeErr != nil {
		code = cmp.Or(code, codeFailed) // what the command has to say comes first
	}
	if err := errors.Join(err, closeErr); err != nil {
		complain(std.err, "zoosh:", err)
	}
	if err != nil {
		return codeFailed
	}
	return code
}

// waitWritten waits until everything is written; after the end of ctx not much
// longer.
func waitWritten(ctx context.Context, written <-chan error) error {
	select {
	case err := <-written:
		return err
	case <-ctx.Done():
	}
	late := time.NewTimer(drainWait)
	defer late.Stop()
	select {
	case err := <-written:
		return err
	case <-late.C:
		return nil
	}
}

// sayDoubts says what came too late for the output, whose writer may have ended with
// ctx: that it is not known what a command has done.
func sayDoubts(stream *shell.Stream, std stdio) {
	late := slices.DeleteFunc(stream.Left(), func(it shell.Item) bool { return it.Kind > shell.Stderr || it.Doubt == "" })
	if len(late) == 0 {
		return
	}
	said := make(chan struct{})
	go func() {
		defer close(said)
		for _, it := range late {
			to := std.err
			if it.Kind == shell.Stdout {
				to = std.out
			}
			io.WriteString(to, std.safeFor(to)(it.Text))
		}
	}()
	select {
	case <-said:
	case <-time.After(drainWait):
	}
}

// A batchWriter writes the items of a stream.
type batchWriter struct {
	stream      *shell.Stream
	std         stdio
	connections bool
	met         map[string]bool // the shells that were connected
}

// write writes the items until the stream ends or cannot be written. Output is gathered
// while more is at hand.
func (w *batchWriter) write() error {
	out := bufio.NewWriterSize(w.std.out, 64<<10)
	outText, errText := w.std.safeFor(w.std.out), w.std.safeFor(w.std.err)
	for {
		it, ok := w.stream.Next()
		if !ok {
			return out.Flush()
		}
		var err error
		switch {
		case it.Kind == shell.Mark:
			if q, asked := it.Mark.(*workspace.Question); asked {
				err = out.Flush()
				w.std.answer(q)
			}
		case w.isOutput(&it):
			_, err = out.WriteString(outText(it.Shown()))
		case it.Kind == shell.Stderr, it.Kind == shell.Lost:
			// On a terminal the two streams are one. That a message cannot be
			// said is no reason to stop.
			err = out.Flush()
			io.WriteString(w.std.err, errText(it.Text))
		}
		if err == nil && w.stream.Len() == 0 {
			err = out.Flush()
		}
		if err != nil {
			return err
		}
	}
}

// isOutput tells whether an item goes to standard output. That a shell is connected for
// the first time is what everything else there goes without saying.
func (w *batchWriter) isOutput(it *shell.Item) bool {
	switch it.Kind {
	case shell.Stdout, shell.Watch:
		return true
	case shell.State:
		first := !w.met[it.Shell] && isConnected(it.Event.State)
		w.met[it.Shell] = w.met[it.Shell] || first
		return w.connections && !first && it.Object != ""
	}
	return it.Kind == shell.Lost && it.Object != ""
}

func isConnected(st wire.KeeperState) bool {
	return st == wire.StateSyncConnected || st == wire.StateConnectedReadOnly
}
