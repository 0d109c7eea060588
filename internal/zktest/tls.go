package zktest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// netty are the jars that ZooKeeper's manifest forgets, and TLS needs; they are of a
// package (libnetty-java) that ZooKeeper's depends on.
const netty = ":/usr/share/java/netty-codec.jar:/usr/share/java/netty-resolver.jar:/usr/share/java/netty-transport-native-unix-common.jar"

// Leaf is a certificate with its key, both also as PEM files.
type Leaf struct {
	Cert              *x509.Certificate
	Key               *ecdsa.PrivateKey
	CertFile, KeyFile string
	BothFile          string // certificate and key, as ZooKeeper reads them
}

// CA signs certificates for a test.
type CA struct {
	Leaf
	t   testing.TB
	dir string
}

// NewCA makes a CA.
func NewCA(t testing.TB, name string) *CA {
	t.Helper()
	ca := &CA{t: t, dir: t.TempDir()}
	ca.Leaf = ca.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	})
	return ca
}

// Issue signs a certificate for a host, or for a client, which has none. It is valid
// for an hour, or was until an hour ago.
func (ca *CA) Issue(name string, expired bool, hosts ...string) Leaf {
	ca.t.Helper()
	c := &x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, h)
		}
	}
	if expired {
		c.NotAfter = time.Now().Add(-time.Hour)
	}
	return ca.issue(c)
}

// issue signs c; the CA's own if there is none yet.
func (ca *CA) issue(c *x509.Certificate) Leaf {
	ca.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ca.check(err)
	c.SerialNumber = big.NewInt(time.Now().UnixNano())
	c.NotBefore = time.Now().Add(-2 * time.Hour)
	if c.NotAfter.IsZero() {
		c.NotAfter = time.Now().Add(time.Hour)
	}
	parent, signer := ca.Cert, ca.Key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	ca.check(err)
	cert, err := x509.ParseCertificate(der)
	ca.check(err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	ca.check(err)
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	file := func(kind string, data []byte) string {
		path := filepath.Join(ca.dir, fmt.Sprintf("%s-%d-%s.pem", c.Subject.CommonName, c.SerialNumber, kind))
		ca.check(os.WriteFile(path, data, 0o600))
		return path
	}
	return Leaf{
		Cert: cert, Key: key,
		CertFile: file("cert", certPEM), KeyFile: file("key", keyPEM),
		BothFile: file("both", append(keyPEM, certPEM...)),
	}
}

func (ca *CA) check(err error) {
	ca.t.Helper()
	if err != nil {
		ca.t.Fatal(err)
	}
}

// StartTLS starts a server that has a TLS port besides the plain one. With clients,
// it lets in only those that have a certificate of that CA. Its port is SecureAddr's.
func StartTLS(t testing.TB, as Leaf, clients *CA, extra ...string) (srv *Server, secureAddr string) {
	t.Helper()
	port := freePort(t)
	lines := []string{
		"serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
		fmt.Sprintf("secureClientPort=%d", port),
		"secureClientPortAddress=127.0.0.1",
		"ssl.keyStore.location=" + as.BothFile,
		"ssl.keyStore.type=PEM",
		"ssl.protocol=TLSv1.3",
		"ssl.enabledProtocols=TLSv1.2,TLSv1.3",
		"ssl.hostnameVerification=false", // of clients, which have no host
	}
	if clients != nil {
		lines = append(lines, "ssl.clientAuth=need",
			"ssl.trustStore.location="+clients.CertFile, "ssl.trustStore.type=PEM")
	} else {
		lines = append(lines, "ssl.clientAuth=none")
	}
	srv = Start(t, append(lines, extra...)...)
	secureAddr = fmt.Sprintf("127.0.0.1:%d", port)
	shakeHands(t, secureAddr, clients)
	return srv, secureAddr
}

// shakeHands waits until a server's TLS port is open, which it is after the plain one,
// and has its JVM load what TLS needs, which takes seconds on a busy machine: a client
// that gives up soon would give up then. The server is to count no failed handshake.
func shakeHands(t testing.TB, addr string, clients *CA) {
	t.Helper()
	cfg := &tls.Config{InsecureSkipVerify: true} // a test's own server on the loopback interface
	if clients != nil {
		as := clients.Issue("first", false)
		cfg.Certificates = []tls.Certificate{{Certificate: [][]byte{as.Cert.Raw}, PrivateKey: as.Key}}
	}
	end := time.Now().Add(startWait)
	conn, err := net.DialTimeout("tcp", addr, startWait)
	for ; err != nil; conn, err = net.DialTimeout("tcp", addr, startWait) {
		if time.Now().After(end) {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	defer conn.Close()
	conn.SetDeadline(end)
	c := tls.Client(conn, cfg)
	if _, err := io.WriteString(c, "srvr"); err != nil {
		t.Fatalf("the first handshake with %s: %v", addr, err)
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Logf("the first handshake with %s: %v", addr, err)
	}
}

// ZkCliTLS is ZkCli speaking TLS: it believes the CA's servers and shows them its
// certificate.
func ZkCliTLS(t testing.TB, ca *CA, as Leaf, args ...string) *exec.Cmd {
	t.Helper()
	cmd := ZkCli(t, args...)
	for i := range cmd.Args {
		if cmd.Args[i] == "-cp" {
			cmd.Args[i+1] += netty
		}
	}
	cmd.Args = slices.Insert(cmd.Args, 1,
		"-Dzookeeper.client.secure=true", "-Dzookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty",
		"-Dzookeeper.ssl.keyStore.location="+as.BothFile, "-Dzookeeper.ssl.keyStore.type=PEM",
		"-Dzookeeper.ssl.trustStore.location="+ca.CertFile, "-Dzookeeper.ssl.trustStore.type=PEM")
	return cmd
}
