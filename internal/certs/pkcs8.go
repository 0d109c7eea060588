package certs

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
)

// What PKCS #8 encrypts a private key with today: PBES2 with PBKDF2 and AES
// (RFC 8018), which is what openssl and ZooKeeper's tools write.
var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}

	aesKeyLengths = map[string]int{
		"2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32, // CBC
	}
	hmacs = map[string]func() hash.Hash{
		"1.2.840.113549.2.7": sha1.New, "1.2.840.113549.2.9": sha256.New,
		"1.2.840.113549.2.10": sha512.New384, "1.2.840.113549.2.11": sha512.New,
	}
)

// maxRounds bounds what a damaged file can make us compute: a few seconds.
const maxRounds = 10_000_000

type encryptedPrivateKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbes2Params struct {
	Derivation, Encryption pkix.AlgorithmIdentifier
}

type pbkdf2Params struct {
	Salt      []byte
	Rounds    int
	KeyLength int                      `asn1:"optional"`
	PRF       pkix.AlgorithmIdentifier `asn1:"optional"`
}

// encryptedKey decrypts a PKCS #8 private key.
func encryptedKey(der []byte, password string) (any, error) {
	var info encryptedPrivateKeyInfo
	var scheme pbes2Params
	var kdf pbkdf2Params
	var iv []byte
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, fmt.Errorf("the encrypted private key: %w", err)
	}
	if !info.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, errors.New("the private key is encrypted in an old way: openssl pkcs8 -topk8 -v2 aes256 encrypts it anew")
	}
	if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &scheme); err != nil {
		return nil, fmt.Errorf("the encrypted private key: %w", err)
	}
	if !scheme.Derivation.Algorithm.Equal(oidPBKDF2) {
		return nil, fmt.Errorf("the private key's password is hashed by %v, which is not to be had: PBKDF2 is", scheme.Derivation.Algorithm)
	}
	if _, err := asn1.Unmarshal(scheme.Derivation.Parameters.FullBytes, &kdf); err != nil {
		return nil, fmt.Errorf("the encrypted private key: %w", err)
	}
	if _, err := asn1.Unmarshal(scheme.Encryption.Parameters.FullBytes, &iv); err != nil {
		return nil, fmt.Errorf("the encrypted private key: %w", err)
	}
	size, ok := aesKeyLengths[scheme.Encryption.Algorithm.String()]
	if !ok {
		return nil, fmt.Errorf("the private key is encrypted with %v, which is not to be had: AES is", scheme.Encryption.Algorithm)
	}
	newHash := sha1.New // the default
	if len(kdf.PRF.Algorithm) > 0 {
		if newHash, ok = hmacs[kdf.PRF.Algorithm.String()]; !ok {
			return nil, fmt.Errorf("the private key's password is hashed with %v, which is not to be had", kdf.PRF.Algorithm)
		}
	}
	if kdf.Rounds < 1 || kdf.Rounds > maxRounds {
		return nil, errors.New("the encrypted private key is damaged")
	}
	key, err := pbkdf2.Key(newHash, password, kdf.Salt, kdf.Rounds, size)
	if err != nil {
		return nil, err
	}
	return decryptCBC(key, iv, info.Data)
}

// decryptCBC decrypts a private key. Wrong padding, or bytes that are no key, mean that
// the password is wrong.
func decryptCBC(key, iv, data []byte) (any, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if len(iv) != block.BlockSize() || len(data) == 0 || len(data)%block.BlockSize() != 0 {
		return nil, errors.New("the encrypted private key is damaged")
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > block.BlockSize() {
		return nil, errPassword
	}
	private, err := x509.ParsePKCS8PrivateKey(plain[:len(plain)-pad])
	if err != nil {
		return nil, errPassword
	}
	return private, nil
}
