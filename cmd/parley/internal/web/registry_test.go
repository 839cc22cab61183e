package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/queries"
)

// TestNewQueryIsServed adds a query to a registry: it is in the lists, has a route,
// a part of the document and pages, without another line.
func TestNewQueryIsServed(t *testing.T) {
	another := *queries.Timeline
	another.Name, another.Title, another.Row = "novelties", "What is new under the sun?", "One row is a novelty."
	another.Params = append(slices.Clone(another.Params), queries.Param{Name: "hue", Kind: queries.WordParam, Words: []string{"vermilion", "teal"}, Meaning: "only of this hue"})
	another.Example = []string{"--hue", "teal"}
	s := server(t, func(c *Config) { c.Registry = queries.NewRegistry(append(queries.All(), &another)...) })

	var list struct {
		Queries []struct{ Name, Title, URL, Example string }
	}
	if err := json.Unmarshal([]byte(ok(t, s, "/api/v1/queries")), &list); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list.Queries, func(q struct{ Name, Title, URL, Example string }) bool { return q.Name == another.Name })
	if i < 0 || list.Queries[i].Title != another.Title {
		t.Fatalf("the list lacks it: %+v", list)
	}
	d := readDocument(t, s)
	for _, address := range []string{list.Queries[i].URL, list.Queries[i].Example} {
		w := get(s, address)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"query": "novelties"`) {
			t.Errorf("%s: %d %.100s", address, w.Code, w.Body)
		}
		d.check(t, "/api/v1/queries/novelties", w)
	}
	if w := get(s, "/api/v1/queries/novelties?hue=mauve"); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "vermilion") {
		t.Errorf("a hue that is none: %d %s", w.Code, w.Body)
	}
	if document := ok(t, s, "/openapi.json"); !strings.Contains(document, another.Title) || !strings.Contains(document, "vermilion") {
		t.Error("the document does not tell what it asks")
	}

	for _, address := range []string{"/", "/queries"} {
		if page := ok(t, s, address); !strings.Contains(page, another.Title) || !strings.Contains(page, `href="/queries/novelties`) {
			t.Errorf("%s does not lead to it", address)
		}
	}
	page := ok(t, s, "/queries/novelties?hue=teal")
	for _, part := range []string{another.Title, another.Row, `name="hue"`, "vermilion", "<table", "<svg", "/api/v1/queries/novelties?", "format=csv"} {
		if !strings.Contains(page, part) {
			t.Errorf("its page lacks %q", part)
		}
	}
	if got := metricsOf(t, s); !strings.Contains(got, `query="novelties"`) {
		t.Error("the metrics do not tell it from others")
	}
}
