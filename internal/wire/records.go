package wire

// ConnectRequest opens a connection: the first frame of a client. ReadOnly is
// sent by clients since 3.4; HasReadOnly tells whether the byte was there, and
// a server answers it only then.
type ConnectRequest struct {
	ProtocolVersion int32
	LastZxidSeen    int64
	Timeout         int32 // milliseconds
	SessionID       int64
	Passwd          []byte
	ReadOnly        bool
	HasReadOnly     bool
}

// Jute implements Record.
func (r *ConnectRequest) Jute(c *Codec) {
	c.Int32(&r.ProtocolVersion)
	c.Int64(&r.LastZxidSeen)
	c.Int32(&r.Timeout)
	c.Int64(&r.SessionID)
	c.Buffer(&r.Passwd)
	c.optionalBool(&r.ReadOnly, &r.HasReadOnly)
}

// ConnectResponse answers a ConnectRequest. SessionID 0 with Timeout 0 says that
// the session has expired.
type ConnectResponse struct {
	ProtocolVersion int32
	Timeout         int32 // negotiated, milliseconds
	SessionID       int64
	Passwd          []byte
	ReadOnly        bool // the server is partitioned from its quorum
	HasReadOnly     bool
}

// Jute implements Record.
func (r *ConnectResponse) Jute(c *Codec) {
	c.Int32(&r.ProtocolVersion)
	c.Int32(&r.Timeout)
	c.Int64(&r.SessionID)
	c.Buffer(&r.Passwd)
	c.optionalBool(&r.ReadOnly, &r.HasReadOnly)
}

// optionalBool is a boolean at the end of a record that older peers leave out.
func (c *Codec) optionalBool(v, has *bool) {
	if !c.encoding {
		*has = c.err == nil && c.Remaining() > 0
	}
	if *has {
		c.Bool(v)
	}
}

// RequestHeader stands before every request but the first.
type RequestHeader struct {
	Xid int32
	Op  Op
}

// Jute implements Record.
func (r *RequestHeader) Jute(c *Codec) {
	c.Int32(&r.Xid)
	c.Int32((*int32)(&r.Op))
}

// ReplyHeader stands before every reply and notification.
type ReplyHeader struct {
	Xid  int32
	Zxid int64
	Err  Code
}

// ReplyHeaderSize is the length of an encoded ReplyHeader, in bytes.
const ReplyHeaderSize = 16

// Jute implements Record.
func (r *ReplyHeader) Jute(c *Codec) {
	c.Int32(&r.Xid)
	c.Int64(&r.Zxid)
	c.Int32((*int32)(&r.Err))
}

// Empty is the body of requests and replies that carry none.
type Empty struct{}

// Jute implements Record.
func (*Empty) Jute(*Codec) {}

// Stat is what the server tells about a znode. Times are milliseconds since 1970.
type Stat struct {
	Czxid, Mzxid                int64
	Ctime, Mtime                int64
	Version, Cversion, Aversion int32
	EphemeralOwner              int64 // session id, 0 if not ephemeral
	DataLength, NumChildren     int32
	Pzxid                       int64
}

// Jute implements Record.
func (s *Stat) Jute(c *Codec) {
	c.Int64(&s.Czxid)
	c.Int64(&s.Mzxid)
	c.Int64(&s.Ctime)
	c.Int64(&s.Mtime)
	c.Int32(&s.Version)
	c.Int32(&s.Cversion)
	c.Int32(&s.Aversion)
	c.Int64(&s.EphemeralOwner)
	c.Int32(&s.DataLength)
	c.Int32(&s.NumChildren)
	c.Int64(&s.Pzxid)
}

// ACL grants Perms to an identity.
type ACL struct {
	Perms  int32 // PermRead and so on, or-ed
	Scheme string
	ID     string
}

// Jute implements Record.
func (a *ACL) Jute(c *Codec) {
	c.Int32(&a.Perms)
	c.String(&a.Scheme)
	c.String(&a.ID)
}

// OpenACL grants everything to everybody (ZooDefs.Ids.OPEN_ACL_UNSAFE).
func OpenACL() []ACL { return []ACL{{Perms: PermAll, Scheme: "world", ID: "anyone"}} }

