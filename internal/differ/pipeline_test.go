package differ

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"zoosh/internal/wire"
)

// The environment variables of TestPipelined are those of TestDiffer for it.
const (
	pipelinedRuns = "ZOOSH_DIFFER_PIPELINED_RUNS"
	pipelinedSeed = "ZOOSH_DIFFER_PIPELINED_SEED"
)

const (
	pipelines      = 4
	pipelineLength = 300
)

// TestPipelined has several sessions send all of their requests at once, each below a
// znode of its own, while another watches it all. What each of them sees is the same
// on both servers but for the zxids: those have the same order. Ours keeps its data
// on disk, which real clients see the most of in this way.
func TestPipelined(t *testing.T) {
	n, seed := runsFrom(t, pipelinedRuns, pipelinedSeed, 10)
	b := (&bench{t: t, tick: slowTick, dataDir: t.TempDir()}).setUp()
	for i := range n {
		var scripts [pipelines][]*step
		for c := range scripts {
			p := newPipeline(uint64(seed+i), c)
			p.later(b.later)
			scripts[c] = p.script()
		}
		var saw [2][][]string
		for i, p := range b.peers {
			lines, err := pipelined(p.addr, scripts)
			b.must(err)
			saw[i] = lines
			b.must(b.control[i].clean())
		}
		for c := range saw[0] {
			if at, differs := firstDifference(saw[0][c], saw[1][c]); differs {
				t.Errorf("%s=%d %s=1: client %d:\n%s-%s\n+%s", pipelinedSeed, seed+i, pipelinedRuns, c,
					printed(saw[0][c][max(0, at-10):at]), strings.Join(saw[0][c][at:min(at+5, len(saw[0][c]))], "\n-"),
					strings.Join(saw[1][c][at:min(at+5, len(saw[1][c]))], "\n+"))
			}
		}
	}
}

func firstDifference(a, b []string) (at int, differs bool) {
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	return at, at < len(a) || at < len(b)
}

// A pipeline makes up what one session sends.
type pipeline struct {
	*generator
	root string
}

func newPipeline(seed uint64, client int) *pipeline {
	return &pipeline{&generator{Rand: rand.New(rand.NewPCG(seed, uint64(10+client)))}, fmt.Sprintf("/p%d", client)}
}

func (p *pipeline) path() string {
	path := p.root
	for range p.IntN(4) {
		path += "/" + pick(p.generator, "a", "b", "c", fmt.Sprintf("s%010d", p.IntN(4)))
	}
	return path
}

func (p *pipeline) script() []*step {
	steps := []*step{{op: wire.OpCreate, body: &wire.CreateRequest{Path: p.root, Data: []byte{}, ACL: wire.OpenACL()}}}
	for range pipelineLength {
		s := &step{}
		p.fill(s)
		steps = append(steps, s)
	}
	return append(steps, reads(wire.OpGetChildren2, p.root, false), &step{op: wire.OpPing, body: &wire.Empty{}})
}

func (p *pipeline) fill(s *step) {
	switch p.IntN(12) {
	case 0, 1, 2, 3:
		s.op, s.body = p.create()
	case 4:
		s.op, s.body = wire.OpDelete, &wire.PathVersionRequest{Path: p.path(), Version: -1}
		if s.body.(*wire.PathVersionRequest).Path == p.root {
			s.op = wire.OpExists
			s.body = &wire.PathWatchRequest{Path: p.root, Watch: true}
		}
	case 5, 6:
		s.op, s.body = wire.OpSetData, &wire.SetDataRequest{Path: p.path(), Data: p.data(), Version: p.version()}
	case 7:
		m := &wire.MultiRequest{}
		for range 1 + p.IntN(3) {
			op, r := p.create()
			if op == wire.OpCreate2 && !p.free { // see argued
				op = wire.OpCreate
			}
			m.Ops = append(m.Ops, wire.MultiOp{Op: op, Request: r}, check(p.root))
		}
		s.op, s.body = wire.OpMulti, m
	default:
		s.op = pick(p.generator, wire.OpExists, wire.OpGetData, wire.OpGetChildren, wire.OpGetChildren2)
		s.body = &wire.PathWatchRequest{Path: p.path(), Watch: p.oneOf(3)}
	}
}

