package dgraph

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// What is wrong with a URL is told without what is secret in it, however it is
// mangled.
func TestURLKeepsSecrets(t *testing.T) {
	const secret = "hunter2"
	short(t, &dialPatience, 10*time.Millisecond)
	for _, text := range []string{
		"dgraph://ada:" + secret + "@", "dgraph://ada:" + secret + "@localhost", "dgraph://ada:" + secret + "@localhost:port",
		"dgraph://ada:" + secret + "%@localhost:9080", "dgraph://ada:%zz" + secret + "@localhost:9080",
		"dgraph://" + secret + "@localhost:9080", "dgraph://:" + secret + "@localhost:9080", "dgraph:/ada:" + secret + "@localhost:9080",
		"postgres://ada:" + secret + "@localhost:9080", "ada:" + secret + "@localhost:9080", " dgraph://ada:" + secret + "@localhost:9080",
		"dgraph://ada:" + secret + "@localhost:9080?sslmode=maybe", "dgraph://ada:" + secret + "@localhost:9080?name=A",
		"dgraph://ada:" + secret + "@localhost:9080?a=%zz", "dgraph://ada:" + secret + "@localhost:9080?;", "dgraph://ada:" + secret + "@localhost:9080?what=1",
		"dgraph://localhost:9080?bearertoken=" + secret, "dgraph://localhost:9080?sslmode=require&apikey=a&bearertoken=" + secret,
		"dgraph://ada:" + secret + "@localhost:9080,:1", "dgraph://ada:" + secret + "\x00@localhost:9080,", "dgraph://ada:" + secret + "@127.0.0.1:1",
		"dgraph://ada:pass@" + secret + "@word@127.0.0.1:1", "dgraph://ada:" + secret + "@[::1]:0", "dgraph://ada:" + secret + "/@:9080",
	} {
		_, err1 := Open(t.Context(), text, Options{})
		_, err2 := Create(t.Context(), text, Options{})
		for what, err := range map[string]error{"open": err1, "create": err2, "verify": Verify(t.Context(), text)} {
			if err == nil {
				t.Errorf("%s takes %q", what, text)
			} else if strings.Contains(err.Error(), secret) || !errors.Is(err, ErrURL) && !errors.Is(err, ErrUnreachable) {
				t.Errorf("%s %q: %v", what, text, err)
			}
		}
	}
}

func TestURL(t *testing.T) {
	a, err := parseURL("dgraph://ada:p%40ss@a.example:9080,b.example:9081,[::1]:9082/?name=news&namespace=3&zero=z.example:6080&sslmode=verify-ca&bearertoken=t")
	if err != nil {
		t.Fatal(err)
	}
	if a.user != "ada" || a.password != "p@ss" || len(a.alphas) != 3 || a.name != "news" || a.namespace != 3 || a.zero != "z.example:6080" || a.token != "Bearer t" {
		t.Errorf("read as %+v", a)
	}
	if got, want := a.String(), "dgraph://a.example:9080,b.example:9081,[::1]:9082?name=news"; got != want {
		t.Errorf("shown as %s, want %s", got, want)
	}
	if a, err := parseURL("dgraph://localhost:9080"); err != nil || a.name != DefaultName || a.user != "" {
		t.Errorf("%+v, %v", a, err)
	}
}

// short makes waiting short while a test runs.
func short(t testing.TB, wait *time.Duration, d time.Duration) {
	old := *wait
	*wait = d
	t.Cleanup(func() { *wait = old })
}
