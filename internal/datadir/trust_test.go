package datadir

import (
	"slices"
	"strings"
	"testing"
)

// TestTrustEmpty: without a snapshot the logs are all there is, if that is asked for; as
// to ZooKeeper, a snapshot that was not written to its end is none, and one that is
// damaged within is one.
func TestTrustEmpty(t *testing.T) {
	const epoch = int64(1) << 32
	for _, tt := range []struct {
		name      string
		snapshots []int64
		logs      [][2]int64
		change    func(t *testing.T, v2 string)
		loaded    []int64
		zxids     []int64
		trusted   bool
		err       string
	}{
		{name: "nothing"},
		{name: "a log", logs: [][2]int64{{1, 5}}, zxids: upTo(1, 5), trusted: true},
		{name: "logs", logs: [][2]int64{{1, 5}, {6, 9}}, zxids: upTo(1, 9), trusted: true},
		{name: "of a member", logs: [][2]int64{{epoch + 1, epoch + 2}}, zxids: []int64{epoch + 1, epoch + 2}, trusted: true},
		{name: "a snapshot", snapshots: []int64{2}, logs: [][2]int64{{1, 5}}, loaded: []int64{2}, zxids: upTo(3, 5)},
		{name: "unfinished snapshots", snapshots: []int64{0, 2}, logs: [][2]int64{{1, 5}}, zxids: upTo(1, 5), trusted: true,
			change: func(t *testing.T, v2 string) {
				edit(t, v2+"/snapshot.0", dropLast(5))
				edit(t, v2+"/snapshot.2", dropLast(5))
			}},
		{name: "an unfinished snapshot that the logs do not reach", snapshots: []int64{7}, logs: [][2]int64{{1, 5}}, zxids: upTo(1, 5), trusted: true,
			change: func(t *testing.T, v2 string) { edit(t, v2+"/snapshot.7", dropLast(5)) }, err: "before 0x7"},
		{name: "a damaged snapshot", snapshots: []int64{0}, logs: [][2]int64{{1, 5}}, loaded: []int64{0},
			change: func(t *testing.T, v2 string) { edit(t, v2+"/snapshot.0", flip(70)) }, err: "none of the 1 snapshots"},
		{name: "not from the beginning", logs: [][2]int64{{6, 9}}, trusted: true, err: "begin with the txn 0x6, and there is no snapshot of what came before it"},
		{name: "a torn end", logs: [][2]int64{{1, 5}}, zxids: upTo(1, 4), trusted: true,
			change: func(t *testing.T, v2 string) { edit(t, v2+"/log.1", tearLast) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			v2 := makeDir(t, dir, tt.snapshots, tt.logs)
			if tt.change != nil {
				tt.change(t, v2)
			}
			d, err := Open(dir, "", Options{TrustEmpty: true})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			got, info, err := recoverDir(d)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("%v, want %q", err, tt.err)
			}
			if info.Trusted != tt.trusted || info.New != (tt.name == "nothing") || !slices.Equal(got.loaded, tt.loaded) || !slices.Equal(got.zxids, tt.zxids) {
				t.Errorf("%+v, %+v", got, info)
			}
		})
	}
}
