package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"zoosh/internal/session"
)

// openSideSession opens a session beside the shell's, on the same ensemble if to is
// "", with the identities that the shell's has; to may name a profile. What it watches or reads leaves
// no trace in the shell's own events. The caller closes it.
func (c *Call) openSideSession(to string, onEvent func(session.Event)) (*session.Session, error) {
	return c.openSideSessionBy(c.ctx, to, onEvent)
}

// openSideSessionBy is openSideSession for as long as ctx lasts.
func (c *Call) openSideSessionBy(ctx context.Context, to string, onEvent func(session.Event)) (*session.Session, error) {
	here := to == ""
	r, err := c.sh.targetOf(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("connect %s: %w", to, err)
	}
	if here {
		to = r.Connect
	}
	cfg, err := r.Config()
	if err != nil {
		return nil, fmt.Errorf("connect %s: %w", to, err)
	}
	cfg.NoWrites, cfg.OnEvent = true, onEvent
	zk, err := session.Open(cfg)
	if err != nil {
		return nil, fmt.Errorf("connect %s: %w", to, err)
	}
	for _, note := range r.Remarks {
		c.note("%s", note)
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(r.Timeout, session.DefaultTimeout))
	defer cancel()
	if err = zk.WaitConnected(ctx); err == nil && here {
		// Another ensemble is not told this one's passwords.
		err = zk.AddAuthOf(ctx, c.zk)
	}
	if err != nil && ctx.Err() != nil {
		go zk.Close() // which waits for the server once more, and nobody has the time
		return nil, fmt.Errorf("connect %s: %w", to, err)
	}
	if err != nil {
		return nil, fmt.Errorf("connect %s: %w", to, errors.Join(err, zk.Close()))
	}
	return zk, nil
}
