package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"parley/queries"
	"parley/queries/render"
)

const schemas = "#/components/schemas/"

// object is a piece of a document in JSON.
type object = map[string]any

// openAPI tells programs what the API takes and gives (OpenAPI 3.1). It is made
// from the registry, whose parameters and columns are values: libraries that make
// such a document from Go types would need a type for each query.
func (s *Server) openAPI(w http.ResponseWriter, r *http.Request) error {
	if s.unchanged(w, r) {
		return nil
	}
	return writeJSON(w, s.document())
}

func (s *Server) document() object {
	definitions := object{}
	for name, schema := range queries.Definitions(schemas) {
		definitions[name] = schema
	}
	definitions["Problem"] = problemSchema()
	definitions["Fact"] = factSchema()
	definitions["Query"] = queryTold{}.schema()
	paths := object{}
	paths["/api/v1/queries"] = operation("listQueries", "The predefined queries", nil, versioned(), jsonOf(closed(object{
		"queries": object{"type": "array", "items": refer("Query")},
	})))
	for _, q := range s.config.Registry.All() {
		definitions["Answer-"+q.Name] = q.AnswerSchema(schemas)
		paths["/api/v1/queries/"+q.Name] = queryOperation(q)
	}
	node := jsonOf(closed(object{
		"node":  refer("Ref"),
		"facts": object{"type": "array", "items": refer("Fact")},
		"left": object{"type": "array", "description": "what a bound left out, by relation", "items": closed(object{
			"relation": object{"type": "string"}, "predicate": object{"type": "string"}, "count": object{"type": "integer"},
		})},
	}))
	shared := []object{
		parameter("known-by", "only what was published by this day (EDTF)", object{"type": "string"}),
		parameter("stated-only", "leave out what rules inferred", object{"type": "boolean", "default": false}),
		parameter("most", "at most so many facts of one relation", object{"type": "integer", "minimum": 1, "default": apiFacts}),
	}
	id := object{"name": "id", "in": "query", "required": true, "description": "the IRI, or the id, of a node", "schema": object{"type": "string"}}
	paths["/api/v1/nodes"] = operation("nodeByIRI", "All that is said of a node, by its IRI or id", append([]object{id}, shared...), versioned(), node)
	parts := []object{
		{"name": "folder", "in": "path", "required": true, "description": "the class of the node, such as person", "schema": object{"type": "string"}},
		{"name": "slug", "in": "path", "required": true, "description": "the rest of its id, such as liu-he", "schema": object{"type": "string"}},
	}
	paths["/api/v1/nodes/{folder}/{slug}"] = operation("node", "All that is said of a node", append(parts, shared...), versioned(), node)
	paths["/api/v1/search"] = operation("search", "Nodes by name or alias, the best first", []object{
		required(parameter("q", "words that begin words of the name", object{"type": "string"})),
		parameter("class", "only of these classes, with commas between, such as person,country", object{"type": "string"}),
		parameter("limit", "at most so many, and never more than "+strconv.Itoa(mostAPIHits), object{"type": "integer", "minimum": 1, "default": apiMatches}),
		shared[0],
	}, versioned(), jsonOf(closed(object{
		"matches": object{"type": "array", "items": closed(object{
			"node": refer("Ref"), "class": object{"type": "string"},
			"alias": object{"type": []string{"string", "null"}, "description": "the name that fits, where the node is called otherwise"},
		})},
	})))
	if len(s.config.Exports) > 0 {
		paths[exportPath] = s.exportOperation(shared[1])
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "parley", "version": s.config.Version,
			"description": "Who negotiated with whom, and what answered what, each line with the passages that say so. It only reads.",
			"license":     object{"name": "Apache 2.0", "identifier": "Apache-2.0"},
		},
		"paths":      paths,
		"components": object{"schemas": definitions},
	}
}

// operation describes a route that is read with GET.
func operation(id, summary string, parameters []object, headers, content object) object {
	answer := object{"description": "the answer", "content": content}
	responses := object{
		"200": answer,
		"default": object{
			"description": "what went wrong (RFC 9457)", "content": object{problemType: object{"schema": refer("Problem")}},
			"headers": object{"Retry-After": header("in how many seconds to ask again, where that helps")},
		},
	}
	if headers != nil {
		answer["headers"] = headers
		responses["304"] = object{"description": "the client has this version"}
	}
	if parameters == nil {
		parameters = []object{}
	}
	return object{"get": object{"operationId": id, "summary": summary, "parameters": parameters, "responses": responses}}
}

// versioned are the headers of an answer that a client may keep.
func versioned() object { return object{"ETag": header("the version of the answer")} }

