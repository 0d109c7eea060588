package wire

// The flags of a create request (CreateMode).
const (
	FlagPersistent              int32 = 0
	FlagEphemeral               int32 = 1
	FlagSequential              int32 = 2
	FlagEphemeralSequential     int32 = FlagEphemeral | FlagSequential
	FlagContainer               int32 = 4
	FlagTTL                     int32 = 5
	FlagPersistentSequentialTTL int32 = 6
)

// MaxTTL is the longest time to live of a TTL znode, in milliseconds
// (EphemeralType.TTL keeps it in 40 bits).
const MaxTTL int64 = 0xffffffffff

// AnyVersion, given as the expected version of a write, matches every version.
const AnyVersion int32 = -1

// The permissions of an ACL (ZooDefs.Perms).
const (
	PermRead   int32 = 1
	PermWrite  int32 = 2
	PermCreate int32 = 4
	PermDelete int32 = 8
	PermAdmin  int32 = 16
	PermAll    int32 = 31
)

// The modes of addWatch (AddWatchMode).
const (
	WatchPersistent          int32 = 0
	WatchPersistentRecursive int32 = 1
)

// The kinds of watches that removeWatches and checkWatches name
// (Watcher.WatcherType). The last two exist since 3.9.
const (
	WatcherChildren            int32 = 1
	WatcherData                int32 = 2
	WatcherAny                 int32 = 3
	WatcherPersistent          int32 = 4
	WatcherPersistentRecursive int32 = 5
)
