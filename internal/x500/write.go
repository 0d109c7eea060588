// Package x500 writes and reads the distinguished names of certificates as Java does,
// to which they are the identities of ZooKeeper's scheme x509.
package x500

import (
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// An attribute is a type with its value, such as CN=zk1.
type attribute struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue
}

// relativeSET is a relative name, mostly of one attribute. It is named for how the
// ASN.1 package tells a SET from a SEQUENCE.
type relativeSET []attribute

// keywords are the types that RFC 2253 has names for; the others are written as
// numbers.
var keywords = map[string]string{
	"2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "STREET",
	"2.5.4.10": "O", "2.5.4.11": "OU",
	"0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
}

// Name is a DER-encoded name as Java's X500Principal.getName tells it: by RFC 2253,
// the last part first.
func Name(der []byte) (string, error) {
	var name []relativeSET
	rest, err := asn1.Unmarshal(der, &name)
	if err == nil && len(rest) > 0 {
		err = errors.New("there are bytes behind it")
	}
	if err != nil {
		return "", fmt.Errorf("read a distinguished name: %w", err)
	}
	parts := make([]string, len(name))
	for i, relative := range name {
		attributes := make([]string, len(relative))
		for j, a := range relative {
			attributes[j] = a.String()
		}
		parts[len(parts)-1-i] = strings.Join(attributes, "+")
	}
	return strings.Join(parts, ","), nil
}

// String is the attribute by RFC 2253.
func (a attribute) String() string {
	keyword, ok := keywords[a.Type.String()]
	if !ok {
		return a.Type.String() + "=#" + hex.EncodeToString(a.Value.FullBytes)
	}
	if !isText(a.Value) {
		return keyword + "=#" + hex.EncodeToString(a.Value.FullBytes)
	}
	return keyword + "=" + escape(string(a.Value.Bytes))
}

// isText tells whether a value is of a type that Java writes as text.
func isText(v asn1.RawValue) bool {
	if v.Class != asn1.ClassUniversal || v.IsCompound {
		return false
	}
	switch v.Tag {
	case asn1.TagPrintableString, asn1.TagT61String, asn1.TagIA5String, asn1.TagGeneralString,
		asn1.TagBMPString, asn1.TagUTF8String:
		return true
	}
	return false
}

// escape has backslashes before what means something in a name, and before blanks at
// its ends. Whatever the type of the string, Java takes its bytes for UTF-8.
func escape(value string) string {
	var b strings.Builder
	for _, r := range value { // what is no UTF-8 becomes U+FFFD
		switch {
		case r == 0:
			b.WriteString(`\00`)
			continue
		case strings.ContainsRune(`,=+<>#;"\`, r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	const blanks = " \r"
	escaped := b.String()
	tail := strings.TrimLeft(escaped, blanks)
	head := escaped[:len(escaped)-len(tail)]
	body := strings.TrimRight(tail, blanks)
	return backslashed(head) + body + backslashed(tail[len(body):])
}

func backslashed(blanks string) string {
	var b strings.Builder
	for _, r := range blanks {
		b.WriteByte('\\')
		b.WriteRune(r)
	}
	return b.String()
}
