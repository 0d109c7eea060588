package shell

import "iter"

func runExists(c *Call) error {
	yes, err := c.askExists()
	if f, ok := err.(*failure); ok && f.msg != "" {
		return err
	}
	if wrong := c.yield(&existence{c.args[0], yes}); wrong != nil {
		return wrong
	}
	return err
}

// existence is whether there is a znode.
type existence struct {
	Path   string `json:"path"`
	Exists bool   `json:"exists"`
}

func (e *existence) text(w *textOut) { w.outln("%v", e.Exists) }

func (e *existence) objects() iter.Seq[any] { return one(e) }
