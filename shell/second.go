package shell

import (
	"context"
	"errors"
	"fmt"

	"zoosh/internal/session"
)

// openSecond opens a session beside the shell's, on the same ensemble if to is
// "", with the identities that the shell's has. What it watches or reads leaves
// no trace in the shell's own events. The caller closes it.
func (c *Call) openSecond(to string, onEvent func(session.Event)) (*session.Session, error) {
	return c.openSecondBy(c.ctx, to, onEvent)
}

// openSecondBy is openSecond for as long as ctx lasts.
func (c *Call) openSecondBy(ctx context.Context, to string, onEvent func(session.Event)) (*session.Session, error) {
	here := to == ""
	if here {
		to = c.sh.ConnectString()
	}
	servers, chroot, err := session.ParseConnect(to)
	if err != nil {
		return nil, fmt.Errorf("connect %s: %w", to, err)
	}
	zk, err := session.Open(session.Config{
		Servers: servers, Chroot: chroot, Timeout: c.sh.cfg.Timeout,
		ReadOnly: c.sh.cfg.ReadOnly, NoWrites: true, Auth: c.sh.authFor(servers), OnEvent: onEvent,
		Security: c.sh.cfg.Security, MaxRequest: c.sh.cfg.MaxRequest,
	})
	if err != nil {
		return nil, fmt.Errorf("connect %s: %w", to, err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.sh.timeout())
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
