package session

import (
	"context"

	"zoosh/internal/wire"
)

// Create makes a znode.
func (s *Session) Create(ctx context.Context, path string, data []byte, o CreateOptions) (string, *wire.Stat, error) {
	return "", nil, errTODO
}

// Delete removes a znode.
func (s *Session) Delete(ctx context.Context, path string, version int32) error { return errTODO }

// Exists reads a stat.
func (s *Session) Exists(ctx context.Context, path string, w *Arm) (*wire.Stat, error) {
	return nil, errTODO
}

// Get reads data.
func (s *Session) Get(ctx context.Context, path string, w *Arm) ([]byte, *wire.Stat, error) {
	return nil, nil, errTODO
}

// Set writes data.
func (s *Session) Set(ctx context.Context, path string, data []byte, version int32) (*wire.Stat, error) {
	return nil, errTODO
}

// Children lists children.
func (s *Session) Children(ctx context.Context, path string, w *Arm) ([]string, *wire.Stat, error) {
	return nil, nil, errTODO
}

// GetACL reads the ACL.
func (s *Session) GetACL(ctx context.Context, path string) ([]wire.ACL, *wire.Stat, error) {
	return nil, nil, errTODO
}

// SetACL writes the ACL.
func (s *Session) SetACL(ctx context.Context, path string, acl []wire.ACL, version int32) (*wire.Stat, error) {
	return nil, errTODO
}

// Sync waits for the leader.
func (s *Session) Sync(ctx context.Context, path string) error { return errTODO }

// Multi runs operations, all or none.
func (s *Session) Multi(ctx context.Context, ops []wire.MultiOp) ([]wire.MultiResult, error) {
	return nil, errTODO
}

// AddAuth adds a credential.
func (s *Session) AddAuth(ctx context.Context, scheme string, auth []byte) error { return errTODO }

// AddWatch arms a persistent watch.
func (s *Session) AddWatch(ctx context.Context, path string, recursive bool, w Arm) error {
	return errTODO
}

// RemoveWatches disarms watches.
func (s *Session) RemoveWatches(ctx context.Context, path string, kind int32, local bool) error {
	return errTODO
}

// Ephemerals lists the session's ephemeral znodes.
func (s *Session) Ephemerals(ctx context.Context, prefix string) ([]string, error) {
	return nil, errTODO
}

// AllChildrenNumber counts descendants.
func (s *Session) AllChildrenNumber(ctx context.Context, path string) (int, error) {
	return 0, errTODO
}

// WhoAmI lists identities.
func (s *Session) WhoAmI(ctx context.Context) ([]wire.ClientInfo, error) { return nil, errTODO }
