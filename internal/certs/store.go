package certs

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"software.sslmate.com/src/go-pkcs12"

	"zoosh/internal/textfile"
)

// The types of stores, by ZooKeeper's names.
const (
	PEM    = "PEM"
	PKCS12 = "PKCS12"
	JKS    = "JKS"
)

// maxStore bounds a file: all CAs of a system are less than a megabyte.
const maxStore = 16 << 20

// Store is a file with certificates, and perhaps a key.
type Store struct {
	File string
	// Type is PEM, PKCS12 or JKS; "" goes by the file's name and else by what is in
	// it.
	Type         string
	Password     string
	PasswordFile string // the file that the password is in, in place of Password
}

// open reads the file, and finds its type and password.
func (s Store) open() (data []byte, kind, password string, err error) {
	if data, err = readFile(s.File); err != nil {
		return nil, "", "", err
	}
	password = s.Password
	if s.PasswordFile != "" {
		text, err := readFile(s.PasswordFile)
		if err != nil {
			return nil, "", "", fmt.Errorf("the password of %s: %w", s.File, err)
		}
		password = strings.TrimRight(string(text), "\r\n")
	}
	kind = strings.ToUpper(s.Type)
	if kind == "" {
		kind = guess(s.File, data)
	}
	switch kind {
	case PEM, PKCS12, JKS:
		return data, kind, password, nil
	}
	return nil, "", "", fmt.Errorf("%s: a store of type %q cannot be read: PEM, PKCS12 or JKS", s.File, kind)
}

// readFile is os.ReadFile with a bound.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxStore+1))
	if err == nil && len(data) > maxStore {
		err = fmt.Errorf("%s has more than %d bytes", name, maxStore)
	}
	return textfile.Trim(data), err // a store that is no text begins otherwise
}

// guess goes by the name, as ZooKeeper does, and else by the content.
func guess(name string, data []byte) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".pem":
		return PEM
	case ".p12", ".pfx":
		return PKCS12
	case ".jks":
		if bytes.HasPrefix(data, []byte{0x30}) {
			return PKCS12 // keytool has called them so since Java 9
		}
		return JKS
	}
	switch {
	case bytes.Contains(data, []byte("-----BEGIN ")):
		return PEM
	case bytes.HasPrefix(data, jksMagic):
		return JKS
	}
	return PKCS12
}

// authorities are the certificates to trust.
func (s Store) authorities() ([]*x509.Certificate, error) {
	data, kind, password, err := s.open()
	if err != nil {
		return nil, err
	}
	var cas []*x509.Certificate
	switch kind {
	case PEM:
		cas, err = pemCertificates(data)
	case PKCS12:
		if err = checkPKCS12(data); err == nil {
			cas, err = pkcs12.DecodeTrustStore(data, password)
		}
	case JKS:
		cas, err = jksAuthorities(data, password)
	}
	if err == nil && len(cas) == 0 {
		err = errors.New("there is no trusted certificate in it")
	}
	return cas, s.explain(err)
}

// identity is a certificate with its chain and its key.
func (s Store) identity() (*tls.Certificate, error) {
	data, kind, password, err := s.open()
	if err != nil {
		return nil, err
	}
	var id *tls.Certificate
	switch kind {
	case PEM:
		id, err = pemIdentity(data, data, password)
	case PKCS12:
		id, err = pkcs12Identity(data, password)
	case JKS:
		id, err = jksIdentity(data, password)
	}
	return id, s.explain(err)
}

// errPassword is a password that does not open a store.
var errPassword = errors.New("the password is wrong, or the file is damaged")

// explain says which file it was; never with the password.
func (s Store) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		err = errPassword
	}
	return fmt.Errorf("%s: %w", s.File, err)
}

func pkcs12Identity(data []byte, password string) (*tls.Certificate, error) {
	if err := checkPKCS12(data); err != nil {
		return nil, err
	}
	key, leaf, chain, err := pkcs12.DecodeChain(data, password)
	if err != nil {
		return nil, err
	}
	return pair(key, append([]*x509.Certificate{leaf}, chain...))
}

// pair puts a key and its certificate together. The certificate need not be the
// first: some programs write the CA's first.
func pair(key any, chain []*x509.Certificate) (*tls.Certificate, error) {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the private key is of an unknown kind, %T", key)
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return nil, fmt.Errorf("the private key is of an unknown kind, %T", key)
	}
	for i, c := range chain {
		if !public.Equal(c.PublicKey) {
			continue
		}
		id := &tls.Certificate{PrivateKey: signer, Leaf: c, Certificate: [][]byte{c.Raw}}
		for j, other := range chain {
			if j != i {
				id.Certificate = append(id.Certificate, other.Raw)
			}
		}
		return id, nil
	}
	return nil, errors.New("the private key is not that of a certificate in it")
}
