package certs

import (
	"bytes"
	"crypto/sha1"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
)

// The format of Java's own key stores: a magic number, a version, the number of
// entries, the entries, and a SHA-1 over the password and all of it. It is read here
// rather than by a library because it is this small, and because a damaged file must
// not make us allocate what its lengths say.
var jksMagic = []byte{0xfe, 0xed, 0xfe, 0xed}

const (
	jksKeyEntry     = 1
	jksTrustedEntry = 2
)

// jksEntry is a key with its chain, or, without a key, a certificate that is trusted.
type jksEntry struct {
	key   []byte // encrypted
	certs []*x509.Certificate
}

// jksReader takes a store apart; after the first error there is only zeros.
type jksReader struct {
	rest []byte
	err  error
}

var errJKS = errors.New("the file is damaged, or no JKS key store")

func (r *jksReader) bytes(n uint32) []byte {
	if r.err != nil || uint64(n) > uint64(len(r.rest)) {
		r.err = errJKS
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *jksReader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// text passes over a string.
func (r *jksReader) text() {
	if b := r.bytes(2); b != nil {
		r.bytes(uint32(binary.BigEndian.Uint16(b)))
	}
}

func (r *jksReader) certificate(version uint32) *x509.Certificate {
	if version > 1 {
		r.text() // X.509; there is no other
	}
	der := r.bytes(r.uint32())
	if r.err != nil {
		return nil
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		r.err = err
	}
	return c
}

func (r *jksReader) entry(version uint32) jksEntry {
	var e jksEntry
	tag := r.uint32()
	r.text()   // its name
	r.bytes(8) // its date
	count := uint32(1)
	switch tag {
	case jksKeyEntry:
		e.key = r.bytes(r.uint32())
		count = r.uint32()
	case jksTrustedEntry:
	default:
		r.err = errJKS
	}
	for ; count > 0 && r.err == nil; count-- {
		e.certs = append(e.certs, r.certificate(version))
	}
	return e
}

// readJKS reads a store. An empty password leaves its checksum unchecked, as in
// Java: trusted certificates can be read without one.
func readJKS(data []byte, password string) ([]jksEntry, error) {
	if len(data) < len(jksMagic)+sha1.Size || !bytes.HasPrefix(data, jksMagic) {
		return nil, errJKS
	}
	body, sum := data[:len(data)-sha1.Size], data[len(data)-sha1.Size:]
	if password != "" && subtle.ConstantTimeCompare(jksDigest(password, body), sum) == 0 {
		return nil, errPassword
	}
	r := &jksReader{rest: body[len(jksMagic):]}
	version := r.uint32()
	if version != 1 && version != 2 {
		return nil, fmt.Errorf("version %d of the format cannot be read", version)
	}
	var entries []jksEntry
	for n := r.uint32(); n > 0 && r.err == nil; n-- {
		entries = append(entries, r.entry(version))
	}
	if r.err != nil {
		return nil, r.err
	}
	return entries, nil
}

// jksPassword is a password as Java hashes it: UTF-16, the big end first.
func jksPassword(password string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(password)) {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return out
}

func jksDigest(password string, body []byte) []byte {
	h := sha1.New()
	h.Write(jksPassword(password))
	h.Write([]byte("Mighty Aphrodite")) // it says so in the JDK
	h.Write(body)
	return h.Sum(nil)
}

func jksAuthorities(data []byte, password string) ([]*x509.Certificate, error) {
	entries, err := readJKS(data, password)
	if err != nil {
		return nil, err
	}
	var out []*x509.Certificate
	for _, e := range entries {
		if e.key == nil {
			out = append(out, e.certs...)
		}
	}
	return out, nil
}

// jksIdentity is the first key of a store. Its password is the store's, as
// ZooKeeper has it.
func jksIdentity(data []byte, password string) (*tls.Certificate, error) {
	entries, err := readJKS(data, password)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.key == nil {
			continue
		}
		key, err := jksKey(e.key, password)
		if err != nil {
			return nil, err
		}
		return pair(key, e.certs)
	}
	return nil, errors.New("there is no private key in it")
}

// jksKey decrypts a key: it is XORed with a chain of SHA-1 sums that begins with a
// salt, and followed by a SHA-1 of itself.
func jksKey(der []byte, password string) (any, error) {
	var info encryptedPrivateKeyInfo
	if _, err := asn1.Unmarshal(der, &info); err != nil || len(info.Data) < 2*sha1.Size {
		return nil, errJKS
	}
	n := len(info.Data) - sha1.Size
	chain, secret, sum := info.Data[:sha1.Size], info.Data[sha1.Size:n], info.Data[n:]
	word := jksPassword(password)
	plain := make([]byte, 0, len(secret))
	for len(plain) < len(secret) {
		next := sha1.Sum(append(bytes.Clone(word), chain...))
		chain = next[:]
		for _, b := range chain[:min(len(chain), len(secret)-len(plain))] {
			plain = append(plain, secret[len(plain)]^b)
		}
	}
	if check := sha1.Sum(append(word, plain...)); subtle.ConstantTimeCompare(check[:], sum) == 0 {
		return nil, errPassword
	}
	return x509.ParsePKCS8PrivateKey(plain)
}