func queryOperation(q *queries.Query) object {
	var parameters []object
	for _, p := range q.AllParams() {
		schema := p.JSONSchema()
		delete(schema, "description")
		if p.Name == "limit" {
			schema["default"], schema["description"] = apiRows, "0 for as many as one answer may have"
		}
		one := parameter(p.Name, p.Meaning, object(schema))
		one["required"] = p.Required
		parameters = append(parameters, one)
	}
	parameters = append(parameters, parameter("format", "the format, where Accept does not say it", object{"type": "string", "enum": formatNames(q)}))
	content := object{}
	for _, f := range formatsOf(q) {
		content[f.MediaType] = object{"schema": object{"type": "string"}}
		if f.Binary {
			content[f.MediaType] = object{}
		}
	}
	content[render.JSON.MediaType] = object{"schema": refer("Answer-" + q.Name)}
	content[render.NDJSON.MediaType] = object{"schema": object{
		"type": "string", "description": "a line for each row, which is an object like those of rows in Answer-" + q.Name,
	}}
	headers := versioned()
	headers["Parley-Total"] = header("how many rows there are without limit and offset")
	headers["Parley-Correction"] = header("a small misspelling or part of a name that was read as it, percent-encoded, and the id that it stands for")
	headers["Link"] = header("the rows before and after (RFC 8288)")
	o := operation(q.Name, q.Title, parameters, headers, content)
	get, _ := o["get"].(object)
	get["description"] = q.Row + " " + q.Left
	return o
}

func (s *Server) exportOperation(statedOnly object) object {
	content := object{}
	var names, meanings []string
	for _, e := range s.config.Exports {
		content[e.MediaType] = object{"schema": object{"type": "string"}}
		if e.Binary {
			content[e.MediaType] = object{}
		}
		names = append(names, e.Name)
		meanings = append(meanings, e.Name+" is "+e.Meaning)
	}
	around := parameter("around", "only what is around this node, by its id or a name; may be given more than once", object{"type": "array", "items": object{"type": "string"}})
	headers := object{"Parley-Correction": header("a small misspelling or part of a name that was read as it, percent-encoded, and the id that it stands for")}
	o := operation("export", "The whole graph, or what is around some nodes, streamed; cut off where it fails", []object{
		parameter("format", "the format: "+strings.Join(meanings, ". "), object{"type": "string", "enum": names, "default": names[0]}),
		around,
		parameter("hops", "how far around: 0 for the nodes and what joins them, 1 for what is an edge away too; with around only", object{"type": "integer", "minimum": 0, "maximum": mostHops, "default": 1}),
		parameter("known-by", "only what was published by this day (EDTF); with around only", object{"type": "string"}),
		statedOnly,
	}, nil, content)
	answer, _ := o["get"].(object)["responses"].(object)["200"].(object)
	answer["headers"] = headers
	return o
}

func header(meaning string) object {
	return object{"description": meaning, "schema": object{"type": "string"}}
}

func parameter(name, meaning string, schema object) object {
	return object{"name": name, "in": "query", "description": meaning, "schema": schema}
}

func required(parameter object) object {
	parameter["required"] = true
	return parameter
}

func refer(name string) object { return object{"$ref": schemas + name} }

func jsonOf(schema object) object {
	return object{"application/json": object{"schema": schema}}
}

// closed is an object that has these properties and no others.
func closed(properties object, optional ...string) object {
	required := []string{}
	for name := range properties {
		if !slices.Contains(optional, name) {
			required = append(required, name)
		}
	}
	slices.Sort(required)
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func problemSchema() object {
	text := object{"type": "string"}
	return closed(object{
		"type": text, "title": text, "detail": text, "instance": text, "status": object{"type": "integer"},
		"parameter": object{"type": "string", "description": "the parameter that is to blame"},
		"near":      object{"type": "array", "description": "what may have been meant", "items": refer("Ref")},
	}, "parameter", "near")
}

func factSchema() object {
	text := object{"type": "string"}
	return closed(object{
		"relation": text, "predicate": text, "reverse": object{"type": "boolean"},
		"node":     object{"anyOf": []object{refer("Ref"), {"type": "null"}}},
		"text":     object{"type": []string{"string", "null"}},
		"details":  object{"type": "array", "items": refer("Fact")},
		"rules":    object{"type": "array", "description": "the rules that inferred it", "items": refer("Ref")},
		"sources":  object{"type": "array", "items": refer("Citation")},
		"passages": object{"type": "array", "description": "the words of the sources, where they are at hand", "items": text},
	}, "details", "passages")
}

// schema describes what the API tells of a query.
func (queryTold) schema() object {
	text := object{"type": "string"}
	return closed(object{
		"name": text, "title": text, "row": text, "left": text, "url": text, "example": text,
		"parameters": object{"type": "object", "description": "a JSON Schema of the parameters"},
		"columns":    object{"type": "array", "items": closed(object{"name": text, "kind": text, "meaning": text})},
		"formats":    object{"type": "array", "items": text},
		"picture":    object{"type": []string{"string", "null"}},
	})
}
