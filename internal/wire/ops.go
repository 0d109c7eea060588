package wire

import (
	"fmt"
	"slices"
)

// Op is an opcode: the type field of a request header.
type Op int32

// The opcodes of ZooDefs.OpCode. The negative ones other than OpCloseSession
// never travel in a request; they stand in the transaction log. Each has a row in
// opTable.
const (
	OpNotification         Op = 0
	OpCreate               Op = 1
	OpDelete               Op = 2
	OpExists               Op = 3
	OpGetData              Op = 4
	OpSetData              Op = 5
	OpGetACL               Op = 6
	OpSetACL               Op = 7
	OpGetChildren          Op = 8
	OpSync                 Op = 9
	OpPing                 Op = 11
	OpGetChildren2         Op = 12
	OpCheck                Op = 13
	OpMulti                Op = 14
	OpCreate2              Op = 15
	OpReconfig             Op = 16
	OpCheckWatches         Op = 17
	OpRemoveWatches        Op = 18
	OpCreateContainer      Op = 19
	OpDeleteContainer      Op = 20
	OpCreateTTL            Op = 21
	OpMultiRead            Op = 22
	OpAuth                 Op = 100
	OpSetWatches           Op = 101
	OpSASL                 Op = 102
	OpGetEphemerals        Op = 103
	OpGetAllChildrenNumber Op = 104
	OpSetWatches2          Op = 105
	OpAddWatch             Op = 106
	OpWhoAmI               Op = 107
	OpCreateSession        Op = -10
	OpCloseSession         Op = -11
	OpError                Op = -1
)

// The xids that stand for no request of the client's own counting.
const (
	XidNotification int32 = -1
	XidPing         int32 = -2
	XidAuth         int32 = -4
	XidSetWatches   int32 = -8
)

// A Kind is what an opcode is to a server.
type Kind int

// The kinds. A request that reads leaves what the server keeps as it is; it may arm
// watches. One that writes is a txn, also if it is refused.
const (
	KindUnknown    Kind = iota // no opcode
	KindRead                   // a request that reads
	KindWrite                  // a request that writes
	KindConnection             // a request about the connection or its session
	KindPart                   // an operation of a multi, and no request
	KindNoRequest              // stands in logs, replies and notifications alone
)

// A PathRule is what a server does with the path of a request.
type PathRule int

// The rules.
const (
	PathNone    PathRule = iota // the request has no path
	PathChecked                 // what ValidatePath refuses is refused before all else
	PathFound                   // not checked: what cannot be a path is not found
	PathCreated                 // checked with a sequential znode's number behind it
	PathPrefix                  // any text
	PathEchoed                  // any text, or null, which is sent back
)

// An opRow is what is to be known of an opcode.
type opRow struct {
	op    Op
	name  string // in ZooKeeper's documentation
	short string // in the list of connections (Request.op2String); "" is NA
	kind  Kind
	path  PathRule
	xid   int32  // of its requests; 0 if they are counted
	since string // the version of ZooKeeper that brought it; "" if before 3.5
	txn   string // what it is called in lists of transactions; "" if it makes none

	// The bodies: of the request, of the reply, and of an operation of a multi. nil
	// where there is none.
	request, reply, part func() Record
}

// record is a pointer to T that is a Record.
type record[T any] interface {
	*T
	Record
}

func of[T any, R record[T]]() Record { return R(new(T)) }

