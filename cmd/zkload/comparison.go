package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"zoosh/internal/delayproxy"
	"zoosh/internal/load"
	"zoosh/internal/zkproc"
)

// A comparison starts the servers, measures them and prints what came out.
type comparison struct {
	*options
	dir      string
	programs []zkproc.Program
	servers  []*zkproc.Process // in the order of programs
}

// figures are one figure of each server, in the order of the programs.
type figures []float64

func (c *comparison) run() error {
	defer c.kill()
	t := newTable(c.programs)
	fresh, err := c.starts("fresh")
	if err != nil {
		return err
	}
	t.row("start to first answer, no data", "ms", fresh)
	if err := c.start("data"); err != nil {
		return err
	}
	if err := c.memory(t, "memory, no data"); err != nil {
		return err
	}
	for _, s := range c.servers {
		progress("planting %d znodes on %s", c.znodes, s.Addr())
		if err := load.Plant(s.Addr(), c.znodes, c.load.Size); err != nil {
			return err
		}
	}
	if err := c.memory(t, fmt.Sprintf("memory, %d znodes", c.znodes)); err != nil {
		return err
	}
	cells, err := c.measure()
	if err != nil {
		return err
	}
	if err := c.memory(t, "memory, after the load"); err != nil {
		return err
	}
	if err := c.peak(t); err != nil {
		return err
	}
	c.kill()
	later, err := c.starts("data")
	if err != nil {
		return err
	}
	t.row("start to first answer, after the load", "ms", later)
	t.flush()
	fmt.Println()
	return printCells(c.programs, cells)
}

// start starts the servers on their folders of that name.
func (c *comparison) start(name string) error {
	c.servers = nil
	for _, p := range c.programs {
		dir := filepath.Join(c.dir, p.Name+"-"+name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		s, err := p.Start(dir, c.tick)
		if err != nil {
			return err
		}
		c.servers = append(c.servers, s)
	}
	return nil
}

func (c *comparison) kill() {
	for _, s := range c.servers {
		s.Kill()
	}
	c.servers = nil
}

// starts is how long the servers take until they answer, the median of several.
func (c *comparison) starts(name string) (figures, error) {
	took := make([]figures, len(c.programs))
	for range c.options.starts {
		progress("starting")
		if err := c.start(name); err != nil {
			return nil, err
		}
		for i, s := range c.servers {
			took[i] = append(took[i], float64(s.Took())/float64(time.Millisecond))
		}
		c.kill()
	}
	medians := make(figures, len(took))
	for i := range took {
		slices.Sort(took[i])
		medians[i] = took[i][len(took[i])/2]
	}
	return medians, nil
}

// measure puts the load on the servers, from as far away as was asked for.
func (c *comparison) measure() ([]load.Cell, error) {
	var addrs []string
	for _, s := range c.servers {
		addr := s.Addr()
		if c.delay > 0 {
			p, err := delayproxy.Start(addr, c.delay)
			if err != nil {
				return nil, err
			}
			defer p.Close()
			addr = p.Addr()
		}
		addrs = append(addrs, addr)
	}
	return load.Run(c.load, addrs, progress)
}

const megabyte = 1 << 20

// memory adds how much of each server is resident now.
func (c *comparison) memory(t *table, what string) error {
	resident := make(figures, len(c.servers))
	for i, s := range c.servers {
		now, _, err := s.Memory()
		if err != nil {
			return err
		}
		resident[i] = float64(now) / megabyte
	}
	t.row(what, "MB", resident)
	return nil
}

// peak adds how much of each server was resident at most.
func (c *comparison) peak(t *table) error {
	most := make(figures, len(c.servers))
	for i, s := range c.servers {
		_, peak, err := s.Memory()
		if err != nil {
			return err
		}
		most[i] = float64(peak) / megabyte
	}
	t.row("memory at most", "MB", most)
	return nil
}

// A table has a figure of each server in a row, and how many times the first one's
// the last one's is contained in it.
type table struct{ w *tabwriter.Writer }

func newTable(programs []zkproc.Program) *table {
	t := &table{w: tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)}
	fmt.Fprintf(t.w, "what\t")
	for _, p := range programs {
		fmt.Fprintf(t.w, "%s\t", p.Name)
	}
	fmt.Fprintf(t.w, "ratio\t\n")
	return t
}

func (t *table) row(what, unit string, f figures) {
	fmt.Fprintf(t.w, "%s\t", what)
	for _, v := range f {
		fmt.Fprintf(t.w, "%.1f %s\t", v, unit)
	}
	fmt.Fprintf(t.w, "%.3f\t\n", f[len(f)-1]/f[0])
}

func (t *table) flush() { t.w.Flush() }

// printCells prints requests a second, and latencies in milliseconds.
func printCells(programs []zkproc.Program, cells []load.Cell) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "operation\tin flight\t")
	for _, figure := range []string{"/s", "p50 ms", "p99 ms"} {
		for _, p := range programs {
			fmt.Fprintf(w, "%s %s\t", p.Name, figure)
		}
		if figure == "/s" {
			fmt.Fprintf(w, "ratio\t")
		}
	}
	fmt.Fprintln(w)
	for _, cell := range cells {
		printCell(w, cell)
	}
	return w.Flush()
}

func printCell(w *tabwriter.Writer, cell load.Cell) {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	fmt.Fprintf(w, "%s\t%d×%d\t", cell.Operation, cell.Connections, cell.InFlight)
	for _, r := range cell.Results {
		fmt.Fprintf(w, "%.0f\t", r.PerSecond)
	}
	fmt.Fprintf(w, "%.2f\t", cell.Results[len(cell.Results)-1].PerSecond/cell.Results[0].PerSecond)
	for _, r := range cell.Results {
		fmt.Fprintf(w, "%.3f\t", ms(r.P50))
	}
	for _, r := range cell.Results {
		fmt.Fprintf(w, "%.3f\t", ms(r.P99))
	}
	fmt.Fprintln(w)
}
