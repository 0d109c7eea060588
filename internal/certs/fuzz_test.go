package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"zoosh/internal/zktest"
)

// p12Files are stores of every kind that the library writes, with n rounds.
func p12Files(t testing.TB, n int, word string) map[string][]byte {
	t.Helper()
	ca := zktest.NewCA(t, "Test CA")
	leaf, cas := ca.Issue("client", false), []*x509.Certificate{ca.Cert}
	all := map[string][]byte{}
	for name, enc := range map[string]*pkcs12.Encoder{
		"RC2": pkcs12.LegacyRC2, "DES": pkcs12.LegacyDES, "2023": pkcs12.Modern2023, "2026": pkcs12.Modern2026,
	} {
		id, err := enc.WithIterations(n).Encode(leaf.Key, leaf.Cert, cas, word)
		if err != nil {
			t.Fatal(err)
		}
		trust, err := enc.WithIterations(n).EncodeTrustStore(cas, word)
		if err != nil {
			t.Fatal(err)
		}
		all[name], all[name+" trust"] = id, trust
	}
	return all
}

// TestPKCS12Rounds: what a store asks for is known before it is opened.
func TestPKCS12Rounds(t *testing.T) {
	const n = 3000
	want := map[string]int{
		// Of the old ways, the certificates and the key take two hashes each.
		"RC2": 5 * n, "DES": 5 * n, "2023": 3 * n, "2026": 3 * n,
		"RC2 trust": 3 * n, "DES trust": 3 * n, "2023 trust": 2 * n, "2026 trust": 2 * n,
	}
	for name, data := range p12Files(t, n, password) {
		if err := checkPKCS12(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, _ := askedOf(data); got != want[name] {
			t.Errorf("%s: %d rounds, want %d", name, got, want[name])
		}
	}
}

// TestHostilePKCS12: a store that asks for hours, or for more parts than are read, is
// refused before anything is computed.
func TestHostilePKCS12(t *testing.T) {
	var file p12File
	if _, err := asn1.Unmarshal(p12Files(t, 1, password)["2023"], &file); err != nil {
		t.Fatal(err)
	}
	slow := file
	slow.Mac.Rounds = 1 << 40
	many := file
	parts := der(t, bytes.Repeat([]byte{0x30, 0}, 5), asn1.TagSequence)
	many.AuthSafe.Content = asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: der(t, parts, asn1.TagOctetString)}
	for want, f := range map[string]p12File{"hashed more than": slow, "more than 2 parts": many} {
		data, err := asn1.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "x.p12")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := Store{File: name, Password: password}
		if _, err := s.identity(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("identity: %v, want %q", err, want)
		}
		if _, err := s.authorities(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("authorities: %v, want %q", err, want)
		}
	}
}

// der is a value of a universal tag.
func der(t testing.TB, content []byte, tag int) []byte {
	t.Helper()
	out, err := asn1.Marshal(asn1.RawValue{Tag: tag, IsCompound: tag == asn1.TagSequence, Bytes: content})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// allocated is how many bytes were allocated while do ran.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// FuzzPKCS12: a damaged store is an error, and takes memory by its size and by the
// rounds that it is seen to ask for. One without a checksum is opened without it.
func FuzzPKCS12(f *testing.F) {
	for _, word := range []string{"", "x"} {
		for _, data := range p12Files(f, 2, word) {
			f.Add(data)
			var file p12File
			if _, err := asn1.Unmarshal(data, &file); err != nil {
				f.Fatal(err)
			}
			file.Mac = p12Mac{}
			bare, err := asn1.Marshal(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(bare)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const few = 20_000 // rounds, so that there are many runs
		n, _ := askedOf(data)
		if n > few || checkPKCS12(data) != nil {
			return
		}
		for _, word := range []string{"", "x"} {
			used := allocated(func() {
				pkcs12.DecodeTrustStore(data, word)
				pkcs12Identity(data, word)
			})
			if limit := uint64(4<<20 + 400*len(data) + 400*n); used > limit {
				t.Fatalf("%d bytes with %d rounds took %d bytes of memory", len(data), n, used)
			}
		}
	})
}

// FuzzPEM: what is read reads the same when it is written anew.
func FuzzPEM(f *testing.F) {
	ca := zktest.NewCA(f, "Test CA")
	leaf := ca.Issue("client", false)
	for _, name := range []string{ca.CertFile, leaf.BothFile, leaf.KeyFile} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"))
	f.Add([]byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if id, err := pemIdentity(data, data, "x"); (id == nil) == (err == nil) {
			t.Fatalf("%v, %v", id, err)
		}
		certs, err := pemCertificates(data)
		if err != nil {
			return
		}
		var anew []byte
		for _, c := range certs {
			anew = append(anew, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
		}
		again, err := pemCertificates(anew)
		if err != nil || len(again) != len(certs) {
			t.Fatalf("%d certificates, written anew %d, %v", len(certs), len(again), err)
		}
		for i := range certs {
			if !certs[i].Equal(again[i]) {
				t.Fatalf("certificate %d came back otherwise", i)
			}
		}
	})
}
