package wire

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
)

// unhex reads bytes that are laid out for people: blanks, line ends, and all
// that follows a # on a line are left out.
func unhex(t testing.TB, text string) []byte {
	t.Helper()
	var digits strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(line), ""))
	}
	b, err := hex.DecodeString(digits.String())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const statBytes = `
	0000000000000001 # czxid
	0000000000000002 # mzxid
	0000000000000003 # ctime
	0000000000000004 # mtime
	00000005 00000006 00000007 # version, cversion, aversion
	0000000000000008 # ephemeralOwner
	00000009 0000000a # dataLength, numChildren
	000000000000000b # pzxid
`

const openACLBytes = `
	00000001 # one entry
	0000001f # all permissions
	00000005 776f726c64 # world
	00000006 616e796f6e65 # anyone
`

var fixtureStat = Stat{
	Czxid: 1, Mzxid: 2, Ctime: 3, Mtime: 4, Version: 5, Cversion: 6, Aversion: 7,
	EphemeralOwner: 8, DataLength: 9, NumChildren: 10, Pzxid: 11,
}

// fixtures are frames, without their length, as zookeeper.jute lays them out.
var fixtures = []struct {
	name    string
	records []Record
	bytes   string
}{
	{
		"connect from a client older than 3.4",
		[]Record{&ConnectRequest{LastZxidSeen: 0x0102030405060708, Timeout: 30000, SessionID: 0x100000000000abcd, Passwd: make([]byte, 4)}},
		`00000000 # protocolVersion
		 0102030405060708 # lastZxidSeen
		 00007530 # timeOut
		 100000000000abcd # sessionId
		 00000004 00000000 # passwd`,
	},
	{
		"connect",
		[]Record{&ConnectRequest{Timeout: 4000, Passwd: []byte{1, 2, 3, 4}, ReadOnly: true, HasReadOnly: true}},
		`00000000 0000000000000000 00000fa0 0000000000000000
		 00000004 01020304
		 01 # readOnly`,
	},
	{
		"connected",
		[]Record{&ConnectResponse{Timeout: 4000, SessionID: 0x100000000000abcd, Passwd: []byte{1, 2, 3, 4}, HasReadOnly: true}},
		`00000000 # protocolVersion
		 00000fa0 # timeOut
		 100000000000abcd # sessionId
		 00000004 01020304 # passwd
		 00 # readOnly`,
	},
	{
		"create",
		[]Record{&RequestHeader{Xid: 1, Op: OpCreate},
			&CreateRequest{Path: "/a", Data: []byte("hi"), ACL: OpenACL(), Flags: FlagEphemeralSequential}},
		`00000001 00000001 # xid, type
		 00000002 2f61 # path
		 00000002 6869 # data
		` + openACLBytes + `
		 00000003 # flags`,
	},
	{
		"create with null data and null ACL",
		[]Record{&RequestHeader{Xid: 1, Op: OpCreate}, &CreateRequest{Path: "/a"}},
		`00000001 00000001 00000002 2f61 ffffffff ffffffff 00000000`,
	},
	{
		"createTTL",
		[]Record{&RequestHeader{Xid: 2, Op: OpCreateTTL},
			&CreateTTLRequest{CreateRequest{Path: "/a", Data: []byte{}, ACL: []ACL{}, Flags: FlagTTL}, 1000}},
		`00000002 00000015
		 00000002 2f61 00000000 00000000
		 00000005 # flags
		 00000000000003e8 # ttl`,
	},
	{
		"reply to getData",
		[]Record{&ReplyHeader{Xid: 5, Zxid: 16}, &GetDataResponse{Data: []byte("xyz"), Stat: fixtureStat}},
		`00000005 0000000000000010 00000000 # xid, zxid, err
		 00000003 78797a # data
		` + statBytes,
	},
	{
		"error",
		[]Record{&ReplyHeader{Xid: 6, Zxid: 17, Err: NoNode}},
		`00000006 0000000000000011 ffffff9b`,
	},
	{
		"notification",
		[]Record{&ReplyHeader{Xid: XidNotification, Zxid: 31}, &WatcherEvent{Type: EventNodeDataChanged, State: StateSyncConnected, Path: "/a"}},
		`ffffffff 000000000000001f 00000000
		 00000003 00000003 # type, state
		 00000002 2f61 # path`,
	},
	{
		"multi",
		[]Record{&MultiRequest{Ops: []MultiOp{
			{OpCreate, &CreateRequest{Path: "/a", Data: []byte{}, ACL: OpenACL()}},
			{OpDelete, &PathVersionRequest{Path: "/b", Version: 7}},
			{OpSetData, &SetDataRequest{Path: "/c", Data: []byte("x"), Version: AnyVersion}},
			{OpCheck, &PathVersionRequest{Path: "/d", Version: 2}},
		}}},
		`00000001 00 ffffffff # type, done, err
		 00000002 2f61 00000000 ` + openACLBytes + ` 00000000
		 00000002 00 ffffffff
		 00000002 2f62 00000007
		 00000005 00 ffffffff
		 00000002 2f63 00000001 78 ffffffff
		 0000000d 00 ffffffff
		 00000002 2f64 00000002
		 ffffffff 01 ffffffff # the end`,
	},
	{
		"reply to multi",
		[]Record{&MultiResponse{Results: []MultiResult{
			{Op: OpCreate, Reply: &PathResponse{Path: "/a"}},
			{Op: OpDelete, Reply: &Empty{}},
			{Op: OpSetData, Reply: &fixtureStat},
			{Op: OpCheck, Reply: &Empty{}},
		}}},
		`00000001 00 00000000
		 00000002 2f61
		 00000002 00 00000000
		 00000005 00 00000000
		` + statBytes + `
		 0000000d 00 00000000
		 ffffffff 01 ffffffff`,
	},
	{
		"reply to multi that failed",
		[]Record{&MultiResponse{Results: []MultiResult{
			{Op: OpError, Err: OK}, {Op: OpError, Err: NoNode}, {Op: OpError, Err: RuntimeInconsistency},
		}}},
		`ffffffff 00 00000000 00000000
		 ffffffff 00 ffffff9b ffffff9b
		 ffffffff 00 fffffffe fffffffe
		 ffffffff 01 ffffffff`,
	},
	{
		"setWatches2",
		[]Record{&RequestHeader{Xid: XidSetWatches, Op: OpSetWatches2}, &SetWatches2{
			SetWatches: SetWatches{RelativeZxid: 0x42, Data: []string{"/d"}, Exist: []string{"/e", "/f"}, Child: []string{}},
			Persistent: nil, PersistentRecursive: []string{"/g"},
		}},
		`fffffff8 00000069
		 0000000000000042 # relativeZxid
		 00000001 00000002 2f64 # dataWatches
		 00000002 00000002 2f65 00000002 2f66 # existWatches
		 00000000 # childWatches
		 ffffffff # persistentWatches
		 00000001 00000002 2f67 # persistentRecursiveWatches`,
	},
	{
		"auth",
		[]Record{&RequestHeader{Xid: XidAuth, Op: OpAuth}, &AuthPacket{Scheme: "digest", Auth: []byte("u:p")}},
		`fffffffc 00000064 00000000 00000006 646967657374 00000003 753a70`,
	},
	{
		"ping",
		[]Record{&RequestHeader{Xid: XidPing, Op: OpPing}},
		`fffffffe 0000000b`,
	},
}

