package datadir

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// secretName is the file with what the passwords of the sessions are made of, if that
// is not ZooKeeper's formula. ZooKeeper passes over it.
const secretName = "zoosh.secret"

// minSecret is how long a secret is at least, in bytes.
const minSecret = 16

// HasSecret tells whether the directory has a secret.
func (d *Dir) HasSecret() bool {
	_, err := os.Stat(filepath.Join(d.snaps, secretName))
	return err == nil
}

// Secret is the directory's secret, which is made if there is none.
func (d *Dir) Secret(fresh func() []byte) ([]byte, error) {
	path := filepath.Join(d.snaps, secretName)
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		secret := fresh()
		if err := writeSecret(path, secret); err != nil {
			return nil, fmt.Errorf("making the secret of the sessions: %w", err)
		}
		return secret, nil
	case err != nil:
		return nil, fmt.Errorf("reading the secret of the sessions: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) < minSecret {
		return nil, fmt.Errorf("%s is no secret of sessions; without it another is made, and the sessions there are cannot be resumed", path)
	}
	return secret, nil
}

// writeSecret writes a secret so that it is there whole or not at all.
func writeSecret(path string, secret []byte) error {
	temp := filepath.Join(filepath.Dir(path), tempName(secretName))
	os.Remove(temp) // of a crash
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, hex.EncodeToString(secret))
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	return syncDir(filepath.Dir(path))
}
