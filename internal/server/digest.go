package server

import (
	"crypto"
	_ "crypto/md5" // all of them are hashes that Java has
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"
	"encoding/base64"
	"fmt"
	"strings"
)

// digestAlgs are the hashes that digest identities may be made with, by Java's names
// of them in capitals.
var digestAlgs = map[string]crypto.Hash{
	"": crypto.SHA1, "SHA": crypto.SHA1, "SHA1": crypto.SHA1, "SHA-1": crypto.SHA1, "MD5": crypto.MD5,
	"SHA-224": crypto.SHA224, "SHA-256": crypto.SHA256, "SHA-384": crypto.SHA384, "SHA-512": crypto.SHA512,
	"SHA-512/224": crypto.SHA512_224, "SHA-512/256": crypto.SHA512_256,
	"SHA3-224": crypto.SHA3_224, "SHA3-256": crypto.SHA3_256, "SHA3-384": crypto.SHA3_384, "SHA3-512": crypto.SHA3_512,
}

// CheckDigestAlg says whether there is a hash of that name.
func CheckDigestAlg(name string) error {
	if _, ok := digestAlgs[strings.ToUpper(name)]; !ok {
		return fmt.Errorf("no hash that is known here")
	}
	return nil
}

// digestIdentity is the identity that "user:password" proves.
func (c *Config) digestIdentity(credentials []byte) authID {
	user, _, _ := strings.Cut(string(credentials), ":")
	h := digestAlgs[strings.ToUpper(c.DigestAlg)].New()
	h.Write(credentials)
	return authID{"digest", user + ":" + base64.StdEncoding.EncodeToString(h.Sum(nil))}
}

// DigestOf is what a server knows of the digest credentials "user:password", as
// Config.SuperDigest and the ids of ACLs have it, unless Config.DigestAlg is set.
func DigestOf(credentials string) string {
	return new(Config).digestIdentity([]byte(credentials)).id
}
