package store_test

import (
	"strings"
	"testing"

	"parley/graph/store"
)

func TestRedact(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://ann:hunter2@host/db":                    "postgres://ann:xxxxx@host/db",
		"postgres://ann@host/db?sslmode=disable":            "postgres://ann@host/db?sslmode=disable",
		"postgres://ann:hunt@er/2@host:5432/db":             "postgres://ann:xxxxx@host:5432/db",
		"postgres://ann:hunter2%@[::1]/db":                  "postgres://ann:xxxxx@[::1]/db",
		"postgres://host/db?user=ann&password=hunter2&a=b":  "postgres://host/db?user=ann&password=xxxxx&a=b",
		"dgraph://host:9080?bearertoken=hunter2":            "dgraph://host:9080?bearertoken=xxxxx",
		"dgraph://ann:hunter2@a:9080,b:9080?apikey=hunter2": "dgraph://ann:xxxxx@a:9080,b:9080?apikey=xxxxx",
		"postgres://ann:hunter2@h1:5432,h2:5433/db?x=y":     "postgres://ann:xxxxx@h1:5432,h2:5433/db?x=y",
		"host=h user=ann password=hunter2 dbname=db":        "host=h user=ann password=xxxxx dbname=db",
		"file:/a/b:c@d":           "file:/a/b:c@d",
		"postgres://host:5432/db": "postgres://host:5432/db",
		"postgres://ann:hunter2@host/db?sslpassword=hunter2": "postgres://ann:xxxxx@host/db?sslpassword=xxxxx",
	} {
		got := store.Redact(url)
		if got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
		if strings.Contains(got, "hunt") {
			t.Errorf("%s tells the password", got)
		}
	}
}
