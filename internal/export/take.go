package export

import (
	"context"

	"zoosh/internal/session"
	"zoosh/internal/walk"
)

// serversOwn is what a server keeps for itself: it is neither exported nor
// compared as part of the whole tree.
const serversOwn = "/zookeeper"

// Take reads the subtree at root and calls visit for each znode. What may not be
// read is skipped, as walk.Skipped tells.
func Take(ctx context.Context, zk *session.Session, root string, visit func(*Znode) error) (walk.Skipped, error) {
	return walk.Walk(ctx, zk, root, walk.Options{Data: true, ACL: true, Depth: -1}, func(n *walk.Node) error {
		switch {
		case root == "/" && n.Path == serversOwn:
			return walk.ErrBelow
		case n.Denied:
			return nil
		}
		return visit(fromNode(root, n))
	})
}

func fromNode(root string, n *walk.Node) *Znode {
	z := &Znode{Path: relative(root, n.Path), Kind: Persistent, Data: DataOf(n.Data), ACL: ACLOf(n.ACL), Stat: StatOf(n.Stat)}
	if n.Ephemeral() {
		z.Kind = Ephemeral
	}
	return z
}
