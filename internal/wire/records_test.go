package wire

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
)

// recordTypes is every record. The position of one is how the fuzz target names it.
var recordTypes = []Record{
	&ConnectRequest{}, &ConnectResponse{}, &RequestHeader{}, &ReplyHeader{}, &Empty{},
	&Stat{}, &ACL{}, &ClientInfo{}, &CreateRequest{}, &CreateTTLRequest{}, &PathRequest{},
	&Create2Response{}, &PathVersionRequest{}, &PathWatchRequest{}, &SetDataRequest{},
	&SetACLRequest{}, &GetDataResponse{}, &GetACLResponse{}, &GetChildrenResponse{},
	&GetChildren2Response{}, &GetAllChildrenNumberResponse{}, &WhoAmIResponse{}, &AuthPacket{},
	&SASLToken{}, &SetWatches{}, &SetWatches2{}, &AddWatchRequest{}, &WatcherRequest{},
	&WatcherEvent{}, &ReconfigRequest{}, &MultiRequest{}, &MultiResponse{},
	&CreateSessionRequest{}, &ErrorResponse{},
}

// empty makes another record of r's type.
func empty(r Record) Record { return reflect.New(reflect.TypeOf(r).Elem()).Interface().(Record) }

// A shape says what fill puts into the buffers and vectors of a record.
type shape int

const (
	shapeNil shape = iota
	shapeEmpty
	shapeFull
)

func (s shape) String() string { return [...]string{"nil", "empty", "full"}[s] }

// fill gives every field a value of its own.
func fill(v reflect.Value, s shape, next *int) {
	*next++
	switch v.Kind() {
	case reflect.Pointer:
		fill(v.Elem(), s, next)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), s, next)
		}
	case reflect.Int32, reflect.Int64:
		v.SetInt(-int64(*next))
	case reflect.Uint8:
		v.SetUint(uint64(*next))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		if s == shapeFull {
			v.SetString(fmt.Sprintf("/é中\xff %d", *next))
		}
	case reflect.Slice:
		if s == shapeNil {
			return
		}
		n := 0
		if s == shapeFull {
			n = 3
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(v.Index(i), s, next)
		}
	default:
		panic("no rule for " + v.Type().String())
	}
}

