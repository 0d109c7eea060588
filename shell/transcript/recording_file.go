package transcript

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"zoosh/internal/localfile"
	"zoosh/shell"
)

// A recordingFile is what is written to: a file that always has a whole page, or a stream, which
// gets the page when it is over, for what was written of it may still change.
type recordingFile struct {
	*os.File
	to *os.File // the stream; nil if the file itself is the recording
}

// pipeWait is how long a named pipe is waited for until somebody reads it.
var pipeWait = 5 * time.Second

func openRecordingFile(name string, force bool) (*recordingFile, error) {
	if name == "-" || localfile.Output(name) {
		return nil, fmt.Errorf("%s is the output, which has the session already: name a file", name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), pipeWait)
	defer cancel()
	f, regular, err := localfile.Create(ctx, name, force)
	if err != nil || regular {
		return &recordingFile{File: f}, err
	}
	spool, err := localfile.Spool()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &recordingFile{spool, f}, nil
}

// Close ends the recording.
func (r *recordingFile) Close() error {
	if r.to == nil {
		return r.File.Close()
	}
	_, err := r.Seek(0, io.SeekStart)
	if err == nil {
		_, err = io.Copy(shell.SafeFor(r.to), r.File)
	}
	err = errors.Join(err, r.to.Close(), r.File.Close())
	os.Remove(r.Name())
	return err
}
