package roles

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// The timeouts of a lesson's sessions. A crash costs a lesson that much waiting,
// so it is short where the lesson has the server to itself.
const (
	ownTimeout  = 2 * time.Second
	realTimeout = 4 * time.Second // the least that a server with Apache's tick grants
)

// cleanTimeout bounds making and removing what a lesson needs on an ensemble.
const cleanTimeout = 10 * time.Second

// A ground is where a lesson is played: an empty tree.
type ground struct {
	target session.Target
	made   int32 // children that its root was given before the lesson
	// control is the hold on the server; nil where it is not ours.
	control shell.Control
	close   func(sessions []*session.Session) error
}

// ownGround is an embedded server.
func ownGround() (*ground, error) {
	s, err := server.StartEmbedded(server.Config{TickTime: ownTimeout / 10})
	if err != nil {
		return nil, fmt.Errorf("start the lesson's server: %w", err)
	}
	return &ground{
		target: session.Target{Connect: s.Addr(), Timeout: ownTimeout}, control: s,
		close: func([]*session.Session) error { return s.Close() },
	}, nil
}

// rootName is the only znode of a fresh server. A lesson that lists its root sees
// one of that name on an ensemble, too.
const rootName = "/zookeeper"

// realGround is a path of the lesson's own on somebody's ensemble.
func realGround(ctx context.Context, opt Options, lesson string) (*ground, error) {
	connect, at := opt.Connect, opt.Target
	at.Timeout = realTimeout
	cfg, err := at.Config()
	if err != nil {
		return nil, fmt.Errorf("the lesson's ensemble %s: %w", connect, err)
	}
	zk, err := session.Open(cfg)
	if err != nil {
		return nil, fmt.Errorf("the lesson's ensemble %s: %w", connect, err)
	}
	ctx, cancel := context.WithTimeout(ctx, cleanTimeout)
	defer cancel()
	path := "/zoosh-" + strings.Map(plainName, lesson) + "-" + randomName()
	if err := prepare(ctx, zk, path); err != nil {
		return nil, errors.Join(fmt.Errorf("make a place for the lesson on %s: %w", connect, err), zk.Close())
	}
	at.Connect, at.Auth = strings.Join(cfg.Servers, ",")+cfg.Chroot+path, nil
	return &ground{
		target: at,
		made:   1, // rootName
		close: func(others []*session.Session) error {
			ctx, cancel := context.WithTimeout(context.Background(), cleanTimeout)
			defer cancel()
			err := remove(ctx, zk, path, others)
			if err != nil {
				err = fmt.Errorf("remove %s, where the lesson was played: %w", path, err)
			}
			return errors.Join(err, zk.Close())
		},
	}, nil
}

func plainName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
		return r
	}
	return '-'
}

func randomName() string {
	var b [4]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// prepare makes the lesson's root. That there is none yet is what create checks. One
// that cannot be made whole does not stay.
func prepare(ctx context.Context, zk *session.Session, path string) error {
	if err := zk.WaitConnected(ctx); err != nil {
		return err
	}
	if _, _, err := zk.Create(ctx, path, nil, session.CreateOptions{}); err != nil {
		return err
	}
	_, _, err := zk.Create(ctx, path+rootName, nil, session.CreateOptions{})
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTimeout)
	defer cancel()
	return errors.Join(err, remove(ctx, zk, path, nil))
}

// remove deletes a path and all below it. What may only be seen or deleted by one
// of the lesson's own sessions, which know their paths below that path, is left to
// them.
func remove(ctx context.Context, zk *session.Session, path string, others []*session.Session) error {
	as := func(p string, do func(zk *session.Session, p string) error) error {
		err := do(zk, p)
		for _, other := range others {
			if !errors.Is(err, &wire.Error{Code: wire.NoAuth}) {
				break
			}
			if other.State() != session.Connected {
				continue
			}
			err = do(other, "/"+strings.TrimPrefix(strings.TrimPrefix(p, path), "/"))
		}
		if errors.Is(err, &wire.Error{Code: wire.NoNode}) {
			return nil // an ephemeral that has gone by itself
		}
		return err
	}
	var below func(p string) error
	below = func(p string) error {
		var children []string
		err := as(p, func(zk *session.Session, p string) (err error) {
			children, _, err = zk.Children(ctx, p, nil)
			return err
		})
		if err != nil {
			return err
		}
		for _, c := range children {
			if err := below(p + "/" + c); err != nil {
				return err
			}
		}
		return as(p, func(zk *session.Session, p string) error { return zk.Delete(ctx, p, wire.AnyVersion) })
	}
	return below(path)
}
