package datadir
import "errors"
type Dir struct{}
type RecoverInfo struct{ Notes []string }
func Open(dataDir, logDir string) (*Dir, error) { return nil, errors.New("stub") }
func (d *Dir) Recover(load func(*SnapshotReader) error, apply func(*Txn) error) (RecoverInfo, error) { return RecoverInfo{}, nil }
func (d *Dir) Snapshots() ([]File, error) { return nil, nil }
func (d *Dir) CreateLog(first int64, o LogOptions) (*LogWriter, error) { return nil, nil }
func (d *Dir) WriteSnapshot(zxid int64, s SnapshotSource) error { return nil }
func (d *Dir) Prune(n int) ([]string, error) { return nil, nil }
func (d *Dir) Close() error { return nil }