func TestBytes(t *testing.T) {
	for _, f := range fixtures {
		t.Run(f.name, func(t *testing.T) {
			want := unhex(t, f.bytes)
			if got := Marshal(nil, f.records...); !bytes.Equal(got, want) {
				t.Errorf("encoded:\n got %x\nwant %x", got, want)
			}
			got := make([]Record, len(f.records))
			for i, r := range f.records {
				got[i] = empty(r)
			}
			rest, err := Unmarshal(want, got...)
			if err != nil || len(rest) > 0 {
				t.Fatalf("%v, %d bytes left", err, len(rest))
			}
			if !reflect.DeepEqual(got, f.records) {
				t.Errorf("decoded:\n got %+v\nwant %+v", got, f.records)
			}
		})
	}
}

// TestNullString: null and "" are the same to those who read it.
func TestNullString(t *testing.T) {
	got := PathRequest{Path: "old"}
	if _, err := Unmarshal(unhex(t, "ffffffff"), &got); err != nil || got.Path != "" {
		t.Errorf("%q, %v", got.Path, err)
	}
	names := GetChildrenResponse{}
	if _, err := Unmarshal(unhex(t, "00000002 ffffffff 00000001 61"), &names); err != nil || !reflect.DeepEqual(names.Children, []string{"", "a"}) {
		t.Errorf("%q, %v", names.Children, err)
	}
}

// TestReconfigRequest: what is not given is null, not an empty list of members.
func TestReconfigRequest(t *testing.T) {
	got := Marshal(nil, &ReconfigRequest{Leaving: "1", CurConfigID: -1})
	if want := unhex(t, "ffffffff 00000001 31 ffffffff ffffffffffffffff"); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// TestMultiResultWithoutReply: an operation without a body may be left nil.
func TestMultiResultWithoutReply(t *testing.T) {
	a := Marshal(nil, &MultiResponse{Results: []MultiResult{{Op: OpDelete}}})
	b := Marshal(nil, &MultiResponse{Results: []MultiResult{{Op: OpDelete, Reply: &Empty{}}}})
	if !bytes.Equal(a, b) {
		t.Errorf("%x and %x", a, b)
	}
}

// TestMultiReadReply: the records of a multiRead's reply.
func TestMultiReadReply(t *testing.T) {
	want := &MultiResponse{Results: []MultiResult{
		{Op: OpGetData, Reply: &GetDataResponse{Data: []byte("x"), Stat: fixtureStat}},
		{Op: OpGetChildren, Reply: &GetChildrenResponse{Children: []string{"a"}}},
		{Op: OpError, Err: NoNode},
	}}
	b := unhex(t, `00000004 00 00000000 00000001 78 `+statBytes+`
		00000008 00 00000000 00000001 00000001 61
		ffffffff 00 ffffff9b ffffff9b ffffffff 01 ffffffff`)
	var got MultiResponse
	if _, err := Unmarshal(b, &got); err != nil || !reflect.DeepEqual(&got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if again := Marshal(nil, want); !bytes.Equal(again, b) {
		t.Errorf("got %x, want %x", again, b)
	}
}
