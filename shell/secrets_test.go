package shell

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func sha1Of(text string) string {
	sum := sha1.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func TestSecret(t *testing.T) {
	hash := sha1Of("u:p")
	for line, want := range map[string]bool{
		"addauth digest u:p": true, "addauht digest u:p": true, "adauth digst u:p": true, "redo addauth": true,
		"setAcl /a digest:u:hash:cdrwa": true, "create /a x auth::cdrwa": true,
		"ls /": false, "create /a secret": false, "setAcl /a world:anyone:r": false, "": false,
		// Whatever the case, and however it is mistyped.
		"ADDAUTH DIGEST u:p": true, "addAuth Digest u:p": true, "AddAuth ip x": true, "ADAUHT DIGST u:p": true, "adduath digst u:p": true,
		"addWatch /a": false, "addauth": true,
		// As zoosh's own commands split words.
		`multi create /a x 'dig'est:u:` + hash + `:r`: true, `multi create /a x dige"st:u":x:r`: true, `multi create /a x \x64igest:u:p:r`: true,
		`multi create /a x "d\x69gest:u:p:r"`: true, `grep au"th" /`: true,
		// As zkCli splits them.
		`"addauth" 'digest' u:p`: true, "addauth\tdigest\vu:p": true,
		// Several lines.
		"ls /\naddauth digest u:p": true, "create /a '{\n\"acl\": \"DIGEST:u:p:r\"\n}'": true, "multi set /a 'x\n' ; create /b x dig''est:u:p:r": true,
		// A digest, whatever names it.
		"setAcl /a digset:u:" + hash + ":r": true, "create /a u:" + hash: true, `create /a {"id":"u:` + hash + `"}`: true,
		"create /a " + hash: false, "create /a x:short=": false,
	} {
		if got := Secret(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func TestDigestsIn(t *testing.T) {
	hash, md5Sum, sha512Sum := sha1Of("u:p"), md5.Sum([]byte("u:p")), sha512.Sum512([]byte("u:p"))
	short, long := base64.StdEncoding.EncodeToString(md5Sum[:]), base64.StdEncoding.EncodeToString(sha512Sum[:])
	for text, want := range map[string]string{
		"digest:u:" + hash + ":r":                                            "u " + hash,
		"DIGEST:u:" + hash + ":r":                                            "u " + hash,
		"digest:u v:" + hash + ":r,digest:w:" + short + ":":                  "u v " + hash + ", w " + short,
		"'digest,'u:" + hash + "\n: cdrwa\n'digest,'o'x:" + long + "\n: r\n": "u " + hash + ", o'x " + long,
		`{"scheme":"digest","id":"a\"b\\:` + hash + `","perms":"r"}`:         `a"b\ ` + hash,
		`{"id": "a:` + short + `"}`:                                          "a " + short,
		"super:" + hash:                                                      "super " + hash,
		"-Dx.superDigest=me:" + hash:                                         "me " + hash,
		"me:" + short:                                                        "", // no ACL, and not ZooKeeper's own hash
		"digest:u:x:r":                                                       "",
		"digest:u:" + hash + "A:r":                                           "",
		"digest:u:" + hash + "=:r":                                           "",
		":" + hash:                                                           "",
		"digest::" + hash + ":r":                                             " " + hash,
		"ip:127.0.0.1:r,x:" + hash[1:]:                                       "",
	} {
		var got []string
		for _, d := range DigestsIn(text) {
			got = append(got, d.User+" "+text[d.From:d.To])
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What a message repeats of a command has no secret, however it is written.
func TestMessagesHaveNoSecrets(t *testing.T) {
	x := open(t, Config{Dialect: D39, Typed: true})
	x.do("create /p x")
	for _, line := range []string{
		"ADDAUTH DIGEST me:geheim", "addAuth digest me:geheim x", "addauth digest me:pass geheim", "multi create -q /a x digest:me:geheim:r",
		`multi create -q /a x 'dig'est:me:geheim:r`, "setAcl /p DIGEST:me:geheim:r geheim", "set /p x y:" + sha1Of("me:geheim"),
	} {
		out, err, code := x.run(line)
		if code == 0 || strings.Contains(out+err, "geheim") || strings.Contains(out+err, sha1Of("me:geheim")) {
			t.Errorf("%s: %d %q %q", line, code, out, err)
		}
	}
	c := &Call{dialect: D39, cmd: Lookup(D39, "mv"), words: []string{"mv", "/digest:me:geheim:r", "/a/me:" + sha1Of("me:geheim")}}
	if got := c.withoutSecrets(); got != "mv <19 bytes> <34 bytes>" {
		t.Error(got)
	}
}

// A secret is found however its line is written: with quotes as zoosh's own commands
// take them, in another case, after other lines; and lines keep their words.
func FuzzSecret(f *testing.F) {
	f.Add("bob", "sesame", "multi create /a x 'dig'est:", ":r")
	f.Add("o'x", "a b", "'digest,'", "\n: r")
	f.Add("", "", `{"id":"`, `"}`)
	f.Fuzz(func(t *testing.T, user, password, before, after string) {
		hash := sha1Of(user + ":" + password)
		if !strings.ContainsAny(user, ":,\n") && len(user) < longestUser/2 {
			text := "digest:" + user + ":" + hash + ":cdrwa"
			found := DigestsIn(text)
			if !slices.Contains(found, Digest{user, len("digest:" + user + ":"), len(text) - len(":cdrwa")}) {
				t.Fatalf("%q: %v", text, found)
			}
			for _, line := range []string{quoteOwn(text), strings.ToUpper(before) + " " + text, fmt.Sprintf("multi create /a x %s", quoteOwn("dIgEst:"+user))} {
				if !Secret(line) {
					t.Fatalf("%q is secret", line)
				}
			}
		}
		line := before + user + ":" + hash + after
		last := 0
		for _, d := range DigestsIn(line) {
			if d.From < last || d.To <= d.From || d.To > len(line) {
				t.Fatalf("%q: %v", line, d)
			}
			last = d.To
		}
		words, own := Words(line)
		if again, ok := JoinWords(words, own); ok {
			if got, _ := Words(again); !slices.Equal(got, words) {
				t.Fatalf("%q: %q, then %q", line, words, got)
			}
		}
		if secretWords(words) && !Secret(line) {
			t.Fatalf("%q has words that are secret", line)
		}
	})
}