func (p *pipeline) create() (wire.Op, *wire.CreateRequest) {
	r := &wire.CreateRequest{Path: p.path(), Data: p.data(), ACL: wire.OpenACL()}
	if r.Flags = pick(p.generator, int32(0), 0, 0, 1, 2, 3); r.Flags >= wire.FlagSequential {
		r.Path += "/s"
	}
	return pick(p.generator, wire.OpCreate, wire.OpCreate2), r
}

// pipelined plays the scripts at once, and returns what each client saw; the last are
// two witnesses, of which one is told of what happens.
func pipelined(addr string, scripts [pipelines][]*step) ([][]string, error) {
	witnesses, err := newWitnesses(addr)
	if err != nil {
		return nil, err
	}
	var saw [pipelines + 2][]string
	var errs [pipelines + 2]error
	var all, playing sync.WaitGroup
	for i, script := range scripts {
		playing.Go(func() { saw[i], errs[i] = play(addr, script) })
	}
	over := make(chan struct{})
	for i, w := range witnesses {
		all.Go(func() { saw[pipelines+i], errs[pipelines+i] = w.watch(over) })
	}
	playing.Wait()
	close(over)
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return saw[:], nil
}

// pipelinedClient is a peer with one client.
type pipelinedClient struct {
	p *peer
	c *client
}

func newPipelined(addr string) (*pipelinedClient, error) {
	p := &peer{addr: addr, ranks: make(map[int64]int), times: make(map[int64]int64)}
	c, err := p.client(ordinary())
	if err != nil {
		return nil, err
	}
	p.sessions = []*client{c}
	return &pipelinedClient{p, c}, nil
}

// play sends a script at once, and tells the answers.
func play(addr string, script []*step) ([]string, error) {
	k, err := newPipelined(addr)
	if err != nil {
		return nil, err
	}
	defer k.end()
	sent := make(chan error, 1)
	go func() {
		var err error
		for i, s := range script {
			if err == nil {
				err = k.p.send(k.c, s, s.op.Xid(int32(i+1)))
			}
		}
		sent <- err
	}()
	frames, err := k.replies(len(script))
	if err != nil {
		return nil, err
	}
	if err := <-sent; err != nil {
		return nil, err
	}
	return k.tell(script, frames)
}

// end closes the session.
func (k *pipelinedClient) end() {
	k.c.ask(wire.OpCloseSession, &wire.Empty{}, nil)
	k.c.conn.nc.Close()
}

// replies reads so many replies, and the notifications among them.
func (k *pipelinedClient) replies(n int) (frames [][]byte, err error) {
	for n > 0 {
		frame, err := k.c.conn.frame()
		if err != nil {
			return frames, err
		}
		if frames = append(frames, frame); !isNotification(frame) {
			n--
		}
	}
	return frames, nil
}

func isNotification(frame []byte) bool {
	return int32(binary.BigEndian.Uint32(frame)) == wire.XidNotification
}

// tell makes a transcript. The zxids of reads depend on what the others do, but lie
// between those of the writes around them.
func (k *pipelinedClient) tell(script []*step, frames [][]byte) (lines []string, err error) {
	var last int64
	i := 0
	for _, frame := range frames {
		if isNotification(frame) {
			continue
		}
		z := int64(binary.BigEndian.Uint64(frame[4:]))
		if script[i].op.Kind() == wire.KindWrite {
			k.p.ranks[z] = len(k.p.ranks) + 1
		}
		if z < last || z == last && script[i].op.Kind() == wire.KindWrite {
			lines = append(lines, fmt.Sprintf("%v: zxid %#x comes after %#x", script[i], z, last))
		}
		last = z
		i++
	}
	i = 0
	for _, frame := range frames {
		s := script[i]
		if isNotification(frame) {
			line, _ := k.p.told(s, frame)
			lines = append(lines, line)
			continue
		}
		if s.op.Kind() != wire.KindWrite {
			clear(frame[4:12])
		}
		line, _ := k.p.told(s, frame)
		lines = append(lines, s.String(), line)
		i++
	}
	return lines, nil
}
