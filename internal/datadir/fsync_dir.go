package datadir

import (
	"os"
	"runtime"
)

// syncDir has the names in a directory on the disk. Windows knows no such call;
// there the names are as durable as the file system makes them.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
