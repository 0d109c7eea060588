package shell

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// repeat is an endless reader of a character, which tells how much was read.
type repeat struct{ read int }

func (r *repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	r.read += len(p)
	return len(p), nil
}

// TestInputGoesUpToTheLimit: data from standard input is as long as jute.maxbuffer lets
// a request be, and never cut.
func TestInputGoesUpToTheLimit(t *testing.T) {
	srv := startServer(t, server.Config{MaxBuffer: 4 << 20})
	limits := []int{0, 1000, 4 << 20}
	if testing.Short() {
		limits = []int{0, 1000}
	}
	for _, limit := range limits {
		most := limit
		if limit == 0 {
			most = wire.MaxFrame
		}
		sizes := []int{0, 1, most - 200, most, most + 1, 1<<20 + 1, 3_000_000}
		if testing.Short() { // one that fits and one that does not
			sizes = []int{most - 200, most + 1}
		}
		for _, size := range sizes {
			fits := size <= most-200
			data := strings.Repeat("x", size)
			x := openOn(t, srv, Config{Target: session.Target{MaxRequest: limit}, Dialect: D39, Input: strings.NewReader(data)})
			for _, line := range []string{"create /a -", "set /a -", "set -b /a -"} {
				input := data
				if size == 0 && strings.Contains(line, "-b") {
					continue // is no base64
				}
				if strings.Contains(line, "-b") {
					input = base64.StdEncoding.EncodeToString([]byte(data)) + "\n"
				}
				if line != "create /a -" {
					x.do("create /a old")
				}
				x.sh.cfg.Input = strings.NewReader(input)
				_, err, code := x.run(line)
				got, _, getErr := x.sh.Session().Get(t.Context(), "/a", nil)
				switch {
				case fits && (code != 0 || string(got) != data):
					t.Errorf("limit %d, %d bytes, %s: %d, %q, %d bytes are there", limit, size, line, code, err, len(got))
				case !fits && (code != 1 || len(got) > 3):
					t.Errorf("limit %d, %d bytes, %s: %d, %q, %d bytes are there", limit, size, line, code, err, len(got))
				case !fits && !strings.Contains(err, fmt.Sprint(most)) && !strings.HasPrefix(line, "set -b"):
					t.Errorf("limit %d, %d bytes, %s: %q does not tell the limit", limit, size, line, err)
				}
				if getErr == nil { // however it came about
					x.do("delete /a")
				}
			}
		}
	}
}

// TestInputHasAnEnd: no more is read than can be wanted.
func TestInputHasAnEnd(t *testing.T) {
	for _, line := range []string{"create /a -", "set /a -", "set -b /a -", "multi -"} {
		in := &repeat{}
		x := open(t, Config{Dialect: D39, Input: in})
		if _, err, code := x.run(line); code != 1 || !strings.Contains(err, "jute.maxbuffer") || in.read > 3*wire.MaxFrame {
			t.Errorf("%s: %q, %d, after %d bytes", line, err, code, in.read)
		}
	}
	lines := io.MultiReader(strings.NewReader("create /a x\n"), strings.NewReader(strings.Repeat("create /b "+strings.Repeat("x", 1000)+"\n", 10_000)))
	x := open(t, Config{Dialect: D39, Input: lines})
	x.want("multi -", "", "the request has more than 1048575 bytes in its operations, which is the most that a server takes (jute.maxbuffer): nothing was written; "+session.LongerRequests+"\n", 1)
}

// TestMultiOfLongLines: a line may be as long as a request.
func TestMultiOfLongLines(t *testing.T) {
	if testing.Short() {
		t.Skip("it is much data for one goroutine")
	}
	srv := startServer(t, server.Config{MaxBuffer: 4 << 20})
	data := strings.Repeat("y", 3_000_000)
	text := "create /m ''\nset /m '" + data + "'\n"
	x := openOn(t, srv, Config{Target: session.Target{MaxRequest: 4 << 20}, Dialect: D39, Input: strings.NewReader(text)})
	x.want("multi -", "1 create /m: created /m\n2 set /m: version 1\n", "", 0)
	x.want("get /m", data+"\n", "", 0)
	y := openOn(t, srv, Config{Dialect: D39, Input: strings.NewReader(strings.ReplaceAll(text, "/m", "/n"))})
	y.want("multi -", "", "the request has more than 1048575 bytes in line 2, which is the most that a server takes (jute.maxbuffer): nothing was written; "+session.LongerRequests+"\n", 1)
	y.want("exists /n", "false\n", "", 1)
}

// TestLongLinesOfExports: data whose JSON is beyond 64 MiB comes back.
func TestLongLinesOfExports(t *testing.T) {
	if testing.Short() {
		t.Skip("it is much data")
	}
	const size = 12 << 20 // \u0001 for each byte
	srv := startServer(t, server.Config{MaxBuffer: 16 << 20})
	x := openOn(t, srv, Config{Target: session.Target{MaxRequest: 16 << 20}, Dialect: D39, Quiet: true, Input: strings.NewReader(strings.Repeat("\x01", size))})
	t.Chdir(t.TempDir())
	x.do("create /a -", "export /a a.json", "import a.json /b")
	x.want("diff /a /b", "", "", 0)
	y := openOn(t, srv, Config{Dialect: D39, Quiet: true})
	y.want("import a.json /c", "", "a.json: read the export: line 2 has more than 67108864 bytes, which is the most\n", 1)
}
