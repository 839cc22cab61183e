package mcpserver_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"parley/cmd/parley/internal/mcpserver"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

func read(t *testing.T, s *mcp.ClientSession, uri string) *mcp.ResourceContents {
	t.Helper()
	r, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
	if err != nil {
		t.Fatalf("%s: %v", uri, err)
	}
	if len(r.Contents) != 1 || r.Contents[0].URI != uri {
		t.Fatalf("%s: %+v", uri, r.Contents)
	}
	return r.Contents[0]
}

func parsed(t *testing.T, c *mcp.ResourceContents) (v map[string]any) {
	t.Helper()
	if c.MIMEType != "application/json" {
		t.Errorf("%s: %s", c.URI, c.MIMEType)
	}
	if err := json.Unmarshal([]byte(c.Text), &v); err != nil {
		t.Fatalf("%s: %v", c.URI, err)
	}
	return v
}

// TestResourcesAreListed lists the catalogue and every source once, whatever the
// length of a page, and reads each.
func TestResourcesAreListed(t *testing.T) {
	g := builtIn(t)
	var lists []string
	for _, listed := range []int{1, 7, 1000} {
		session := connected(t, mcpserver.Config{Graph: g, Limits: mcpserver.Limits{Listed: listed}})
		var uris []string
		for r, err := range session.Resources(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			uris = append(uris, r.URI)
			if c := read(t, session, r.URI); c.MIMEType != r.MIMEType || c.Text == "" || r.Title == "" || r.Description == "" {
				t.Errorf("%+v as %s", r, c.MIMEType)
			}
		}
		if uris[0] != "parley://queries" || !slices.Contains(uris, "parley://articles/article/000_5968a405b1adab4b") || !slices.IsSorted(uris[1:]) {
			t.Errorf("%q", uris)
		}
		lists = append(lists, strings.Join(uris, "\n"))
	}
	if len(slices.Compact(lists)) != 1 {
		t.Errorf("the length of a page changes the list")
	}
}

// TestCatalogue reads the catalogue of the registry that is served.
func TestCatalogue(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t), Registry: withAnother("of-a-test")})
	if c := read(t, session, "parley://queries"); c.MIMEType != "text/markdown" || !strings.Contains(c.Text, "## of-a-test\n") {
		t.Errorf("%s: %s", c.MIMEType, c.Text)
	}
}

// TestNodeResource reads by address what the tool gives by name.
func TestNodeResource(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t)})
	templates := 0
	for r, err := range session.ResourceTemplates(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		templates++
		if !strings.HasPrefix(r.URITemplate, "parley://") {
			t.Errorf("%+v", r)
		}
	}
	if templates != 2 {
		t.Errorf("%d templates", templates)
	}
	for _, id := range []string{"person/liu-he", "measure/usa-tariff-200-billion-2018", "article/000_5968a405b1adab4b", "rule/answers-on-measure", "https://schema.org/NewsArticle", "passage/000_5968a405b1adab4b/p3s1"} {
		tool := answerOf(t, called(t, session, "node", map[string]any{"node": id}))
		got := parsed(t, read(t, session, "parley://nodes/"+id))
		if a, b := marshalled(t, tool), marshalled(t, got); string(a) != string(b) {
			t.Errorf("%s: the tool gives\n%s\nthe resource\n%s", id, a, b)
		}
	}
}

// TestArticleResource reads an article page by page: each passage once, in the
// order of the text, with what it states.
func TestArticleResource(t *testing.T) {
	g := builtIn(t)
	const uri = "parley://articles/article/000_5968a405b1adab4b"
	whole := parsed(t, read(t, connected(t, mcpserver.Config{Graph: g}), uri))
	if whole["publisher"] != "The Washington Post" || whole["published"] != "2018-09-21" || whole["next"] != nil || len(whole["passages"].([]any)) != int(whole["total"].(float64)) {
		t.Errorf("got %v", whole)
	}
	states := 0
	for _, p := range whole["passages"].([]any) {
		states += len(p.(map[string]any)["says"].([]any))
	}
	if states < 50 || !strings.Contains(string(marshalled(t, whole)), `"subject":{"id":"change/2018-09-china-cancels-washington-talks"`) {
		t.Errorf("it states %d things", states)
	}
	small := connected(t, mcpserver.Config{Graph: g, Limits: mcpserver.Limits{Bytes: 4 << 10}})
	var passages []any
	pages, last := 0, 0.0
	for next := any(uri); next != nil; pages++ {
		page := parsed(t, read(t, small, next.(string)))
		passages = append(passages, page["passages"].([]any)...)
		next = page["next"]
	}
	if a, b := marshalled(t, whole["passages"]), marshalled(t, passages); string(a) != string(b) || pages < 3 {
		t.Errorf("%d pages give\n%s\nwant\n%s", pages, b, a)
	}
	for _, p := range passages[1:] { // the first is the whole
		start, _ := p.(map[string]any)["start"].(float64)
		if start < last {
			t.Errorf("%v comes after %v", start, last)
		}
		last = start
	}
}

// TestUnknownResources asks for what there is not.
func TestUnknownResources(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: builtIn(t)})
	for _, uri := range []string{
		"parley://nodes/person/nobody", "parley://nodes/", "parley://nodes/%zz", "parley://nodes/" + strings.Repeat("a", 10_000), "parley://nodes/person%2Fliu-he%00",
		"parley://articles/person/liu-he", "parley://articles/article/x", "parley://articles/", "parley://articles/?offset=3", "parley://elsewhere", "file:///etc/passwd",
		"parley://nodes/\u202e", "parley://nodes/<b>",
	} {
		_, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
		var refused *jsonrpc.Error
		if !errors.As(err, &refused) || refused.Code != jsonrpc.CodeInvalidParams || refused.Message != "Resource not found" {
			t.Errorf("%.50s: %v", uri, err)
		}
	}
}

const strange = `<http://x.example/a?b=c%41&d#e> <https://schema.org/name> "Strange" .
<urn:parley:article/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/NewsArticle> <urn:parley:passage/x> .
<urn:parley:article/x> <https://schema.org/name> "\u202Eleft <b>bold</b>\u0000 \u0085" <urn:parley:passage/x> .
<urn:parley:passage/x> <http://www.w3.org/ns/oa#hasSource> <urn:parley:article/x> <urn:parley:passage/x> .
<urn:parley:person/é> <https://schema.org/name> "Not ASCII" .
`

// TestAddresses reads nodes whose ids an address cannot have as they are.
func TestAddresses(t *testing.T) {
	session := connected(t, mcpserver.Config{Graph: graphOf(t, []byte(strange))})
	for _, id := range []string{"http://x.example/a?b=c%41&d#e", "person/é"} {
		for _, written := range []string{id, url.PathEscape(id), strings.ReplaceAll(id, "é", "%C3%A9")} {
			if strings.Contains(written, "é") {
				continue // no address
			}
			if got := parsed(t, read(t, session, "parley://nodes/"+written)); got["node"].(map[string]any)["id"] != id {
				t.Errorf("%s: got %v", written, got["node"])
			}
		}
	}
	page := parsed(t, read(t, session, "parley://articles/article/x"))
	if got := page["article"].(map[string]any)["name"]; got != "\u202eleft <b>bold</b>\x00 \u0085" {
		t.Errorf("got %q", got)
	}
}
