package queries_test

import (
	"bytes"
	"os"
	"testing"

	"parley/queries"
)

func TestCatalogueIsFresh(t *testing.T) {
	var want bytes.Buffer
	if err := queries.Predefined.WriteCatalogue(&want); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("queries/README.md is not what the queries say; run `make docs`")
	}
}

func TestShellReadsBackWhatShellWrites(t *testing.T) {
	for want, args := range map[string][]string{
		"a":                    {"a"},
		`--actor 'Liu He'`:     {"--actor", "Liu He"},
		`'it'\''s' '' '$HOME'`: {"it's", "", "$HOME"},
	} {
		if got := queries.Shell(args); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
