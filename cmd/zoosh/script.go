package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"zoosh/internal/textfile"
	"zoosh/shell"
	"zoosh/shell/transcript"
	"zoosh/shell/workspace"
)

// runScript runs the lines of standard input and returns the code of the last
// command, as zkCli does: an error does not end it.
func runScript(ctx context.Context, cfg shell.Config, opts scriptOptions, std stdio, rec *transcript.Recording) int {
	cfg.Strict = rec == nil // zoosh test is not strict either
	pace := opts.pace(cfg.Window, rec != nil)
	ws := workspace.New(workspace.Config{Shell: cfg, Script: true, Ahead: pace.ahead, Says: "zoosh: "})
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
		return runLines(ctx, ws, std, pace)
	}})
}

// A pace is how much of a script is handed over before the first line of that has ended.
type pace struct {
	lines, bytes int
	ahead        bool // requests are sent before those in front of them are answered
	// stops: the script ends at the first line that fails.
	stops bool
}

// scriptOptions is what flags say of scripts.
type scriptOptions struct {
	// newSession has a script go on in a new session when one has expired.
	newSession bool
	// stopOnError ends a script at the first line that fails.
	stopOnError bool
}

// pace is that of a script whose sessions have such a window.
func (o scriptOptions) pace(window int, recorded bool) pace {
	switch {
	case o.stopOnError:
		return pace{lines: 1, stops: true}
	case window == 1, recorded:
		return pace{lines: 1}
	}
	return pace{lines: workspace.LinesAhead, bytes: workspace.BytesAhead, ahead: true}
}

// room tells whether another line may be handed over, with so many lines and bytes not
// ended.
func (p pace) room(lines, bytes int) bool {
	return lines < p.lines && (p.bytes == 0 || bytes < p.bytes)
}

// runLines hands the lines of a script to its sessions and waits for their ends.
func runLines(ctx context.Context, ws *workspace.Workspace, std stdio, pace pace) (code int, err error) {
	lines, failed := readLines(ctx, std.in)
	var under []*workspace.Job // the lines that have not ended, the oldest first
	bytes := 0                 // of them
	for n := 0; lines != nil || len(under) > 0; {
		next, ended := lines, (<-chan struct{})(nil)
		if !pace.room(len(under), bytes) || ws.Quitting() != nil {
			next = nil
		}
		if len(under) > 0 {
			ended = under[0].Done()
		}
		select {
		case line, ok := <-next:
			if !ok {
				lines = nil
				continue
			}
			n++
			bytes += len(line)
			under = append(under, ws.Submit(ctx, workspace.Line{Text: line, Number: n}))
		case <-ended:
			job, out := under[0], under[0].Outcome()
			bytes -= len(job.Text)
			if under = under[1:]; !out.Dropped {
				code = out.Code
			}
			if out.Err != nil || ws.Quitting() != nil && len(under) == 0 { // those behind quit are dropped
				return code, out.Err
			}
			if pace.stops && code != codeOK {
				ws.Put(shell.Item{Kind: shell.Stderr, Text: fmt.Sprintf("zoosh: the script ends at %v, which failed\n", job.Line)})
				return code, nil
			}
		case <-ctx.Done():
			for _, job := range under { // which end with it
				<-job.Done()
			}
			return code, nil
		}
	}
	return code, <-failed
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
