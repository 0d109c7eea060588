package shell

import (
	"fmt"
	"io"
	"unicode/utf8"

	"zoosh/internal/fault"
	"zoosh/internal/wire"
)

// dataArg is data as an argument gives it: itself, or for "-" what standard input
// holds, where that is not where the commands come from.
func (c *Call) dataArg(text string) ([]byte, error) {
	if text != "-" || c.sh.cfg.Input == nil {
		return []byte(text), nil
	}
	type result struct {
		data []byte
		err  error
	}
	read := make(chan result, 1)
	go func() { // beside, so that an interrupt need not wait for the input
		// A byte more than any server takes, so that too much is noticed.
		var r result
		r.err = fault.Do(func() (err error) {
			r.data, err = io.ReadAll(io.LimitReader(c.sh.cfg.Input, wire.MaxFrame+1))
			return err
		})
		read <- r
	}()
	select {
	case r := <-read:
		if r.err != nil {
			return nil, fmt.Errorf("read the data: %w", r.err)
		}
		return r.data, nil
	case <-c.ctx.Done():
		return nil, c.ctx.Err()
	}
}

// withEnd is what get prints: zkCli ends every data's last line, which -n does
// not, nor Config.Raw if the data is no text. -b and -x make text of it.
func (c *Call) withEnd(text string, data []byte) string {
	asIs := !c.has("b") && !c.has("x")
	switch {
	case asIs && c.has("n"):
		return string(data)
	case c.has("n"), asIs && c.sh.cfg.Raw && !c.has("s") && !utf8.Valid(data):
		return text
	}
	return text + "\n"
}
