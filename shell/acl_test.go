package shell

import (
	"strings"
	"testing"
)

// The commas of a certificate's name do not end its entry.
func TestACLEntries(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"world:anyone:r", "world:anyone:r"},
		{"world:anyone:r,ip:1.2.3.4:cdrwa", "world:anyone:r|ip:1.2.3.4:cdrwa"},
		{"x509:CN=a:r", "x509:CN=a:r"},
		{"x509:CN=a,O=b:r", "x509:CN=a,O=b:r"},
		{`x509:CN=a\, b,OU=c,O=d:r,world:anyone:r`, `x509:CN=a\, b,OU=c,O=d:r|world:anyone:r`},
		{"world:anyone:r,x509:CN=a,O=b:r,x509:CN=c,O=d:w", "world:anyone:r|x509:CN=a,O=b:r|x509:CN=c,O=d:w"},
		{"x509:CN=a,world:anyone:r", "x509:CN=a|world:anyone:r"},
		{"x509:CN=a,O=b", "x509:CN=a|O=b"},
		{"digest:a,b:r", "digest:a|b:r"},
		{"", ""},
	} {
		if got := strings.Join(aclEntries(test.text), "|"); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}
