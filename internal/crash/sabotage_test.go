package crash

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"zoosh/internal/wire"
)

func isNoNode(err error) bool { return errors.Is(err, &wire.Error{Code: wire.NoNode}) }

// drop takes n transactions out of the newest log, those before the last after, as
// if they had never been written. With none after them it is what a server does that
// acknowledges before it writes.
func drop(dataDir string, n, after int) error {
	path, err := newestLog(dataDir)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	at, end := records(b)
	if len(at) < n+after {
		return fmt.Errorf("%s has %d records only", path, len(at))
	}
	at = append(at, end)
	from, to := at[len(at)-1-after-n], at[len(at)-1-after]
	clear(b[from+copy(b[from:], b[to:end]):])
	return os.WriteFile(path, b, 0o644)
}

// newestLog is the log with the highest first zxid.
func newestLog(dataDir string) (string, error) {
	logs, err := filepath.Glob(filepath.Join(dataDir, "version-2", "log.*"))
	if err != nil || len(logs) == 0 {
		return "", fmt.Errorf("no log in %s", dataDir)
	}
	first := func(path string) uint64 {
		zxid, _ := strconv.ParseUint(path[strings.LastIndexByte(path, '.')+1:], 16, 64)
		return zxid
	}
	return slices.MaxFunc(logs, func(a, b string) int { return int(first(a)) - int(first(b)) }), nil
}

// records is where the records of a log begin, and where the last one ends.
func records(log []byte) (at []int, end int) {
	const header, checksum = 16, 8
	end = header
	for end+checksum+4 <= len(log) {
		length := int(binary.BigEndian.Uint32(log[end+checksum:]))
		if length == 0 {
			break
		}
		at = append(at, end)
		end += checksum + 4 + length + 1
	}
	return at, end
}
