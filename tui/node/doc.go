// Package node is the pane Node: the znode that is selected, its data as text, JSON or
// hex, its stat and its ACL; and an editor of its data.
//
// It shows the znode of the last intent.Selected, on the server of the last
// intent.ServerChanged, and reads it anew at each intent.Changed: on the session of that
// server's watcher, never on one at the prompt. What is edited is written on the
// session at the prompt, in place of the version that was read, so that nobody's change is
// lost unseen; until it is written or given up it stays, whatever is selected
// meanwhile. Update asks nothing of a server: its commands do.
package node
