package wire

import (
	"errors"
	"fmt"
	"testing"
)

func TestErrorTexts(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{&Error{NoNode, "/a"}, "KeeperErrorCode = NoNode for /a"},
		{&Error{NoNode, ""}, "KeeperErrorCode = NoNode"},
		{&Error{NotEmpty, "/a"}, "KeeperErrorCode = Directory not empty for /a"},
		{&Error{ConnectionLoss, "/a"}, "KeeperErrorCode = ConnectionLoss for /a"},
		{&Error{SessionExpired, ""}, "KeeperErrorCode = Session expired"},
		{&Error{InvalidACL, ""}, "KeeperErrorCode = InvalidACL"},
		{&Error{NotReadOnly, "/a"}, "KeeperErrorCode = Not a read-only call for /a"},
		{&Error{EphemeralOnLocalSession, ""}, "KeeperErrorCode = Ephemeral node on local session"},
		{&Error{NoWatcher, "/a"}, "KeeperErrorCode = No such watcher for /a"},
		{&Error{ReconfigDisabled, ""}, "KeeperErrorCode = Reconfig is disabled"},
		{&Error{SASLRequired, ""}, "KeeperErrorCode = Session closed because client failed to authenticate"},
		{&Error{QuotaExceeded, "/a"}, "KeeperErrorCode = Quota has exceeded for /a"},
		{&Error{Throttled, ""}, "KeeperErrorCode = Op throttled due to high load"},
		{&Error{RequestTimeout, ""}, "KeeperErrorCode = Unknown error REQUESTTIMEOUT"},
		{&Error{SessionMoved, ""}, "KeeperErrorCode = Session moved"},
		{&Error{InvalidCallback, ""}, "KeeperErrorCode = Invalid callback"},
		{&Error{Code(-999), "/a"}, "KeeperErrorCode = Unknown error -999 for /a"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestErrorIs(t *testing.T) {
	err := fmt.Errorf("wrapped: %w", &Error{NoNode, "/a"})
	for target, want := range map[error]bool{
		&Error{Code: NoNode}: true, &Error{NoNode, "/a"}: true, &Error{NoNode, "/b"}: false,
		&Error{Code: NodeExists}: false, ErrMalformed: false,
	} {
		if got := errors.Is(err, target); got != want {
			t.Errorf("is %v: %v", target, got)
		}
	}
}

func TestNames(t *testing.T) {
	for _, test := range []struct {
		of   fmt.Stringer
		want string
	}{
		{OpGetChildren2, "getChildren2"}, {OpWhoAmI, "whoAmI"}, {OpCloseSession, "closeSession"}, {OpError, "error"}, {Op(99), "op 99"},
		{EventNone, "None"}, {EventNodeCreated, "NodeCreated"}, {EventNodeDeleted, "NodeDeleted"},
		{EventNodeDataChanged, "NodeDataChanged"}, {EventNodeChildrenChanged, "NodeChildrenChanged"},
		{EventDataWatchRemoved, "DataWatchRemoved"}, {EventChildWatchRemoved, "ChildWatchRemoved"},
		{EventPersistentWatchRemoved, "PersistentWatchRemoved"}, {EventType(0), "Unknown(0)"},
		{StateDisconnected, "Disconnected"}, {StateSyncConnected, "SyncConnected"}, {StateAuthFailed, "AuthFailed"},
		{StateConnectedReadOnly, "ConnectedReadOnly"}, {StateSaslAuthenticated, "SaslAuthenticated"},
		{StateClosed, "Closed"}, {StateExpired, "Expired"}, {KeeperState(2), "Unknown(2)"},
		{OK, "ok"}, {NoAuth, "NoAuth"}, {Code(1), "Unknown error 1"},
	} {
		if got := test.of.String(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
