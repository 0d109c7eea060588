package shell

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"zoosh/internal/fault"
	"zoosh/internal/session"
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
	most := c.mostText()
	go func() { // beside, so that an interrupt need not wait for the input
		var r result
		r.err = fault.Do(func() (err error) {
			r.data, err = io.ReadAll(io.LimitReader(c.sh.cfg.Input, int64(most)+1))
			return err
		})
		read <- r
	}()
	select {
	case r := <-read:
		if r.err != nil {
			return nil, fmt.Errorf("read the data: %w", r.err)
		}
		if len(r.data) > most {
			return nil, c.tooMuch("of data")
		}
		if c.has("b") { // as base64 writes it, a line has an end
			return bytes.Map(withoutLineEnds, r.data), nil
		}
		return r.data, nil
	case <-c.ctx.Done():
		return nil, c.ctx.Err()
	}
}

func withoutLineEnds(r rune) rune {
	if r == '\n' || r == '\r' {
		return -1
	}
	return r
}

// maxRequest is how many bytes a request may have: jute.maxbuffer, where it is known.
func (sh *Shell) maxRequest() int {
	if sh.cfg.MaxRequest > 0 {
		return sh.cfg.MaxRequest
	}
	return wire.MaxFrame
}

// mostText is how much text is read for data that a request may hold: base64 with its
// line ends is less than half as long again.
func (c *Call) mostText() int {
	if c.has("b") {
		return c.sh.maxRequest() / 2 * 3
	}
	return c.sh.maxRequest()
}

// tooMuch refuses input that no request can hold: cut off, it would be something else.
func (c *Call) tooMuch(where string) error {
	return failf("the request has more than %d bytes %s, which is the most that a server takes (jute.maxbuffer): nothing was written; %s",
		c.sh.maxRequest(), where, session.LongerRequests)
}

// A dataForm is how get writes data: as it is, or what -b and -x make of it.
type dataForm struct {
	base64, hex bool
	alone       bool // -n: to the byte, without an end of line
	raw         bool // data that is no text is as with alone
}

// dataForm is the form that the options and Config.Raw ask for.
func (c *Call) dataForm() dataForm {
	return dataForm{base64: c.has("b"), hex: c.has("x"), alone: c.has("n"), raw: c.sh.cfg.Raw && !c.has("s")}
}

func (f dataForm) asIs() bool { return !f.base64 && !f.hex }

// withEnd is what get prints: zkCli ends every data's last line.
func (f dataForm) withEnd(text string, data []byte) string {
	switch {
	case f.asIs() && f.alone:
		return string(data)
	case !f.endsLine(data):
		return text
	}
	return text + "\n"
}

// endsLine tells whether get ends the line behind the data.
func (f dataForm) endsLine(data []byte) bool {
	return !f.alone && !(f.asIs() && f.raw && !utf8.Valid(data))
}
