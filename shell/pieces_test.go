package shell

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"zoosh/internal/wire"
)

// pieceCall is a call whose output is gathered, and how long its longest piece is.
func pieceCall(t *testing.T, raw bool, opts ...string) (c *Call, out *strings.Builder, longest *int) {
	t.Helper()
	out, longest = &strings.Builder{}, new(int)
	sh := New(Config{Raw: raw, Sink: func(it Item) {
		if strings.ToValidUTF8(it.Text, "") != it.Text && utf8.ValidString(out.String()+it.Text) {
			t.Error("a piece ends within a character")
		}
		out.WriteString(it.Text)
		*longest = max(*longest, len(it.Text))
	}})
	c = &Call{ctx: t.Context(), sh: sh, opts: options{}}
	for _, o := range opts {
		c.opts[o] = ""
	}
	return c, out, longest
}

// manyData is data that is put out in pieces: characters of all lengths, and bytes.
func manyData() (text, binary []byte) {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(1, 2))
	for b.Len() < piecesFrom+100_000 {
		b.WriteString([]string{"a", "é", "\u2028", "😀", "<&>", "\"\\", "\n", "\x00", "\t", "\x7f"}[r.IntN(10)])
	}
	binary = make([]byte, piecesFrom+12_345)
	for i := range binary {
		binary[i] = byte(r.Uint32())
	}
	return b.Bytes(), binary
}

// TestPiecesAreTheWhole: what is put out in pieces is to the byte what it is as a whole.
func TestPiecesAreTheWhole(t *testing.T) {
	text, binary := manyData()
	for _, data := range [][]byte{text, binary} {
		for _, raw := range []bool{false, true} {
			for _, opts := range [][]string{{}, {"n"}, {"b"}, {"x"}, {"b", "n"}, {"x", "n"}, {"s"}} {
				c, out, longest := pieceCall(t, raw, opts...)
				want := string(data)
				switch {
				case c.has("x"):
					want = hexDump(data)
				case c.has("b"):
					want = base64.StdEncoding.EncodeToString(data)
				}
				form := c.dataForm()
				want = form.withEnd(want, data)
				p := c.printer()
				w := p.text()
				w.data(data, form)
				p.flush()
				if w.err != nil || out.String() != want {
					t.Errorf("get %v, raw %v, of text %v: %v, %d bytes, want %d", opts, raw, &data[0] == &text[0], w.err, out.Len(), len(want))
				}
				if *longest > 8*pieceSize {
					t.Errorf("get %v: a piece has %d bytes", opts, *longest)
				}
			}
		}
		c, out, longest := pieceCall(t, false)
		z := jsonZnode{Path: `/a"data":""base64":"`, Stat: statJSON(&wire.Stat{Czxid: 7})}
		if err := c.objectOfData(z, data); err != nil {
			t.Fatal(err)
		}
		z.jsonData = dataJSON(data)
		if want, _ := objectLine(z); out.String() != want {
			t.Errorf("JSON has %d bytes, want %d", out.Len(), len(want))
		}
		if *longest > 8*pieceSize {
			t.Errorf("a piece of JSON has %d bytes", *longest)
		}
	}
	var names []string
	for i := range 300_000 {
		names = append(names, fmt.Sprintf("näme-%d", i))
	}
	c, out, longest := pieceCall(t, false)
	p := c.printer()
	p.text().names(names)
	p.flush()
	if want := "[" + strings.Join(names, ", ") + "]\n"; out.String() != want || *longest > pieceSize {
		t.Errorf("%d bytes of names, want %d; the longest piece has %d", out.Len(), len(want), *longest)
	}
}

// TestStreamBoundsBytes: output waits while much of it is unread, and events that do not
// fit are counted, whatever their number.
func TestStreamBoundsBytes(t *testing.T) {
	s := NewStream()
	long := strings.Repeat("x", 1<<20)
	done := make(chan bool)
	go func() {
		for range 20 {
			s.Put(Item{Kind: Stdout, Text: long})
		}
		close(done)
	}()
	for s.Len() < streamBacklogBytes/len(long) {
		runtime.Gosched()
	}
	select {
	case <-done:
		t.Error("all of the output was taken at once")
	default:
	}
	for range 100 {
		it := Item{Kind: Watch}
		it.Event.Path = long
		s.Put(it)
	}
	lost, held := 0, 0
	go func() { <-done; s.Close() }()
	for {
		it, ok := s.Next()
		if !ok {
			break
		}
		lost += it.Count
		if it.Kind == Watch {
			held++
		}
	}
	if lost == 0 || held == 0 || lost+held != 100 || held > streamLimitBytes>>20 {
		t.Errorf("%d events lost, %d kept", lost, held)
	}
}
