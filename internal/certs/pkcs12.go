package certs

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// What a PKCS #12 file (RFC 7292) says in the clear of what it is to be opened with, as
// the library reads it. The library computes whatever number of rounds a file asks
// for, so that is looked at before.
type (
	p12File struct {
		Version  int
		AuthSafe p12Content
		Mac      p12Mac `asn1:"optional"`
	}
	p12Content struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
	}
	p12Mac struct {
		Digest struct {
			Algorithm pkix.AlgorithmIdentifier
			Digest    []byte
		}
		Salt   []byte
		Rounds int `asn1:"optional,default:1"`
	}
	p12Encrypted struct {
		Version int
		Content struct {
			Type      asn1.ObjectIdentifier
			Algorithm pkix.AlgorithmIdentifier
			Data      asn1.RawValue `asn1:"tag:0,optional"`
		}
	}
	p12Bag struct {
		ID         asn1.ObjectIdentifier
		Value      asn1.RawValue `asn1:"tag:0,explicit"`
		Attributes asn1.RawValue `asn1:"optional"`
	}
	p12Rounds struct { // of the old ways to encrypt, and of PBKDF2, whatever follows there
		Salt   asn1.RawValue
		Rounds int
	}
	p12Key struct { // of an encrypted private key
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
)

var (
	oidPBMAC1       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}
	oidEncrypted    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidEncryptedKey = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
)

const (
	// maxPKCS12 bounds a file; what it unpacks to is up to 60 times as much.
	maxPKCS12 = 4 << 20
	// maxSafes is how many parts of a file are read: certificates and a key.
	maxSafes = 2
)

// checkPKCS12 refuses a file that would cost more time or memory than one that is
// meant to be opened. One that is damaged is left to the library, which stops at the
// same place. What stands within an encrypted part is not seen.
func checkPKCS12(data []byte) error {
	if len(data) > maxPKCS12 {
		return fmt.Errorf("it has more than %d bytes (PKCS12)", maxPKCS12)
	}
	n, safes := askedOf(data)
	switch {
	case safes > maxSafes:
		return fmt.Errorf("it has more than %d parts (PKCS12)", maxSafes)
	case n > maxRounds:
		return fmt.Errorf("it is damaged, or takes too long to open: its password would be hashed more than %d times", maxRounds)
	}
	return nil
}

// askedOf is how many rounds of hashing a file asks for, as far as that is to be seen,
// and how many parts it has.
func askedOf(data []byte) (hashed, safes int) {
	var file p12File
	if _, err := asn1.Unmarshal(data, &file); err != nil {
		return 0, 0
	}
	var sum rounds
	if alg := file.Mac.Digest.Algorithm; alg.Algorithm.Equal(oidPBMAC1) {
		sum.derived(alg)
	} else {
		sum.add(file.Mac.Rounds)
	}
	var content asn1.RawValue
	if _, err := asn1.Unmarshal(file.AuthSafe.Content.Bytes, &content); err != nil {
		return int(sum), 0
	}
	each(content.Bytes, func(der []byte) {
		if safes++; safes <= maxSafes {
			sum.safe(der)
		}
	})
	return int(sum), safes
}

// each calls do with the values of a sequence, one after the other.
func each(der []byte, do func(der []byte)) {
	var seq asn1.RawValue
	if _, err := asn1.Unmarshal(der, &seq); err != nil {
		return
	}
	for rest := seq.Bytes; len(rest) > 0; {
		var v asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &v); err != nil {
			return
		}
		do(v.FullBytes)
	}
}

// rounds adds up how often a file has a password hashed.
type rounds int

func (r *rounds) add(n int) { *r += rounds(min(max(n, 0), maxRounds+1)) }

// safe adds what is known of a part.
func (r *rounds) safe(der []byte) {
	var c p12Content
	if _, err := asn1.Unmarshal(der, &c); err != nil {
		return
	}
	if c.Type.Equal(oidEncrypted) {
		var e p12Encrypted
		if _, err := asn1.Unmarshal(c.Content.Bytes, &e); err == nil {
			r.cipher(e.Content.Algorithm)
		}
		return
	}
	var plain asn1.RawValue
	if _, err := asn1.Unmarshal(c.Content.Bytes, &plain); err != nil {
		return
	}
	each(plain.Bytes, func(der []byte) {
		var bag p12Bag
		var key p12Key
		if _, err := asn1.Unmarshal(der, &bag); err != nil || !bag.ID.Equal(oidEncryptedKey) {
			return
		}
		if _, err := asn1.Unmarshal(bag.Value.Bytes, &key); err == nil {
			r.cipher(key.Algorithm)
		}
	})
}

// cipher adds the rounds of a way to encrypt.
func (r *rounds) cipher(alg pkix.AlgorithmIdentifier) {
	if alg.Algorithm.Equal(oidPBES2) {
		r.derived(alg)
		return
	}
	var old p12Rounds
	if _, err := asn1.Unmarshal(alg.Parameters.FullBytes, &old); err == nil {
		r.add(old.Rounds) // twice as many, for the key and its start
		r.add(old.Rounds)
	}
}

// derived adds the rounds of PBKDF2, which come first in the parameters of PBES2 and
// of PBMAC1.
func (r *rounds) derived(alg pkix.AlgorithmIdentifier) {
	var params struct{ Derivation, Use pkix.AlgorithmIdentifier }
	var kdf p12Rounds
	if _, err := asn1.Unmarshal(alg.Parameters.FullBytes, &params); err != nil {
		return
	}
	if _, err := asn1.Unmarshal(params.Derivation.Parameters.FullBytes, &kdf); err == nil {
		r.add(kdf.Rounds)
	}
}
