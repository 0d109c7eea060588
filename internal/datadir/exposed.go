package datadir

import (
	"os"
	"path/filepath"
	"runtime"
)

// Exposed is a snapshot or a log that other users of the machine can read, with what it
// says; "" if there is none.
func (d *Dir) Exposed() string {
	if runtime.GOOS == "windows" { // where the mode says nothing of others
		return ""
	}
	for _, dir := range []string{d.snaps, d.logs} {
		snaps, _ := listSnapshots(dir)
		logs, _ := listLogs(dir)
		for _, f := range append(snaps, logs...) {
			if readableByOthers(f.Path) {
				return f.Path
			}
		}
	}
	return ""
}

// readableByOthers tells whether the group of a file or all others may read it, and pass
// through its version-2 and the data directory that this is in.
func readableByOthers(path string) bool {
	const read, pass = 0o044, 0o011
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	may := (info.Mode().Perm() & read) >> 2 // as the permissions to pass stand
	for range 2 {
		path = filepath.Dir(path)
		if info, err = os.Stat(path); err != nil {
			return false
		}
		may &= info.Mode().Perm() & pass
	}
	return may != 0
}
