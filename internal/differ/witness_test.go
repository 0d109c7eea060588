package differ

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"zoosh/internal/wire"
)

// A witness asks what there is while others change it. If it is told of everything,
// that has to be what it has been told of, no more and no less.
type witness struct {
	k        *pipelinedClient
	versions map[string]int32 // of the znodes that are there, if it is told of them
	told     []string
	wrong    []string
	last     int64 // zxid
}

// newWitnesses makes one that is told of everything, and one that is told nothing.
func newWitnesses(addr string) (both [2]*witness, err error) {
	for i := range both {
		k, err := newPipelined(addr)
		if err != nil {
			return both, err
		}
		both[i] = &witness{k: k}
	}
	both[0].versions = make(map[string]int32)
	watch := &wire.AddWatchRequest{Path: "/", Mode: wire.WatchPersistentRecursive}
	_, err = both[0].k.c.ask(wire.OpAddWatch, watch, nil)
	return both, err
}

// watch goes on until over is closed. It returns what the witness was told, one
// subtree after the other, and what did not fit.
func (w *witness) watch(over <-chan struct{}) (lines []string, err error) {
	defer w.k.end()
	random := newPipeline(rand.Uint64(), 0)
	for last := false; !last; {
		select {
		case <-over:
			last = true
		default:
		}
		random.root = fmt.Sprintf("/p%d", random.IntN(pipelines))
		if err := w.ask(random.path()); err != nil {
			return nil, err
		}
	}
	root := func(line string) string { return strings.Split(line, "/")[1] }
	slices.SortStableFunc(w.told, func(a, b string) int { return strings.Compare(root(a), root(b)) })
	return append(w.told, w.wrong...), nil
}

// ask asks for a znode and compares it.
func (w *witness) ask(path string) error {
	s := reads(wire.OpExists, path, false)
	if err := w.k.p.send(w.k.c, s, 1); err != nil {
		return err
	}
	frames, err := w.k.replies(1)
	if err != nil {
		return err
	}
	last := len(frames) - 1
	for _, frame := range frames[:last] {
		if err := w.hear(s, frame); err != nil {
			return err
		}
	}
	var h wire.ReplyHeader
	var stat wire.Stat
	body, err := wire.Unmarshal(frames[last], &h)
	if err == nil && h.Err == 0 {
		_, err = wire.Unmarshal(body, &stat)
	}
	version, there := w.versions[path]
	switch {
	case w.versions != nil && (there != (h.Err == 0) || there && version != stat.Version):
		w.wrong = append(w.wrong, fmt.Sprintf("%s has version %d, %v; the witness was told of %d, %v", path, stat.Version, h.Err, version, there))
	case max(stat.Mzxid, stat.Pzxid, w.last) > h.Zxid:
		w.wrong = append(w.wrong, fmt.Sprintf("%s is of zxid %#x, %#x, as of %#x, after %#x", path, stat.Mzxid, stat.Pzxid, h.Zxid, w.last))
	}
	w.last = h.Zxid
	return err
}

// hear takes a notification.
func (w *witness) hear(s *step, frame []byte) error {
	line, _ := w.k.p.told(s, frame)
	w.told = append(w.told, line)
	var h wire.ReplyHeader
	var e wire.WatcherEvent
	if _, err := wire.Unmarshal(frame, &h, &e); err != nil {
		return err
	}
	switch e.Type {
	case wire.EventNodeCreated:
		w.versions[e.Path] = 0
	case wire.EventNodeDataChanged:
		w.versions[e.Path]++
	case wire.EventNodeDeleted:
		delete(w.versions, e.Path)
	}
	return nil
}
