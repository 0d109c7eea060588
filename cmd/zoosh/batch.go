package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"zoosh/shell"
)

// runOneShot runs one command and returns its code.
func runOneShot(ctx context.Context, cfg shell.Config, words []string, std stdio) int {
	return runBatch(ctx, cfg, std, func(ctx context.Context, sh *shell.Shell) error {
		sh.RunWords(ctx, words)
		return nil
	})
}

// runScript runs the lines of standard input and returns the code of the last
// command, as zkCli does: an error does not end it.
func runScript(ctx context.Context, cfg shell.Config, std stdio) int {
	cfg.Strict = true
	return runBatch(ctx, cfg, std, func(ctx context.Context, sh *shell.Shell) error {
		in := bufio.NewReader(std.in)
		for !sh.Quitting() && ctx.Err() == nil {
			line, err := in.ReadString('\n')
			if err == nil || line != "" {
				sh.Run(ctx, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("read the script: %w", err)
			}
		}
		return nil
	})
}

// runBatch connects a shell, lets feed give it its lines and writes what comes
// out to the two streams. Connection events are not for scripts.
func runBatch(ctx context.Context, cfg shell.Config, std stdio, feed func(context.Context, *shell.Shell) error) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	stream := shell.NewStream()
	cfg.Sink = stream.Put
	written := make(chan struct{})
	go func() {
		defer close(written)
		writeBatch(stream, std)
	}()
	sh := shell.New(cfg)
	err := sh.Open(ctx)
	if err == nil {
		err = feed(ctx, sh)
	}
	stream.Close()
	<-written
	// zkCli leaves without closing its session; the events of closing it are not
	// part of what the script says.
	err = errors.Join(err, sh.Close())
	switch {
	case err != nil:
		fmt.Fprintln(std.err, "zoosh:", err)
		return codeFailed
	case ctx.Err() != nil:
		return codeInterrupted
	}
	return sh.Code()
}

// writeBatch writes the items of a stream until it ends. Output is gathered
// while more is at hand.
func writeBatch(stream *shell.Stream, std stdio) {
	out := bufio.NewWriterSize(std.out, 64<<10)
	defer out.Flush()
	outText, errText := safeFor(std.out), safeFor(std.err)
	for {
		it, ok := stream.Next()
		if !ok {
			return
		}
		switch it.Kind {
		case shell.Stdout, shell.Watch:
			out.WriteString(outText(it.Text))
		case shell.Stderr, shell.Lost:
			out.Flush() // on a terminal the two streams are one
			io.WriteString(std.err, errText(it.Text))
		}
		if stream.Len() == 0 {
			out.Flush()
		}
	}
}
