package wire

import "fmt"

// Code is an error code of a reply (KeeperException.Code).
type Code int32

// The codes a server sends, and ConnectionLoss and SessionExpired, which a
// client also makes itself.
const (
	OK                      Code = 0
	SystemError             Code = -1
	RuntimeInconsistency    Code = -2
	DataInconsistency       Code = -3
	ConnectionLoss          Code = -4
	MarshallingError        Code = -5
	Unimplemented           Code = -6
	OperationTimeout        Code = -7
	BadArguments            Code = -8
	UnknownSession          Code = -12
	NewConfigNoQuorum       Code = -13
	ReconfigInProgress      Code = -14
	APIError                Code = -100
	NoNode                  Code = -101
	NoAuth                  Code = -102
	BadVersion              Code = -103
	NoChildrenForEphemerals Code = -108
	NodeExists              Code = -110
	NotEmpty                Code = -111
	SessionExpired          Code = -112
	InvalidCallback         Code = -113
	InvalidACL              Code = -114
	AuthFailed              Code = -115
	SessionMoved            Code = -118
	NotReadOnly             Code = -119
	EphemeralOnLocalSession Code = -120
	NoWatcher               Code = -121
	RequestTimeout          Code = -122
	ReconfigDisabled        Code = -123
	SASLRequired            Code = -124
	QuotaExceeded           Code = -125
	Throttled               Code = -127
)

// codeMessages are the words of KeeperException.getCodeMessage, which zkCli prints.
var codeMessages = map[Code]string{
	OK: "ok", SystemError: "SystemError", RuntimeInconsistency: "RuntimeInconsistency",
	DataInconsistency: "DataInconsistency", ConnectionLoss: "ConnectionLoss",
	MarshallingError: "MarshallingError", Unimplemented: "Unimplemented",
	OperationTimeout: "OperationTimeout", BadArguments: "BadArguments",
	UnknownSession: "UnknownSession", NewConfigNoQuorum: "NewConfigNoQuorum",
	ReconfigInProgress: "ReconfigInProgress", APIError: "APIError", NoNode: "NoNode",
	NoAuth: "NoAuth", BadVersion: "BadVersion",
	NoChildrenForEphemerals: "NoChildrenForEphemerals", NodeExists: "NodeExists",
	NotEmpty: "Directory not empty", SessionExpired: "Session expired",
	InvalidCallback: "Invalid callback", InvalidACL: "InvalidACL", AuthFailed: "AuthFailed",
	SessionMoved: "Session moved", NotReadOnly: "Not a read-only call",
	EphemeralOnLocalSession: "Ephemeral node on local session",
	NoWatcher:               "No such watcher", RequestTimeout: "Unknown error REQUESTTIMEOUT",
	ReconfigDisabled: "Reconfig is disabled",
	SASLRequired:     "Session closed because client failed to authenticate",
	QuotaExceeded:    "Quota has exceeded", Throttled: "Op throttled due to high load",
}

// String is the code in ZooKeeper's words, such as "NoNode".
func (c Code) String() string {
	if s, ok := codeMessages[c]; ok {
		return s
	}
	return fmt.Sprintf("Unknown error %d", int32(c))
}

// Error is an error code together with the path it is about, which may be empty.
type Error struct {
	Code Code
	Path string
}

// Error reads as KeeperException.getMessage does.
func (e *Error) Error() string {
	if e.Path == "" {
		return "KeeperErrorCode = " + e.Code.String()
	}
	return "KeeperErrorCode = " + e.Code.String() + " for " + e.Path
}

// Is makes errors.Is compare codes alone, so that &Error{Code: NoNode} matches
// whatever the path.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && (t.Path == "" || t.Path == e.Path)
}
