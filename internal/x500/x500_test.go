package x500

import (
	"encoding/asn1"
	"strings"
	"testing"
)

// name encodes a name of one attribute.
func name(t testing.TB, oid string, tag int, value string) []byte {
	t.Helper()
	var id asn1.ObjectIdentifier
	for _, part := range strings.Split(oid, ".") {
		n := 0
		for _, c := range part {
			n = 10*n + int(c-'0')
		}
		id = append(id, n)
	}
	der, err := asn1.Marshal([]relativeSET{{{id, asn1.RawValue{Tag: tag, Bytes: []byte(value)}}}})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// The names are those that Java 17 writes.
func TestName(t *testing.T) {
	const utf8, printable, ia5 = asn1.TagUTF8String, asn1.TagPrintableString, asn1.TagIA5String
	for _, tt := range []struct {
		oid   string
		tag   int
		value string
		want  string
	}{
		{"2.5.4.3", utf8, "zk1", "CN=zk1"},
		{"2.5.4.3", utf8, "", "CN="},
		{"2.5.4.10", printable, "Doe, Inc.", `O=Doe\, Inc.`},
		{"2.5.4.11", utf8, `a+b<c>d#e;f"g\h=i`, `OU=a\+b\<c\>d\#e\;f\"g\\h\=i`},
		{"2.5.4.3", utf8, "  a b ", `CN=\ \ a b\ `},
		{"2.5.4.3", utf8, "  ", `CN=\ \ `},
		{"2.5.4.3", utf8, "\r\n\t", "CN=\\\r\n\t"},
		{"2.5.4.3", utf8, "a\x00b", `CN=a\00b`},
		{"2.5.4.3", utf8, "Jörg 日", "CN=Jörg 日"},
		{"2.5.4.3", asn1.TagT61String, "J\xf6rg", "CN=J\ufffdrg"},
		{"2.5.4.3", asn1.TagBMPString, "\x00a", `CN=\00a`},
		{"2.5.4.3", asn1.TagOctetString, "ab", "CN=#04026162"},
		{"0.9.2342.19200300.100.1.25", ia5, "org", "DC=org"},
		{"0.9.2342.19200300.100.1.1", utf8, "ann", "UID=ann"},
		{"1.2.840.113549.1.9.1", ia5, "a@b", "1.2.840.113549.1.9.1=#1603614062"},
		{"2.5.4.5", printable, "7", "2.5.4.5=#130137"},
	} {
		got, err := Name(name(t, tt.oid, tt.tag, tt.value))
		if got != tt.want || err != nil {
			t.Errorf("%s %q: %q, %v, want %q", tt.oid, tt.value, got, err, tt.want)
		}
		if !strings.Contains(got, "\r") && !Valid(got) {
			t.Errorf("%q is no name", got)
		}
	}
	cn := func(v string) attribute {
		return attribute{asn1.ObjectIdentifier{2, 5, 4, 3}, asn1.RawValue{Tag: utf8, Bytes: []byte(v)}}
	}
	der, err := asn1.Marshal([]relativeSET{{cn("a")}, {cn("b"), cn("c")}, {cn("d")}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Name(der); got != "CN=d,CN=b+CN=c,CN=a" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := Name([]byte{0x30, 0}); got != "" || err != nil {
		t.Errorf("of nothing: %q, %v", got, err)
	}
	for _, der := range [][]byte{nil, {0x30}, {0x30, 0, 0}, {0x31, 0}} {
		if got, err := Name(der); err == nil {
			t.Errorf("% x is %q", der, got)
		}
	}
}

// Java 17's X500Principal takes the same.
func TestValid(t *testing.T) {
	for _, text := range []string{
		"", "CN=a", "cn=a", " CN =a", "CN=", "CN= ", "CN=a,O=b", "CN=a, O=b", "CN=a;O=b", "CN=a+O=b", "CN=a=b",
		"OID.2.5.4.3=a", "2.5.4.3=a", "2.5.04.03=a", "1.2.99999999999999999999=a", "EMAILADDRESS=a@b", "S=a", "DNQ=a",
		`CN=a\,b`, `CN=a\+b`, `CN=a\\,O=b`, `CN=\41b`, `CN=\ a\ `, "CN=\\\n", `CN="a,b"`, `CN="a+b" `, `CN="a\"b"`, `CN=""`,
		"CN=#0c0161", "CN=#0C0161", "CN=#0c820001AF", "CN=#0c00,O=b", `CN=a\\+O`, "CN=ü", "CN=a\x00",
	} {
		if !Valid(text) {
			t.Errorf("%q is a name", text)
		}
	}
	for _, text := range []string{
		" ", "a", "=", "=a", "CN", "XX=a", "CN=a,", ",CN=a", "CN=a,,O=b", "CN=a+", "+CN=a", "CN=a++O=b", "CN=a,b",
		"2.5.4.=a", "3.1=a", "1.40=a", "1=a", "1.2.-3=a", "1.2.x=a", "1_0.2=a",
		`CN=a"b`, `CN="a`, `CN="a"b`, `CN="a\ "`, `CN=a\`, `CN=a\x`, `CN=a\4`, `CN=a\4g`, "CN=a<b", "CN=a;", "CN=>",
		"CN=#", "CN=#0", "CN=#0c", "CN=#0c01", "CN=#0c016161", "CN=#0cff", "CN=#0c85000000000161", "CN=#xy",
	} {
		if Valid(text) {
			t.Errorf("%q is no name", text)
		}
	}
}

func FuzzValid(f *testing.F) {
	f.Add(`CN=a\,b+O="x;y",2.5.4.3=#0c0161`)
	f.Add(`\,+;"\"`)
	f.Fuzz(func(t *testing.T, text string) {
		if Valid(text) && text != "" && !strings.Contains(text, "=") {
			t.Errorf("%q", text)
		}
	})
}

// What is written is read, but for what Java does not read either, and encoded values,
// which may have tags that Java knows nothing of. Where a sign has backslashes before it,
// Java takes others in the name for some of them.
func FuzzName(f *testing.F) {
	f.Add(name(f, "2.5.4.3", asn1.TagUTF8String, "a, b"))
	f.Add(name(f, "2.5.4.3", asn1.TagUTF8String, ` 0\,`))
	f.Fuzz(func(t *testing.T, der []byte) {
		if got, err := Name(der); err == nil && !strings.Contains(got, "\r") && !strings.Contains(got, "=#") && !strings.Contains(got, `\\\`) && !Valid(got) {
			t.Errorf("% x: %q", der, got)
		}
	})
}
