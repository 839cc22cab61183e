package queries

// Schema is a JSON Schema, draft 2020-12, as values that encoding/json writes.
type Schema map[string]any

// JSONSchema returns the schema of a query's arguments as one object, in which a
// program gives each argument its own JSON type.
func (q *Query) JSONSchema() Schema {
	properties := Schema{}
	required := []string{}
	for _, p := range q.AllParams() {
		properties[p.Name] = p.JSONSchema()
		if p.Required {
			required = append(required, p.Name)
		}
	}
	return Schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// JSONSchema returns the schema of an argument.
func (p Param) JSONSchema() Schema {
	s := Schema{"description": p.Meaning}
	switch p.Kind {
	case NodeParam:
		s["type"], s["minLength"] = "string", 1
		s["description"] = p.Meaning + " (a name, alias, title or id)"
	case DateParam:
		s["type"] = "string"
		s["description"] = p.Meaning + " (EDTF: 2018, 2018-09 or 2018-09-21)"
		s["examples"] = []string{"2018-09-21", "2018"}
	case CountParam:
		s["type"], s["minimum"] = "integer", 0
	case TextParam:
		s["type"], s["minLength"] = "string", 1
	case WordParam:
		s["type"], s["enum"] = "string", p.Words
	case FlagParam:
		s["type"] = "boolean"
	}
	switch {
	case p.Default != "" && p.Kind == CountParam:
		s["default"] = 0 // no count has another
	case p.Default != "":
		s["default"] = p.Default
	case p.Kind == FlagParam:
		s["default"] = false
	}
	return s
}

// AnswerSchema returns the schema of a query's answer in JSON. References are to
// what Definitions holds, under a prefix such as "#/$defs/".
func (q *Query) AnswerSchema(prefix string) Schema {
	row, parameters := Schema{}, Schema{}
	var columns, names []string
	for _, c := range q.Columns {
		cell := c.Kind.jsonSchema(prefix)
		cell["description"] = c.Meaning
		row[c.Name] = cell
		columns = append(columns, c.Name)
	}
	for _, p := range q.AllParams() {
		parameters[p.Name] = p.answered(prefix)
		names = append(names, p.Name)
	}
	return object(Schema{
		"query":      Schema{"const": q.Name},
		"parameters": object(parameters, names...),
		"columns":    Schema{"const": columns},
		"rows":       Schema{"type": "array", "items": object(row, columns...)},
		"excluded":   Schema{"type": "array", "items": reference(prefix, "Exclusion")},
		"truncated":  Schema{"type": "boolean", "description": "whether there are more rows than these"},
	}, "query", "parameters", "columns", "rows", "excluded", "truncated")
}

// answered is the schema of an argument as an answer repeats it.
func (p Param) answered(prefix string) Schema {
	switch p.Kind {
	case NodeParam:
		return orNull(reference(prefix, "Ref"))
	case DateParam:
		return orNull(reference(prefix, "Date"))
	case CountParam:
		return orNull(Schema{"type": "integer", "minimum": 0})
	case FlagParam:
		return orNull(Schema{"type": "boolean"})
	case TextParam:
		return orNull(Schema{"type": "string"})
	}
	return Schema{"type": []string{"string", "null"}, "enum": append(anyOf(p.Words), nil)}
}

func (k ColumnKind) jsonSchema(prefix string) Schema {
	switch k {
	case NodeColumn:
		return orNull(reference(prefix, "Ref"))
	case NodesColumn:
		return Schema{"type": "array", "items": reference(prefix, "Ref")}
	case DateColumn:
		return orNull(reference(prefix, "Date"))
	case CountColumn:
		return Schema{"type": []string{"integer", "null"}}
	case RateColumn:
		return orNull(reference(prefix, "Rate"))
	case MoneyColumn:
		return orNull(reference(prefix, "Money"))
	case ParticipantsColumn:
		return Schema{"type": "array", "items": reference(prefix, "Participant")}
	case SourcesColumn:
		return Schema{"type": "array", "items": reference(prefix, "Citation")}
	}
	return Schema{"type": []string{"string", "null"}}
}

// Definitions are the schemas that answers refer to, by name.
func Definitions(prefix string) Schema {
	ref := reference(prefix, "Ref")
	return Schema{
		"Ref": object(Schema{
			"id":   Schema{"type": "string", "description": "the node's id, such as person/liu-he, or the IRI of a node of another vocabulary"},
			"name": Schema{"type": "string"},
		}, "id", "name"),
		"Date": Schema{"type": "string", "description": "an EDTF date"},
		"Rate": object(Schema{
			"min":  Schema{"type": []string{"number", "null"}, "description": "null where only the ceiling is known"},
			"max":  Schema{"type": []string{"number", "null"}},
			"unit": Schema{"const": "percent"},
		}, "min", "max", "unit"),
		"Money": object(Schema{
			"amount":   Schema{"type": "number"},
			"currency": Schema{"type": "string", "description": "ISO 4217"},
		}, "amount", "currency"),
		"Participant": object(Schema{
			"node": ref,
			"role": Schema{"type": []string{"string", "null"}},
			"side": orNull(ref),
		}, "node", "role", "side"),
		"Citation": object(Schema{
			"article":   ref,
			"publisher": Schema{"type": []string{"string", "null"}},
			"published": orNull(reference(prefix, "Date")),
			"paragraph": Schema{"type": []string{"integer", "null"}, "description": "from 1; null where the source is cited whole"},
			"start":     Schema{"type": []string{"integer", "null"}, "description": "Unicode code points into the whole text"},
			"end":       Schema{"type": []string{"integer", "null"}, "description": "exclusive"},
			"url":       Schema{"type": []string{"string", "null"}, "description": "the web address of the source"},
		}, "article", "publisher", "published", "paragraph", "start", "end", "url"),
		"Exclusion": object(Schema{
			"node":    ref,
			"reason":  Schema{"type": "string"},
			"sources": Schema{"type": "array", "items": reference(prefix, "Citation")},
		}, "node", "reason", "sources"),
	}
}

func object(properties Schema, required ...string) Schema {
	return Schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func reference(prefix, name string) Schema { return Schema{"$ref": prefix + name} }

func orNull(s Schema) Schema { return Schema{"anyOf": []Schema{s, {"type": "null"}}} }

func anyOf(words []string) []any {
	list := make([]any, 0, len(words)+1)
	for _, w := range words {
		list = append(list, w)
	}
	return list
}
