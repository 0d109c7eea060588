package wire

import "testing"

func TestQuota(t *testing.T) {
	tests := []struct{ stored, want string }{
		{"", "count=-1,bytes=-1"},
		{"count=3,bytes=-1", "count=3,bytes=-1"},
		{"bytes=5", "count=-1,bytes=5"},
		{"count=4,bytes=5=;countHardLimit=10;byteHardLimit=20", "count=4,bytes=5=;byteHardLimit=20;countHardLimit=10"},
		{"count=1,,;bytes=2;", "count=1,bytes=2"},
	}
	for _, test := range tests {
		q, err := ParseQuota([]byte(test.stored))
		if err != nil || q.String() != test.want {
			t.Errorf("%q reads as %v, %v, want %s", test.stored, q, err, test.want)
		}
	}
	for stored, want := range map[string]string{
		"count":     "Index 1 out of bounds for length 1",
		"count=":    "Index 1 out of bounds for length 1",
		"count=two": `For input string: "two"`,
	} {
		if q, err := ParseQuota([]byte(stored)); err == nil || err.Error() != want {
			t.Errorf("%q reads as %v, %v, want the error %s", stored, q, err, want)
		}
	}
}

func FuzzParseQuota(f *testing.F) {
	f.Add([]byte("count=4,bytes=5=;countHardLimit=10;byteHardLimit=20"))
	f.Add([]byte("count=,;=="))
	f.Fuzz(func(t *testing.T, data []byte) {
		q, err := ParseQuota(data)
		if err != nil {
			return
		}
		for _, key := range []string{QuotaCount, QuotaBytes} {
			if again, err := ParseQuota([]byte(q.String())); err == nil && again.Get(key) != q.Get(key) {
				t.Errorf("%q: %s is %d, and %d after writing it", data, key, q.Get(key), again.Get(key))
			}
		}
	})
}