// opTable has the opcodes in the order in which lists of transactions name them.
var opTable = []opRow{
	{op: OpCreate, name: "create", short: "CREA", kind: KindWrite, path: PathCreated, txn: "create",
		request: of[CreateRequest], reply: of[PathResponse], part: of[CreateRequest]},
	{op: OpCreate2, name: "create2", short: "CREA", kind: KindWrite, path: PathCreated, since: "3.5", txn: "create",
		request: of[CreateRequest], reply: of[Create2Response], part: of[CreateRequest]},
	{op: OpCreateContainer, name: "createContainer", short: "CREA", kind: KindWrite, path: PathCreated, since: "3.5.1", txn: "create",
		request: of[CreateRequest], reply: of[Create2Response], part: of[CreateRequest]},
	{op: OpCreateTTL, name: "createTTL", short: "CREA", kind: KindWrite, path: PathCreated, since: "3.5.3", txn: "create",
		request: of[CreateTTLRequest], reply: of[Create2Response], part: of[CreateTTLRequest]},
	{op: OpDelete, name: "delete", short: "DELE", kind: KindWrite, path: PathFound, txn: "delete",
		request: of[PathVersionRequest], part: of[PathVersionRequest]},
	// What a server asks of itself.
	{op: OpDeleteContainer, name: "deleteContainer", kind: KindWrite, path: PathFound, since: "3.5.1", txn: "delete",
		request: of[PathRequest], part: of[PathVersionRequest]},
	{op: OpSetData, name: "setData", short: "SETD", kind: KindWrite, path: PathChecked, txn: "setData",
		request: of[SetDataRequest], reply: of[Stat], part: of[SetDataRequest]},
	{op: OpSetACL, name: "setACL", short: "SETA", kind: KindWrite, path: PathChecked, txn: "setACL",
		request: of[SetACLRequest], reply: of[Stat]},
	{op: OpCheck, name: "check", kind: KindPart, path: PathChecked, txn: "check", part: of[PathVersionRequest]},
	{op: OpReconfig, name: "reconfig", kind: KindWrite, since: "3.5", txn: "reconfig",
		request: of[ReconfigRequest], reply: of[GetDataResponse]},
	{op: OpMulti, name: "multi", short: "MULT", kind: KindWrite, txn: "multi",
		request: of[MultiRequest], reply: of[MultiResponse]},

	{op: OpExists, name: "exists", short: "EXIS", kind: KindRead, path: PathFound,
		request: of[PathWatchRequest], reply: of[Stat]},
	{op: OpGetData, name: "getData", short: "GETD", kind: KindRead, path: PathFound,
		request: of[PathWatchRequest], reply: of[GetDataResponse], part: of[PathWatchRequest]},
	{op: OpGetACL, name: "getACL", short: "GETA", kind: KindRead, path: PathFound,
		request: of[PathRequest], reply: of[GetACLResponse]},
	{op: OpGetChildren, name: "getChildren", short: "GETC", kind: KindRead, path: PathFound,
		request: of[PathWatchRequest], reply: of[GetChildrenResponse], part: of[PathWatchRequest]},
	{op: OpGetChildren2, name: "getChildren2", short: "GETC", kind: KindRead, path: PathFound,
		request: of[PathWatchRequest], reply: of[GetChildren2Response]},
	{op: OpGetAllChildrenNumber, name: "getAllChildrenNumber", short: "GETACN", kind: KindRead, path: PathFound, since: "3.6",
		request: of[PathRequest], reply: of[GetAllChildrenNumberResponse]},
	{op: OpGetEphemerals, name: "getEphemerals", short: "GETE", kind: KindRead, path: PathPrefix, since: "3.6",
		request: of[PathRequest], reply: of[GetChildrenResponse]},
	{op: OpMultiRead, name: "multiRead", short: "MLTR", kind: KindRead, since: "3.6",
		request: of[MultiRequest], reply: of[MultiResponse]},
	{op: OpSync, name: "sync", short: "SYNC", kind: KindRead, path: PathEchoed,
		request: of[PathRequest], reply: of[PathResponse]},
	{op: OpWhoAmI, name: "whoAmI", short: "HOMI", kind: KindRead, since: "3.7",
		request: of[Empty], reply: of[WhoAmIResponse]},
	{op: OpAddWatch, name: "addWatch", short: "ADDW", kind: KindRead, path: PathFound, since: "3.6",
		request: of[AddWatchRequest], reply: of[ErrorResponse]},
	{op: OpCheckWatches, name: "checkWatches", short: "CHKW", kind: KindRead, path: PathFound, since: "3.5",
		request: of[WatcherRequest]},
	{op: OpRemoveWatches, name: "removeWatches", short: "REMW", kind: KindRead, path: PathFound, since: "3.5",
		request: of[WatcherRequest]},
	{op: OpSetWatches, name: "setWatches", short: "SETW", kind: KindRead, xid: XidSetWatches,
		request: of[SetWatches]},
	{op: OpSetWatches2, name: "setWatches2", short: "STW2", kind: KindRead, xid: XidSetWatches, since: "3.6",
		request: of[SetWatches2]},

	{op: OpPing, name: "ping", short: "PING", kind: KindConnection, xid: XidPing},
	{op: OpAuth, name: "auth", kind: KindConnection, xid: XidAuth, request: of[AuthPacket]},
	{op: OpSASL, name: "sasl", kind: KindConnection, request: of[SASLToken], reply: of[SASLToken]},
	{op: OpCreateSession, name: "createSession", kind: KindConnection, txn: "createSession",
		request: of[CreateSessionRequest]},
	{op: OpCloseSession, name: "closeSession", kind: KindConnection, txn: "closeSession"},

	// A list of connections has it for who has said nothing since the session began.
	{op: OpNotification, name: "notification", short: "SESS", kind: KindNoRequest},
	{op: OpError, name: "error", kind: KindNoRequest, txn: "error"},
}

