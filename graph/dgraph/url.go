package dgraph

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// Scheme begins the URL of a store.
const Scheme = "dgraph"

// DefaultName is that of a store whose URL says none.
const DefaultName = "parley"

// ErrURL is a URL that names no store on a Dgraph cluster.
var ErrURL = errors.New("write dgraph://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…][?name=parley&sslmode=disable|require|verify-ca&bearertoken=…|apikey=…&namespace=0&zero=HOST:PORT]")

// address is a URL taken apart.
type address struct {
	alphas         []string
	user, password string
	namespace      uint64
	token          string // of the header Authorization
	name           string
	zero           string // of Zero's HTTP port, "" where it is not told
	transport      credentials.TransportCredentials
}

var goodName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// parseURL takes a URL apart. Its errors never show it, since it may hold a
// password, even where it cannot be read.
func parseURL(text string) (address, error) {
	a := address{name: DefaultName}
	bad := func(format string, args ...any) (address, error) {
		return address{}, fmt.Errorf("%s; %w", fmt.Sprintf(format, args...), ErrURL)
	}
	rest, ok := strings.CutPrefix(text, Scheme+"://")
	if !ok {
		return bad("the address of the store does not begin with %s://", Scheme)
	}
	rest, query, _ := strings.Cut(rest, "?")
	// A password may have anything in it, but the last @ ends it.
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, password, ok := strings.Cut(rest[:at], ":")
		var err1, err2 error
		a.user, err1 = url.PathUnescape(user)
		a.password, err2 = url.PathUnescape(password)
		if !ok || err1 != nil || err2 != nil || a.user == "" || a.password == "" {
			return bad("user and password before the @ cannot be read: a %% in them is written %%25")
		}
		rest = rest[at+1:]
	}
	for _, alpha := range strings.Split(strings.TrimSuffix(rest, "/"), ",") {
		if host, port, err := net.SplitHostPort(alpha); err != nil || host == "" || !isPort(port) {
			return bad("an alpha's address is not HOST:PORT, such as localhost:9080")
		}
		a.alphas = append(a.alphas, alpha)
	}
	return a.options(query, bad)
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

// options reads what stands after the question mark.
func (a address) options(query string, bad func(string, ...any) (address, error)) (address, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return bad("what stands after the ? cannot be read")
	}
	mode := "disable"
	for name := range values {
		value := values.Get(name)
		switch name {
		case "name":
			if a.name = value; !goodName.MatchString(value) || value == Scheme {
				return bad("name=%q is no name for a store: it has small letters, digits and _, and begins with a letter", value)
			}
		case "namespace":
			if a.namespace, err = strconv.ParseUint(value, 10, 64); err != nil {
				return bad("namespace=%q is no number", value)
			}
		case "zero":
			if host, port, err := net.SplitHostPort(value); err != nil || host == "" || !isPort(port) {
				return bad("zero=%q is not HOST:PORT, such as localhost:6080", value)
			}
			a.zero = value
		case "sslmode":
			mode = value
		case "bearertoken", "apikey":
			if a.token != "" {
				return bad("there are two of bearertoken and apikey")
			}
			if a.token = value; name == "bearertoken" {
				a.token = "Bearer " + value
			}
		default:
			return bad("%q is nothing that can be told", name)
		}
	}
	switch mode {
	case "disable":
		if a.token != "" {
			return bad("a token is not sent without TLS: add sslmode=verify-ca")
		}
		a.transport = insecure.NewCredentials()
	case "require":
		a.transport = credentials.NewTLS(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	case "verify-ca":
		pool, err := x509.SystemCertPool()
		if err != nil {
			return address{}, fmt.Errorf("the certificates of this system cannot be read: %w", err)
		}
		a.transport = credentials.NewTLS(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12})
	default:
		return bad("sslmode=%q is none of disable, require and verify-ca", mode)
	}
	return a, nil
}

// String names the store without what is secret.
func (a address) String() string {
	return fmt.Sprintf("%s://%s?name=%s", Scheme, strings.Join(a.alphas, ","), a.name)
}
