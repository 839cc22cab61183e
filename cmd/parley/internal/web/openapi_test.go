package web

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"parley/data"
	"parley/queries"
	"parley/queries/render"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// document is the server's OpenAPI document as a program reads it.
type apiDocument struct {
	*jsonschema.Compiler
	root map[string]any
}

func readDocument(t *testing.T, s *Server) *apiDocument {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(ok(t, s, "/openapi.json")))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("openapi.json", v); err != nil {
		t.Fatal(err)
	}
	root, _ := v.(map[string]any)
	return &apiDocument{c, root}
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

// TestOpenAPIIsWhole holds the document against what OpenAPI 3.1 asks: unique
// ids, parameters for all that stands in a path, schemas that compile, no
// reference that leads nowhere.
func TestOpenAPIIsWhole(t *testing.T) {
	s := server(t, nil)
	d := readDocument(t, s)
	if d.root["openapi"] != "3.1.0" {
		t.Fatalf("version %v", d.root["openapi"])
	}
	ids := map[any]bool{}
	paths, _ := d.root["paths"].(map[string]any)
	for path, item := range paths {
		get, _ := item.(map[string]any)["get"].(map[string]any)
		if id := get["operationId"]; id == nil || ids[id] {
			t.Errorf("%s: the id %v is missing or another's", path, id)
		} else {
			ids[id] = true
		}
		named := map[string]bool{}
		for i, p := range get["parameters"].([]any) {
			parameter, _ := p.(map[string]any)
			name, _ := parameter["name"].(string)
			if named[name] || parameter["description"] == "" {
				t.Errorf("%s: parameter %q stands twice, or says nothing", path, name)
			}
			named[name] = true
			d.compile(t, "/paths/"+escape(path)+"/get/parameters/"+strconv.Itoa(i)+"/schema")
		}
		for _, m := range inPath.FindAllStringSubmatch(path, -1) {
			if !named[m[1]] {
				t.Errorf("%s: nothing tells of {%s}", path, m[1])
			}
		}
		for status, response := range get["responses"].(map[string]any) {
			content, _ := response.(map[string]any)["content"].(map[string]any)
			for mediaType, body := range content {
				if _, has := body.(map[string]any)["schema"]; has {
					d.compile(t, "/paths/"+escape(path)+"/get/responses/"+status+"/content/"+escape(mediaType)+"/schema")
				}
			}
		}
	}
	for _, q := range queries.All() {
		if paths["/api/v1/queries/"+q.Name] == nil {
			t.Errorf("no path for %s", q.Name)
		}
	}
}

func escape(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

func (d *apiDocument) compile(t *testing.T, pointer string) *jsonschema.Schema {
	t.Helper()
	// A fragment is a part of an address: what stands for itself there is escaped.
	schema, err := d.Compile("openapi.json#" + strings.NewReplacer("{", "%7B", "}", "%7D", "+", "%2B").Replace(pointer))
	if err != nil {
		t.Fatalf("%s: %v", pointer, err)
	}
	return schema
}

// check holds an answer against what the document says of its path.
func (d *apiDocument) check(t *testing.T, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	paths, _ := d.root["paths"].(map[string]any)
	item, ok := paths[path].(map[string]any)
	if !ok {
		t.Fatalf("the document lacks %s", path)
	}
	responses, _ := item["get"].(map[string]any)["responses"].(map[string]any)
	status := strconv.Itoa(w.Code)
	if responses[status] == nil {
		status = "default"
	}
	mediaType, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	content, _ := responses[status].(map[string]any)["content"].(map[string]any)
	if content[mediaType] == nil {
		t.Errorf("%s: %d has the type %s, of which the document does not tell", path, w.Code, mediaType)
		return
	}
	pointer := "/paths/" + escape(path) + "/get/responses/" + status + "/content/" + escape(mediaType) + "/schema"
	pieces := [][]byte{w.Body.Bytes()}
	switch mediaType {
	case render.NDJSON.MediaType: // each line is a row of the answer
		pieces = bytes.Split(bytes.TrimSuffix(pieces[0], []byte("\n")), []byte("\n"))
		pointer = "/components/schemas/Answer-" + strings.TrimPrefix(path, "/api/v1/queries/") + "/properties/rows/items"
	case render.JSON.MediaType, problemType:
	default:
		return
	}
	schema := d.compile(t, pointer)
	for _, piece := range pieces {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(piece))
		if err != nil {
			t.Errorf("%s as %s: %v", path, mediaType, err)
			return
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s as %s: %v", path, mediaType, err)
		}
	}
}

// TestLiveAnswersFitTheDocument asks for everything, well and badly.
func TestLiveAnswersFitTheDocument(t *testing.T) {
	s := server(t, func(c *Config) { c.Graph = ofSet(t, data.All()) })
	d := readDocument(t, s)
	for _, q := range queries.All() {
		path := "/api/v1/queries/" + q.Name
		for _, address := range []string{path, address(q, example(q)), path + "?nonsense=1", path + "?limit=x"} {
			d.check(t, path, get(s, address))
		}
		for _, f := range formatsOf(q) {
			d.check(t, path, get(s, address(q, example(q)), "Accept", f.MediaType))
		}
		d.check(t, path, get(s, path, "Accept", "application/xml"))
	}
	d.check(t, "/api/v1/queries", get(s, "/api/v1/queries"))
	d.check(t, "/api/v1/queries", get(s, "/api/v1/queries?x=1"))
	d.check(t, "/api/v1/search", get(s, "/api/v1/search?q=l&limit=50"))
	d.check(t, "/api/v1/search", get(s, "/api/v1/search?class=none"))
	d.check(t, "/api/v1/export", get(s, "/api/v1/export"))
	d.check(t, "/api/v1/export", get(s, "/api/v1/export?format=none"))
	for _, id := range []string{
		"person/liu-he", "country/chn", "organization/huawei", "office/chn-vice-premier", "place/beijing",
		"meeting/2018-09-washington-talks", "move/2018-09-usa-announces-tariff-200-billion", "measure/usa-tariff-200-billion-2018",
		"article/000_5968a405b1adab4b", "passage/000_5968a405b1adab4b/p3", "rule/answers-on-measure", "person/nobody",
	} {
		d.check(t, "/api/v1/nodes/{folder}/{slug}", get(s, "/api/v1/nodes/"+id))
		d.check(t, "/api/v1/nodes", get(s, "/api/v1/nodes?most=2&id="+id))
	}
	d.check(t, "/api/v1/nodes", get(s, "/api/v1/nodes?id=http://nowhere.example/x"))
	var list struct {
		Queries []struct{ URL, Example string }
	}
	if err := json.Unmarshal([]byte(ok(t, s, "/api/v1/queries")), &list); err != nil {
		t.Fatal(err)
	}
	for _, q := range list.Queries {
		ok(t, s, q.Example)
	}
}
