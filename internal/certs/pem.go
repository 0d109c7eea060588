package certs

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// pemCertificates are the certificates of a PEM file, in its order.
func pemCertificates(data []byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" && block.Type != "X509 CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(out)+1, err)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, errors.New("there is no certificate in it (PEM)")
	}
	return out, nil
}

// pemPair is a certificate and its key from two files; of store only the password
// counts.
func pemPair(certFile, keyFile string, store Store) (*tls.Certificate, error) {
	certs, err := readFile(certFile)
	if err != nil {
		return nil, err
	}
	store.File, store.Type = keyFile, PEM
	key, _, password, err := store.open()
	if err != nil {
		return nil, err
	}
	id, err := pemIdentity(certs, key, password)
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", certFile, keyFile, err)
	}
	return id, nil
}

func pemIdentity(certs, key []byte, password string) (*tls.Certificate, error) {
	chain, err := pemCertificates(certs)
	if err != nil {
		return nil, err
	}
	private, err := pemKey(key, password)
	if err != nil {
		return nil, err
	}
	return pair(private, chain)
}

// pemKey is the first private key of a PEM file.
func pemKey(data []byte, password string) (any, error) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return nil, errors.New("there is no private key in it (PEM)")
		}
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY":
			return encryptedKey(block.Bytes, password)
		case block.Headers["DEK-Info"] != "":
			return nil, errors.New("the private key is encrypted in a way that is not safe: openssl pkcs8 -topk8 makes a PKCS #8 key of it")
		case block.Type == "PRIVATE KEY":
			return x509.ParsePKCS8PrivateKey(block.Bytes)
		case block.Type == "RSA PRIVATE KEY":
			return x509.ParsePKCS1PrivateKey(block.Bytes)
		case block.Type == "EC PRIVATE KEY":
			return x509.ParseECPrivateKey(block.Bytes)
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return nil, fmt.Errorf("a key of type %q cannot be read", block.Type)
		}
	}
}
