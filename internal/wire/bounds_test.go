package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// allocated is how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLengthsThatCannotBe announces more than there is.
func TestLengthsThatCannotBe(t *testing.T) {
	tests := []struct {
		name  string
		into  Record
		bytes string
	}{
		{"buffer, longer than the rest", &SASLToken{}, "00000004 616263"},
		{"buffer, as long as can be", &SASLToken{}, "7fffffff 616263"},
		{"buffer, negative", &SASLToken{}, "fffffffe 616263"},
		{"buffer, most negative", &SASLToken{}, "80000000"},
		{"string, longer than the rest", &PathRequest{}, "00000002 61"},
		{"string, as long as can be", &PathRequest{}, "7fffffff 61"},
		{"string, negative", &PathRequest{}, "fffffffe 616263"},
		{"vector, one too many", &GetChildrenResponse{}, "00000002 00000000"},
		{"vector, as many as can be", &GetChildrenResponse{}, "7fffffff 00000000"},
		{"vector, negative", &GetChildrenResponse{}, "fffffffe 00000000"},
		{"vector, most negative", &GetChildrenResponse{}, "80000000 00000000"},
		{"vector, more than the smallest elements fill", &GetACLResponse{}, "00000002" + strings.Repeat("00000000", 5)},
		{"vector of pairs", &WhoAmIResponse{}, "7fffffff 00000000 00000000"},
		{"vector, with a string that cannot be", &GetChildrenResponse{}, "00000002 00000000 7fffffff"},
		{"ACL, with a string that cannot be", &GetACLResponse{}, "00000001 0000001f 00000005 776f726c64 7ffffff0"},
		{"ACL, with a negative string", &GetACLResponse{}, "00000001 0000001f fffffff0 00000000"},
		{"second vector", &SetWatches{}, "0000000000000000 00000001 00000001 61 10000000 00000000"},
		{"in a multi", &MultiRequest{}, "00000001 00 ffffffff 00000002 2f61 7fffffff"},
		{"in a multi's reply", &MultiResponse{}, "00000008 00 00000000 7fffffff 00000000"},
		{"multi without an end", &MultiRequest{}, "0000000d 00 ffffffff 00000002 2f61 00000000"},
		{"multi with an operation that cannot stand there", &MultiRequest{}, "00000009 00 ffffffff 00000002 2f61 ffffffff 01 ffffffff"},
		{"multi within a multi", &MultiRequest{}, "0000000e 00 ffffffff ffffffff 01 ffffffff ffffffff 01 ffffffff"},
		{"reply to an operation that cannot stand there", &MultiResponse{}, "00000009 00 00000000 00000002 2f61 ffffffff 01 ffffffff"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := unhex(t, test.bytes)
			var rest []byte
			var err error
			n := allocated(func() { rest, err = Unmarshal(b, test.into) })
			if !errors.Is(err, ErrMalformed) || rest != nil {
				t.Errorf("%v, rest %x", err, rest)
			}
			if n > 16<<10 {
				t.Errorf("%d bytes allocated for %d", n, len(b))
			}
		})
	}
}

