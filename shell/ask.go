package shell

var yesOption = Option{Name: "y", Desc: "do not ask", Own: true}

// ask asks whether to go on, where there is somebody to be asked: see Config.Ask.
// A no is an error.
func (c *Call) ask(question string) error {
	if c.has(yesOption.Name) || c.sh.cfg.Ask == nil {
		return nil
	}
	yes, err := c.sh.cfg.Ask(c.ctx, question)
	if err != nil {
		return err
	}
	if !yes {
		return failf("Nothing was done")
	}
	return nil
}
