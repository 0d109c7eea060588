package shell

import (
	"bytes"
	"encoding/base64"
	"testing"
)

func TestDecodeBase64(t *testing.T) {
	for _, test := range []struct{ text, want, err string }{
		{"", "", ""},
		{"aGVsbG8=", "hello", ""},
		{"aGVsbG8", "hello", ""}, // Java does not miss the padding
		{"YQ==", "a", ""}, {"YQ", "a", ""}, {"YWI=", "ab", ""}, {"YWJj", "abc", ""},
		{"YR==", "a", ""},
		{"Y", "", "Input byte[] should at least have 2 bytes for base64 bytes"},
		{"YWJjY", "", "Last unit does not have enough valid bits"},
		{"YWJjY===", "", "Last unit does not have enough valid bits"},
		{"YQ=", "", "Input byte array has wrong 4-byte ending unit"},
		{"YQ=x", "", "Input byte array has wrong 4-byte ending unit"},
		{"====", "", "Input byte array has wrong 4-byte ending unit"},
		{"YWJj=", "", "Input byte array has wrong 4-byte ending unit"},
		{"YQ==YQ==", "", "Input byte array has incorrect ending byte at 4"},
		{"YWI=x", "", "Input byte array has incorrect ending byte at 4"},
		{"not base64!", "", "Illegal base64 character 20"},
		{"a-b_", "", "Illegal base64 character 2d"},
		{"aé", "", "Illegal base64 character -17"},
		{"a数", "", "Illegal base64 character 3f"},
	} {
		got, err := decodeBase64(test.text)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if string(got) != test.want || message != test.err {
			t.Errorf("%q: %q, %q, want %q, %q", test.text, got, message, test.want, test.err)
		}
	}
}

func FuzzDecodeBase64(f *testing.F) {
	f.Add("aGVsbG8=")
	f.Add("YQ==YQ==")
	f.Fuzz(func(t *testing.T, text string) {
		data, err := decodeBase64(text)
		want, strict := base64.StdEncoding.DecodeString(text)
		if strict == nil && !bytes.ContainsAny([]byte(text), "\r\n") && (err != nil || !bytes.Equal(data, want)) {
			t.Errorf("%q: %q, %v, want %q", text, data, err, want)
		}
	})
}
