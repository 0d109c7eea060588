package datadir

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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
		err := writeWhole(d.snaps, secretName, func(w io.Writer) error {
			_, err := fmt.Fprintln(w, hex.EncodeToString(secret))
			return err
		})
		if err != nil {
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