func (c *Codec) acls(v *[]ACL) {
	Vector(c, v, 12, func(c *Codec, a *ACL) { a.Jute(c) })
}

// ClientInfo is one identity of a session, as whoAmI tells it.
type ClientInfo struct {
	Scheme, User string
}

// Jute implements Record.
func (i *ClientInfo) Jute(c *Codec) {
	c.String(&i.Scheme)
	c.String(&i.User)
}

// CreateRequest is the body of create, create2 and createContainer.
type CreateRequest struct {
	Path  string
	Data  []byte // nil is stored as null
	ACL   []ACL
	Flags int32
}

// Jute implements Record.
func (r *CreateRequest) Jute(c *Codec) {
	c.String(&r.Path)
	c.Buffer(&r.Data)
	c.acls(&r.ACL)
	c.Int32(&r.Flags)
}

// CreateTTLRequest is the body of createTTL.
type CreateTTLRequest struct {
	CreateRequest
	TTL int64 // milliseconds
}

// Jute implements Record.
func (r *CreateTTLRequest) Jute(c *Codec) {
	r.CreateRequest.Jute(c)
	c.Int64(&r.TTL)
}

// PathRequest is the body of getACL, sync, getAllChildrenNumber and
// getEphemerals, and of the replies of create and sync.
type PathRequest struct{ Path string }

// Jute implements Record.
func (r *PathRequest) Jute(c *Codec) { c.String(&r.Path) }

// PathResponse is the body of the replies of create and sync.
type PathResponse = PathRequest

// Create2Response answers create2, createContainer and createTTL.
type Create2Response struct {
	Path string
	Stat Stat
}

// Jute implements Record.
func (r *Create2Response) Jute(c *Codec) {
	c.String(&r.Path)
	r.Stat.Jute(c)
}

// PathVersionRequest is the body of delete, deleteContainer and check.
type PathVersionRequest struct {
	Path    string
	Version int32
}

// Jute implements Record.
func (r *PathVersionRequest) Jute(c *Codec) {
	c.String(&r.Path)
	c.Int32(&r.Version)
}

// PathWatchRequest is the body of exists, getData, getChildren and getChildren2.
type PathWatchRequest struct {
	Path  string
	Watch bool
}

// Jute implements Record.
func (r *PathWatchRequest) Jute(c *Codec) {
	c.String(&r.Path)
	c.Bool(&r.Watch)
}

// SetDataRequest is the body of setData.
type SetDataRequest struct {
	Path    string
	Data    []byte
	Version int32
}

// Jute implements Record.
func (r *SetDataRequest) Jute(c *Codec) {
	c.String(&r.Path)
	c.Buffer(&r.Data)
	c.Int32(&r.Version)
}

// SetACLRequest is the body of setACL.
type SetACLRequest struct {
	Path    string
	ACL     []ACL
	Version int32
}

// Jute implements Record.
func (r *SetACLRequest) Jute(c *Codec) {
	c.String(&r.Path)
	c.acls(&r.ACL)
	c.Int32(&r.Version)
}

// GetDataResponse answers getData.
type GetDataResponse struct {
	Data []byte
	Stat Stat
}

// Jute implements Record.
func (r *GetDataResponse) Jute(c *Codec) {
	c.Buffer(&r.Data)
	r.Stat.Jute(c)
}

// GetACLResponse answers getACL.
type GetACLResponse struct {
	ACL  []ACL
	Stat Stat
}

// Jute implements Record.
func (r *GetACLResponse) Jute(c *Codec) {
	c.acls(&r.ACL)
	r.Stat.Jute(c)
}

// GetChildrenResponse answers getChildren and getEphemerals.
type GetChildrenResponse struct{ Children []string }

// Jute implements Record.
func (r *GetChildrenResponse) Jute(c *Codec) { c.Strings(&r.Children) }

// GetChildren2Response answers getChildren2.
type GetChildren2Response struct {
	Children []string
	Stat     Stat
}