// The opcodes lie between these.
const (
	lowestOp  Op = -16
	highestOp Op = 127
)

// rows are those of the table by opcode. A number that is no opcode has an empty row.
var rows = func() (all [highestOp - lowestOp + 1]opRow) {
	for _, r := range opTable {
		all[r.op-lowestOp] = r
	}
	return all
}()

func (o Op) row() *opRow {
	if o < lowestOp || o > highestOp {
		return &opRow{}
	}
	return &rows[o-lowestOp]
}

// String is the opcode's name in ZooKeeper's documentation.
func (o Op) String() string {
	if name := o.row().name; name != "" {
		return name
	}
	return fmt.Sprintf("op %d", int32(o))
}

// ShortName is what a server's list of connections calls the last request of one.
func (o Op) ShortName() string {
	if short := o.row().short; short != "" {
		return short
	}
	return "NA"
}

// TxnName is what a list of transactions calls it: all creates have one name, and the
// deletes have. What stands in no log is called by its own name.
func (o Op) TxnName() string {
	if txn := o.row().txn; txn != "" {
		return txn
	}
	return o.String()
}

// TxnNames are the names that TxnName has for what stands in a log, each once.
func TxnNames() []string {
	var names []string
	for _, r := range opTable {
		if r.txn != "" && !slices.Contains(names, r.txn) {
			names = append(names, r.txn)
		}
	}
	return names
}

// Kind is what the opcode is to a server.
func (o Op) Kind() Kind { return o.row().kind }

// PathRule is what a server does with the path of such a request.
func (o Op) PathRule() PathRule { return o.row().path }

// Since is the version of ZooKeeper that brought the opcode; "" if all since 3.4 have
// it. A server closes the connection of a client that sends one it does not know.
func (o Op) Since() string { return o.row().since }

// Xid is what a request has as its xid, where next is the one that the client counts.
func (o Op) Xid(next int32) int32 {
	if xid := o.row().xid; xid != 0 {
		return xid
	}
	return next
}

// NewRequest is an empty body of such a request; nil if there is none to read.
func (o Op) NewRequest() Record { return made(o.row().request) }

// NewReply is an empty body of the reply; nil if it has none.
func (o Op) NewReply() Record { return made(o.row().reply) }

// newPart is an empty body of an operation of a multi; nil if it cannot be one.
func (o Op) newPart() Record { return made(o.row().part) }

// newPartReply is an empty body of what a multi answers for an operation; nil if it
// cannot be one.
func (o Op) newPartReply() Record {
	switch r := o.row(); {
	case r.part == nil:
		return nil
	case r.reply == nil:
		return &Empty{}
	}
	return o.NewReply()
}

func made(body func() Record) Record {
	if body == nil {
		return nil
	}
	return body()
}
