package session

import (
	"context"
	"errors"
	"fmt"
)

// errFixed: what a fixed window allows is for one session.
var errFixed = errors.New("a window of a fixed size is not exceeded")

// Beside opens another session on the same ensemble, with the same identities, that only
// reads and has seen all that this one has: ZooKeeper reads a connection's requests one by
// one, and those of several beside each other. The caller closes it. There is none where
// the window has a fixed size.
func (s *Session) Beside(ctx context.Context) (*Session, error) {
	if s.cfg.Window > 0 {
		return nil, errFixed
	}
	cfg := s.cfg
	cfg.OnEvent, cfg.NoWrites, cfg.NoSuccessor = nil, true, false
	side, err := Open(cfg)
	if err != nil {
		return nil, fmt.Errorf("open a session beside: %w", err)
	}
	if err = side.WaitConnected(ctx); err == nil {
		err = side.AddAuthOf(ctx, s)
	}
	if err == nil {
		err = side.Sync(ctx, "/") // its server may be another one, which lags behind
	}
	if err != nil {
		go side.Close() // nobody waits for that
		return nil, fmt.Errorf("open a session beside: %w", err)
	}
	return side, nil
}