// Jute implements Record.
func (r *GetChildren2Response) Jute(c *Codec) {
	c.Strings(&r.Children)
	r.Stat.Jute(c)
}

// GetAllChildrenNumberResponse answers getAllChildrenNumber.
type GetAllChildrenNumberResponse struct{ Total int32 }

// Jute implements Record.
func (r *GetAllChildrenNumberResponse) Jute(c *Codec) { c.Int32(&r.Total) }

// WhoAmIResponse answers whoAmI.
type WhoAmIResponse struct{ Clients []ClientInfo }

// Jute implements Record.
func (r *WhoAmIResponse) Jute(c *Codec) {
	Vector(c, &r.Clients, 8, func(c *Codec, i *ClientInfo) { i.Jute(c) })
}

// AuthPacket is the body of auth. Its frame has the xid XidAuth.
type AuthPacket struct {
	Type   int32
	Scheme string
	Auth   []byte
}

// Jute implements Record.
func (r *AuthPacket) Jute(c *Codec) {
	c.Int32(&r.Type)
	c.String(&r.Scheme)
	c.Buffer(&r.Auth)
}

// SASLToken is the body of sasl and of its reply.
type SASLToken struct{ Token []byte }

// Jute implements Record.
func (r *SASLToken) Jute(c *Codec) { c.Buffer(&r.Token) }

// SetWatches is the body of setWatches: the one-shot watches a client brings
// along when it reconnects.
type SetWatches struct {
	RelativeZxid       int64 // the last zxid the client has seen
	Data, Exist, Child []string
}

// Jute implements Record.
func (r *SetWatches) Jute(c *Codec) {
	c.Int64(&r.RelativeZxid)
	c.Strings(&r.Data)
	c.Strings(&r.Exist)
	c.Strings(&r.Child)
}

// SetWatches2 is the body of setWatches2, which also carries persistent watches.
type SetWatches2 struct {
	SetWatches
	Persistent, PersistentRecursive []string
}

// Jute implements Record.
func (r *SetWatches2) Jute(c *Codec) {
	r.SetWatches.Jute(c)
	c.Strings(&r.Persistent)
	c.Strings(&r.PersistentRecursive)
}

// AddWatchRequest is the body of addWatch.
type AddWatchRequest struct {
	Path string
	Mode int32 // WatchPersistent or WatchPersistentRecursive
}

// Jute implements Record.
func (r *AddWatchRequest) Jute(c *Codec) {
	c.String(&r.Path)
	c.Int32(&r.Mode)
}

// WatcherRequest is the body of checkWatches and removeWatches.
type WatcherRequest struct {
	Path string
	Type int32 // WatcherChildren and so on
}

// Jute implements Record.
func (r *WatcherRequest) Jute(c *Codec) {
	c.String(&r.Path)
	c.Int32(&r.Type)
}

// ErrorResponse answers addWatch: what is wrong stands in the header as well.
type ErrorResponse struct{ Err Code }

// Jute implements Record.
func (r *ErrorResponse) Jute(c *Codec) { c.Int32((*int32)(&r.Err)) }

// CreateSessionRequest is the body of createSession, which servers send one another.
type CreateSessionRequest struct{ Timeout int32 } // milliseconds

// Jute implements Record.
func (r *CreateSessionRequest) Jute(c *Codec) { c.Int32(&r.Timeout) }

// WatcherEvent is the body of a notification.
type WatcherEvent struct {
	Type  EventType
	State KeeperState
	Path  string
}

// Jute implements Record.
func (r *WatcherEvent) Jute(c *Codec) {
	c.Int32((*int32)(&r.Type))
	c.Int32((*int32)(&r.State))
	c.String(&r.Path)
}

// ReconfigRequest is the body of reconfig. A list that is "" is sent as null:
// members that are given replace the ensemble, even by none.
type ReconfigRequest struct {
	Joining, Leaving, NewMembers string
	CurConfigID                  int64
}

// Jute implements Record.
func (r *ReconfigRequest) Jute(c *Codec) {
	c.nullableString(&r.Joining)
	c.nullableString(&r.Leaving)
	c.nullableString(&r.NewMembers)
	c.Int64(&r.CurConfigID)
}
