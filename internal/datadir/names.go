package datadir

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Compression is how a snapshot is packed; it stands behind its name.
type Compression string

// The ways to pack a snapshot (zookeeper.snapshot.compression.method).
const (
	Plain  Compression = ""
	Gzip   Compression = "gz"
	Snappy Compression = "snappy"
)

const (
	logPrefix      = "log"
	snapshotPrefix = "snapshot"
	versionDir     = "version-2"
)

// File is a log or a snapshot in a directory.
type File struct {
	Path string
	Zxid int64 // of its name: a log's first txn, the last one in a snapshot
}

// logName is the name of the log that begins with a zxid.
func logName(zxid int64) string { return fmt.Sprintf("%s.%x", logPrefix, zxid) }

func snapshotName(zxid int64, c Compression) string {
	name := fmt.Sprintf("%s.%x", snapshotPrefix, zxid)
	if c != Plain {
		name += "." + string(c)
	}
	return name
}

// logZxid reads a log's name.
func logZxid(name string) (zxid int64, ok bool) {
	prefix, digits, _ := strings.Cut(name, ".")
	return parseZxid(prefix == logPrefix, digits)
}

// snapshotZxid reads a snapshot's name.
func snapshotZxid(name string) (zxid int64, c Compression, ok bool) {
	prefix, rest, _ := strings.Cut(name, ".")
	digits, suffix, dotted := strings.Cut(rest, ".")
	c = Compression(suffix)
	known := c == Gzip || c == Snappy || c == Plain && !dotted
	zxid, ok = parseZxid(prefix == snapshotPrefix && known, digits)
	return zxid, c, ok
}

func parseZxid(known bool, digits string) (int64, bool) {
	zxid, err := strconv.ParseUint(digits, 16, 63)
	if !known || err != nil {
		return 0, false
	}
	return int64(zxid), true
}

// list is the files of a directory whose names zxidOf knows, by ascending zxid. A
// directory that is not there has none.
func list(dir string, zxidOf func(name string) (int64, bool)) ([]File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var files []File
	for _, e := range entries {
		if zxid, ok := zxidOf(e.Name()); ok && !e.IsDir() {
			files = append(files, File{Path: filepath.Join(dir, e.Name()), Zxid: zxid})
		}
	}
	slices.SortStableFunc(files, func(a, b File) int { // by name where the zxids are equal
		return int(min(1, max(-1, a.Zxid-b.Zxid)))
	})
	return files, nil
}

func listLogs(dir string) ([]File, error) { return list(dir, logZxid) }

// listSnapshots is the snapshots of a directory, the newest first.
func listSnapshots(dir string) ([]File, error) {
	files, err := list(dir, func(name string) (int64, bool) {
		zxid, _, ok := snapshotZxid(name)
		return zxid, ok
	})
	slices.Reverse(files)
	return files, err
}
