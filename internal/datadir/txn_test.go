package datadir

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

var sampleACL = []wire.ACL{{Perms: wire.PermRead, Scheme: "ip", ID: "10.0.0.0/8"}, {Perms: wire.PermAll, Scheme: "auth"}}

// sampleTxns are one of each kind, with zxids from first on.
func sampleTxns(first int64) []*Txn {
	bodies := []struct {
		op   wire.Op
		body wire.Record
	}{
		{wire.OpCreateSession, &CreateSessionTxn{Timeout: 30000}},
		{wire.OpCreate, &CreateTxn{Path: "/a", Data: []byte("hi"), ACL: wire.OpenACL(), ParentCversion: 1}},
		{wire.OpCreate2, &CreateTxn{Path: "/a/é", ACL: sampleACL, Ephemeral: true, ParentCversion: 1}},
		{wire.OpCreateContainer, &CreateContainerTxn{Path: "/c", Data: []byte{}, ACL: []wire.ACL{}, ParentCversion: 2}},
		{wire.OpCreateTTL, &CreateTTLTxn{Path: "/t", Data: []byte{0}, ParentCversion: 3, TTL: 1000}},
		{wire.OpSetData, &SetDataTxn{Path: "/a", Data: bytes.Repeat([]byte("x"), 30), Version: 1}},
		{wire.OpReconfig, &SetDataTxn{Path: wire.ConfigPath, Data: []byte("version=1"), Version: -1}},
		{wire.OpSetACL, &SetACLTxn{Path: "/a", ACL: sampleACL, Version: 2}},
		{wire.OpMulti, &MultiTxn{Txns: []SubTxn{
			{wire.OpCheck, &CheckVersionTxn{Path: "/a", Version: 1}},
			{wire.OpCreate2, &CreateTxn{Path: "/m", ACL: wire.OpenACL(), ParentCversion: 4}},
			{wire.OpDelete, &DeleteTxn{Path: "/m"}},
		}}},
		{wire.OpMulti, &MultiTxn{Txns: []SubTxn{
			{wire.OpError, &ErrorTxn{Err: wire.OK}}, {wire.OpError, &ErrorTxn{Err: wire.NoNode}},
		}}},
		{wire.OpMulti, &MultiTxn{Txns: []SubTxn{}}},
		{wire.OpDelete, &DeleteTxn{Path: "/t"}},
		{wire.OpDeleteContainer, &DeleteTxn{Path: "/c"}},
		{wire.OpError, &ErrorTxn{Err: wire.NodeExists}},
		{wire.OpCloseSession, &CloseSessionTxn{Paths: []string{"/a/é"}}},
		{wire.OpCloseSession, &CloseSessionTxn{Paths: []string{}}},
		{wire.OpCloseSession, nil},
	}
	var txns []*Txn
	for i, b := range bodies {
		t := &Txn{Session: 0x100000000000abcd, Cxid: int32(i), Zxid: first + int64(i), Time: 1700000000000 + int64(i), Op: b.op, Body: b.body}
		if i%2 == 1 {
			t.Digest = &Digest{Version: 2, Value: -5}
		}
		txns = append(txns, t)
	}
	return txns
}

func TestTxnRoundTrip(t *testing.T) {
	for _, withDigest := range []bool{false, true} {
		for _, want := range sampleTxns(7) {
			want.Digest = nil
			if withDigest {
				want.Digest = &Digest{Version: 2, Value: 0}
			}
			b := AppendTxn([]byte("x"), want)
			got, err := parseTxn(b[1:])
			if err != nil || b[0] != 'x' || !reflect.DeepEqual(got, want) {
				t.Errorf("%v: %+v with %+v came back as %+v with %+v, %v", want.Op, want, want.Body, got, got, err)
			}
		}
	}
}

// TestTxnBytes reads what zookeeper.jute says.
func TestTxnBytes(t *testing.T) {
	const header = "100000000000abcd 00000005 0000000000000007 0000018bcfe56800 "
	tests := []struct {
		name, bytes string
		want        Txn
	}{
		{"create", header + "00000001 00000002 2f61 00000002 6869 00000000 01 00000009",
			Txn{Op: wire.OpCreate, Body: &CreateTxn{Path: "/a", Data: []byte("hi"), ACL: []wire.ACL{}, Ephemeral: true, ParentCversion: 9}}},
		{"create of a server before 3.4", header + "00000001 00000002 2f61 ffffffff 00000000 00",
			Txn{Op: wire.OpCreate, Body: &CreateTxn{Path: "/a", ACL: []wire.ACL{}, ParentCversion: -1}}},
		{"TTL", header + "00000015 00000002 2f61 ffffffff ffffffff 00000001 00000000000003e8",
			Txn{Op: wire.OpCreateTTL, Body: &CreateTTLTxn{Path: "/a", ParentCversion: 1, TTL: 1000}}},
		{"close", header + "fffffff5 00000001 00000002 2f61", Txn{Op: wire.OpCloseSession, Body: &CloseSessionTxn{Paths: []string{"/a"}}}},
		{"close of nothing", header + "fffffff5 00000000", Txn{Op: wire.OpCloseSession, Body: &CloseSessionTxn{Paths: []string{}}}},
		{"close before 3.6", header + "fffffff5", Txn{Op: wire.OpCloseSession}},
		{"close without paths, with a digest", header + "fffffff5 00000002 0000000000000000",
			Txn{Op: wire.OpCloseSession, Digest: &Digest{Version: 2}}},
		{"close with a digest", header + "fffffff5 00000000 00000002 0123456789abcdef",
			Txn{Op: wire.OpCloseSession, Body: &CloseSessionTxn{Paths: []string{}}, Digest: &Digest{2, 0x0123456789abcdef}}},
		{"multi", header + "0000000e 00000001 00000002 00000006 00000002 2f61",
			Txn{Op: wire.OpMulti, Body: &MultiTxn{Txns: []SubTxn{{wire.OpDelete, &DeleteTxn{Path: "/a"}}}}}},
		{"error and something new", header + "ffffffff ffffff9b 0102", Txn{Op: wire.OpError, Body: &ErrorTxn{Err: wire.NoNode}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.want.Session, test.want.Cxid, test.want.Zxid, test.want.Time = 0x100000000000abcd, 5, 7, 1700000000000
			got, err := parseTxn(unhex(t, test.bytes))
			if err != nil || !reflect.DeepEqual(got, &test.want) {
				t.Errorf("%+v, %v, want %+v", got, err, &test.want)
			}
		})
	}
}

func TestTxnThatIsNone(t *testing.T) {
	const header = "100000000000abcd 00000005 0000000000000007 0000018bcfe56800 "
	tests := []struct{ name, bytes string }{
		{"nothing", ""},
		{"half a header", "100000000000abcd 00000005"},
		{"an operation that is not logged", header + "00000004 00000002 2f61"},
		{"check alone", header + "0000000d 00000002 2f61 00000000"},
		{"no body", header + "00000002"},
		{"a path that is too long", header + "00000002 7fffffff 2f61"},
		{"a multi in a multi", header + "0000000e 00000001 0000000e 00000004 00000000"},
		{"a multi whose part is short", header + "0000000e 00000001 00000002 00000002 0000"},
		{"a multi of very many", header + "0000000e 7fffffff"},
		{"a multi without its part", header + "0000000e 00000001 00000002 ffffffff"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := parseTxn(unhex(t, test.bytes)); !errors.Is(err, wire.ErrMalformed) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