func TestMalformedSaysWhere(t *testing.T) {
	_, err := Unmarshal(unhex(t, "00000009 61"), &PathRequest{})
	const want = "malformed record at byte 4: string needs 9 bytes, 1 left"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestVectorCostsNoMoreThanItHolds: each element that is announced must have
// brought its bytes.
func TestVectorCostsNoMoreThanItHolds(t *testing.T) {
	const names = 100_000
	b := binary.BigEndian.AppendUint32(nil, names)
	b = append(b, make([]byte, 4*names)...)
	binary.BigEndian.PutUint32(b[len(b)-4:], 0xfffffff0) // the last one is wrong
	n := allocated(func() {
		if _, err := Unmarshal(b, &GetChildrenResponse{}); !errors.Is(err, ErrMalformed) {
			t.Error(err)
		}
	})
	if n > uint64(len(b))*12 {
		t.Errorf("%d bytes allocated for %d", n, len(b))
	}
}

func TestFrame(t *testing.T) {
	for _, size := range []int{0, 1, 100, frameChunk - 1, frameChunk, frameChunk + 1, 5*frameChunk + 3, MaxFrame - 4} {
		want := SASLToken{Token: bytes.Repeat([]byte{0xa5}, size)}
		framed := AppendFrame([]byte("x"), &want)
		if framed[0] != 'x' {
			t.Fatal("what stood before is gone")
		}
		framed = append(framed[1:], AppendFrame(nil, &Empty{})...)
		for name, r := range map[string]io.Reader{
			"at once": bytes.NewReader(framed), "in halves": iotest.HalfReader(bytes.NewReader(framed)),
			"with the end": iotest.DataErrReader(bytes.NewReader(framed)),
		} {
			b, err := ReadFrame(r, MaxFrame)
			if err != nil {
				t.Fatalf("%d bytes %s: %v", size, name, err)
			}
			var got SASLToken
			if rest, err := Unmarshal(b, &got); err != nil || len(rest) > 0 || !bytes.Equal(got.Token, want.Token) {
				t.Errorf("%d bytes %s: %d came, %v", size, name, len(got.Token), err)
			}
			if b, err = ReadFrame(r, MaxFrame); b == nil || len(b) != 0 || err != nil {
				t.Errorf("%d bytes %s: the empty frame behind it is %x, %v", size, name, b, err)
			}
			if _, err = ReadFrame(r, MaxFrame); err != io.EOF {
				t.Errorf("%d bytes %s: the end is %v", size, name, err)
			}
		}
	}
}

func TestFrameThatIsNone(t *testing.T) {
	tests := []struct {
		name  string
		bytes string
		limit int
		want  error
	}{
		{"nothing", "", MaxFrame, io.EOF},
		{"half a length", "0000", MaxFrame, io.ErrUnexpectedEOF},
		{"a length alone", "00000001", MaxFrame, io.ErrUnexpectedEOF},
		{"less than announced", "00000003 6162", MaxFrame, io.ErrUnexpectedEOF},
		{"negative", "ffffffff", MaxFrame, ErrMalformed},
		{"most negative", "80000000 00", MaxFrame, ErrMalformed},
		{"over the limit", "00000005 6162636465", 4, ErrMalformed},
		{"over ZooKeeper's limit", "00100000", MaxFrame, ErrMalformed},
		{"at the limit, but cut", "000fffff 00", MaxFrame, io.ErrUnexpectedEOF},
		{"as long as can be", "7fffffff", MaxFrame, ErrMalformed},
		{"as long as can be, and nothing forbids it", "7fffffff 00112233", math.MaxInt32, io.ErrUnexpectedEOF},
		{"a little more than is allocated at first", "00010001 00", math.MaxInt32, io.ErrUnexpectedEOF},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := unhex(t, test.bytes)
			var err error
			n := allocated(func() { _, err = ReadFrame(bytes.NewReader(b), test.limit) })
			if !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			if n > 4*frameChunk { // the race detector doubles it
				t.Errorf("%d bytes allocated", n)
			}
		})
	}
}

// TestFrameGrowsWithWhatArrives: a peer that announces much and sends little
// costs little.
func TestFrameGrowsWithWhatArrives(t *testing.T) {
	const sent = 1 << 20
	b := append(unhex(t, "7fffffff"), make([]byte, sent)...)
	n := allocated(func() {
		if _, err := ReadFrame(bytes.NewReader(b), math.MaxInt32); err != io.ErrUnexpectedEOF {
			t.Error(err)
		}
	})
	if n > 16*sent { // growing by doubling, and again twice that under the race detector
		t.Errorf("%d bytes allocated for %d", n, sent)
	}
}

func TestFramePassesErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	for _, size := range []uint32{4, frameChunk + 1} {
		b := binary.BigEndian.AppendUint32(nil, size)
		for _, sent := range [][]byte{nil, b[:2], b, append(b, 1)} {
			r := io.MultiReader(bytes.NewReader(sent), iotest.ErrReader(broken))
			if _, err := ReadFrame(r, MaxFrame); !errors.Is(err, broken) {
				t.Errorf("after %x: %v", sent, err)
			}
		}
	}
}
