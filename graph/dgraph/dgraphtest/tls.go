package dgraphtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// secret is what a cluster that speaks TLS needs: an authority of its own, and a
// certificate for 127.0.0.1 that it signed.
type secret struct {
	authority, certificate, key string // files
	pool                        *x509.CertPool
}

// newSecret makes certificates that are good for a day.
func newSecret(dir string) (*secret, error) {
	s := &secret{filepath.Join(dir, "ca.crt"), filepath.Join(dir, "node.crt"), filepath.Join(dir, "node.key"), x509.NewCertPool()}
	now := time.Now()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority for tests"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	node := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	rootKey, err1 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	nodeKey, err2 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	rootDER, err1 := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	nodeDER, err2 := x509.CreateCertificate(rand.Reader, node, root, nodeKey.Public(), rootKey)
	keyDER, err3 := x509.MarshalPKCS8PrivateKey(nodeKey)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		path, kind string
		der        []byte
	}{{s.authority, "CERTIFICATE", rootDER}, {s.certificate, "CERTIFICATE", nodeDER}, {s.key, "PRIVATE KEY", keyDER}} {
		if err := os.WriteFile(f.path, pem.EncodeToMemory(&pem.Block{Type: f.kind, Bytes: f.der}), 0o600); err != nil {
			return nil, err
		}
	}
	authority, err := x509.ParseCertificate(rootDER)
	if err != nil {
		return nil, err
	}
	s.pool.AddCert(authority)
	return s, nil
}

// args are the flags of an alpha.
func (s *secret) args() []string {
	if s == nil {
		return nil
	}
	return []string{"--tls", "ca-cert=" + s.authority + "; server-cert=" + s.certificate + "; server-key=" + s.key + "; client-auth-type=REQUEST"}
}