// samples are records of every type and shape.
func samples() map[string]Record {
	out := map[string]Record{}
	for _, r := range recordTypes {
		name := reflect.TypeOf(r).Elem().Name()
		out[name+"/zero"] = empty(r)
		switch r.(type) {
		case *MultiRequest, *MultiResponse:
			continue // they hold interfaces: made below
		}
		for _, s := range []shape{shapeNil, shapeEmpty, shapeFull} {
			filled, n := empty(r), 0
			fill(reflect.ValueOf(filled), s, &n)
			out[name+"/"+s.String()] = filled
		}
	}
	for _, s := range []shape{shapeNil, shapeEmpty, shapeFull} {
		var req MultiRequest
		var resp MultiResponse
		n := 0
		for op := lowestOp; op <= highestOp; op++ {
			if body := op.newPart(); body != nil {
				fill(reflect.ValueOf(body), s, &n)
				req.Ops = append(req.Ops, MultiOp{op, body})
			}
			if reply := op.newPartReply(); reply != nil {
				fill(reflect.ValueOf(reply), s, &n)
				resp.Results = append(resp.Results, MultiResult{Op: op, Reply: reply})
			}
		}
		resp.Results = append(resp.Results, MultiResult{Op: OpError, Err: NoNode}, MultiResult{Op: OpError})
		out["MultiRequest/"+s.String()] = &req
		out["MultiResponse/"+s.String()] = &resp
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	for name, want := range samples() {
		t.Run(name, func(t *testing.T) {
			b := Marshal([]byte("before"), want)
			if !bytes.HasPrefix(b, []byte("before")) {
				t.Fatalf("what stood before is %q", b)
			}
			b = b[len("before"):]
			got := empty(want)
			rest, err := Unmarshal(b, got)
			if err != nil || len(rest) != 0 {
				t.Fatalf("%x: %v, %d bytes left", b, err, len(rest))
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("got  %#v\nwant %#v", got, want)
			}
			if again := Marshal(nil, got); !bytes.Equal(again, b) {
				t.Errorf("encodes to %x the first time, to %x the second", b, again)
			}
		})
	}
}

// TestReuse reads into records that hold something already.
func TestReuse(t *testing.T) {
	all := samples()
	for _, r := range recordTypes {
		name := reflect.TypeOf(r).Elem().Name()
		used := all[name+"/full"]
		if _, ok := used.(*ConnectRequest); ok {
			continue // a byte that is not there cannot say that it is false
		}
		if _, ok := used.(*ConnectResponse); ok {
			continue
		}
		if _, err := Unmarshal(Marshal(nil, all[name+"/zero"]), used); err != nil || !reflect.DeepEqual(used, all[name+"/zero"]) {
			t.Errorf("%s: %#v, %v", name, used, err)
		}
	}
}

// TestCutShort leaves off bytes at the end of every sample.
func TestCutShort(t *testing.T) {
	for name, want := range samples() {
		t.Run(name, func(t *testing.T) {
			b := Marshal(nil, want)
			for n := range b {
				got := empty(want)
				rest, err := Unmarshal(b[:n], got)
				if optionalByte(want) && n == len(b)-1 {
					if err != nil {
						t.Errorf("without the last byte: %v", err)
					}
					continue
				}
				if !errors.Is(err, ErrMalformed) || rest != nil {
					t.Errorf("the first %d of %d bytes: %v, %d bytes left", n, len(b), err, len(rest))
				}
			}
		})
	}
}

// optionalByte tells whether r ends with a byte that an old peer leaves out.
func optionalByte(r Record) bool {
	switch r := r.(type) {
	case *ConnectRequest:
		return r.HasReadOnly
	case *ConnectResponse:
		return r.HasReadOnly
	}
	return false
}

func TestBytesBeyond(t *testing.T) {
	want := []byte{1, 2, 3}
	for name, r := range samples() {
		if _, ok := r.(*ConnectRequest); ok && name != "ConnectRequest/full" {
			continue
		}
		if _, ok := r.(*ConnectResponse); ok && name != "ConnectResponse/full" {
			continue
		}
		rest, err := Unmarshal(append(Marshal(nil, r), want...), empty(r))
		if err != nil || !bytes.Equal(rest, want) {
			t.Errorf("%s: %x left, %v", name, rest, err)
		}
	}
}

func TestSeveralRecords(t *testing.T) {
	h, p := RequestHeader{Xid: 7, Op: OpGetACL}, PathRequest{Path: "/a"}
	var gotH RequestHeader
	var gotP PathRequest
	if _, err := Unmarshal(Marshal(nil, &h, &p), &gotH, &gotP); err != nil || gotH != h || gotP != p {
		t.Errorf("%v %v %v", gotH, gotP, err)
	}
	// What follows an error is left alone.
	gotP = PathRequest{Path: "untouched"}
	if _, err := Unmarshal([]byte{1}, &gotH, &gotP); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}

// TestReadIsCopied changes the bytes after they were read.
func TestReadIsCopied(t *testing.T) {
	b := Marshal(nil, &SetDataRequest{Path: "/a", Data: []byte("data")})
	var got SetDataRequest
	if _, err := Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for i := range b {
		b[i] = '!'
	}
	if got.Path != "/a" || string(got.Data) != "data" {
		t.Errorf("%q %q", got.Path, got.Data)
	}
}

func TestOptionalReadOnly(t *testing.T) {
	for _, test := range []struct {
		tail          []byte
		has, readOnly bool
	}{{nil, false, false}, {[]byte{0}, true, false}, {[]byte{1}, true, true}, {[]byte{7}, true, true}} {
		req := ConnectRequest{Passwd: []byte("0123456789abcdef")}
		var got ConnectRequest
		if _, err := Unmarshal(append(Marshal(nil, &req), test.tail...), &got); err != nil {
			t.Fatal(err)
		}
		if got.HasReadOnly != test.has || got.ReadOnly != test.readOnly {
			t.Errorf("%x: has %v, is %v", test.tail, got.HasReadOnly, got.ReadOnly)
		}
		resp := ConnectResponse{Timeout: 5}
		var gotResp ConnectResponse
		if _, err := Unmarshal(append(Marshal(nil, &resp), test.tail...), &gotResp); err != nil {
			t.Fatal(err)
		}
		if gotResp.HasReadOnly != test.has || gotResp.ReadOnly != test.readOnly {
			t.Errorf("response %x: has %v, is %v", test.tail, gotResp.HasReadOnly, gotResp.ReadOnly)
		}
	}
}

func TestCodecSaysWhatItDoes(t *testing.T) {
	var log []string
	Marshal(nil, recordFunc(func(c *Codec) { log = append(log, fmt.Sprint(c.Encoding(), c.Failed())) }))
	Unmarshal([]byte{0, 0, 0, 1, 2}, recordFunc(func(c *Codec) {
		log = append(log, fmt.Sprint(c.Encoding(), c.Failed(), c.Remaining()))
		var n int32
		c.Int32(&n)
		log = append(log, fmt.Sprint(n, c.Remaining()))
		c.Int32(&n)
		log = append(log, fmt.Sprint(n, c.Failed()))
		var l int64
		var b bool
		c.Int64(&l)
		c.Bool(&b)
		log = append(log, fmt.Sprint(l, b, c.Remaining()))
	}))
	want := []string{"true false", "false false 5", "1 1", "1 true", "0 false 1"}
	if !slices.Equal(log, want) {
		t.Errorf("%q, want %q", log, want)
	}
}

type recordFunc func(*Codec)

func (f recordFunc) Jute(c *Codec) { f(c) }

func TestOpenACL(t *testing.T) {
	a := OpenACL()
	if !slices.Equal(a, []ACL{{31, "world", "anyone"}}) {
		t.Error(a)
	}
	a[0].Perms = 0
	if OpenACL()[0].Perms != PermAll {
		t.Error("callers share it")
	}
}

func BenchmarkGetChildren2(b *testing.B) {
	reply := GetChildren2Response{Stat: Stat{NumChildren: 10_000}}
	for i := range 10_000 {
		reply.Children = append(reply.Children, fmt.Sprintf("task-%010d", i))
	}
	encoded := Marshal(nil, &reply)
	b.Run("Marshal", func(b *testing.B) {
		buf := make([]byte, 0, len(encoded))
		b.SetBytes(int64(len(encoded)))
		b.ReportAllocs()
		for b.Loop() {
			buf = Marshal(buf[:0], &reply)
		}
	})
	b.Run("Unmarshal", func(b *testing.B) {
		b.SetBytes(int64(len(encoded)))
		b.ReportAllocs()
		for b.Loop() {
			var got GetChildren2Response
			if _, err := Unmarshal(encoded, &got); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestMultiSize: the size of an operation is that of its encoding.
func TestMultiSize(t *testing.T) {
	for op, r := range map[Op]Record{
		OpCreate: &CreateRequest{}, OpCreateTTL: &CreateTTLRequest{}, OpSetData: &SetDataRequest{},
		OpDelete: &PathVersionRequest{}, OpGetData: &PathWatchRequest{},
	} {
		for _, s := range []shape{shapeNil, shapeEmpty, shapeFull} {
			next := 0
			body := empty(r)
			fill(reflect.ValueOf(body), s, &next)
			one := MultiOp{Op: op, Request: body}
			whole := len(AppendFrame(nil, &RequestHeader{Op: OpMulti}, &MultiRequest{Ops: []MultiOp{one, one}})) - 4
			if got := MultiRest + 2*one.Size(); got != whole {
				t.Errorf("%v, %v: %d, encoded %d", op, s, got, whole)
			}
			if alone := len(AppendFrame(nil, &RequestHeader{Op: op}, body)) - 4; one.SizeAlone() != alone {
				t.Errorf("%v, %v: %d alone, encoded %d", op, s, one.SizeAlone(), alone)
			}
		}
	}
}
