package shell

import "iter"

// An act is what the objects of commands that do something begin with: the command, what
// it was done to, and the transaction, the last one where it took several.
type act struct {
	Command string `json:"command"`
	Path    string `json:"path,omitempty"`
	Zxid    string `json:"zxid,omitempty"`
}

// act is what the command has done up to now to the znode at path, or to no znode.
func (c *Call) act(path string) act {
	a := act{Command: c.cmd.Name, Path: path}
	if zxid := c.done.Zxid(); zxid != 0 {
		a.Zxid = hex(zxid)
	}
	return a
}

// done is an act that there is no more to say of, and text says nothing of.
type done struct{ act }

func (*done) text(*textOut) {}

func (d *done) objects() iter.Seq[any] { return one(d) }
