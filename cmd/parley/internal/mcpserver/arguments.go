package mcpserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/graph"
	"parley/queries"
)

// mostText is how many characters a text may have: to look for what is spelt
// like it takes time with each, for each name that there is.
const mostText = 1000

// textsOf reads arguments as a model gives them, each of its own JSON type, as
// the texts that a query takes. What is null is not given. The error is an
// *ArgError.
func textsOf(params []queries.Param, raw []byte) (map[string]string, error) {
	given, err := objectOf(raw)
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string, len(given))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		i := slices.IndexFunc(params, func(p queries.Param) bool { return p.Name == name })
		if i < 0 {
			return nil, &queries.ArgError{Param: short(name), Problem: "there is no such argument; there is " + strings.Join(namesOf(params), ", ")}
		}
		if given[name] == nil {
			continue
		}
		if text, ok := given[name].(string); ok && utf8.RuneCountInString(text) > mostText {
			return nil, &queries.ArgError{Param: name, Problem: fmt.Sprintf("longer than %d characters; write less, such as an id", mostText)}
		}
		text, ok := textOf(params[i].Kind, given[name])
		if !ok {
			return nil, &queries.ArgError{Param: name, Problem: fmt.Sprintf("%s cannot stand here; write %s", kindOf(given[name]), wanted(params[i]))}
		}
		texts[name] = text
	}
	for _, p := range params {
		if text, ok := texts[p.Name]; ok && text == "" || !ok && p.Required {
			return nil, &queries.ArgError{Param: p.Name, Problem: "needs a value: " + p.Meaning + "; write " + wanted(p)}
		}
	}
	return texts, nil
}

// objectOf reads an object, whose numbers stay as they are written.
func objectOf(raw []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil && err != io.EOF {
		return nil, &queries.ArgError{Param: "arguments", Problem: "not JSON: " + err.Error()}
	}
	switch value := value.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return value, nil
	}
	return nil, &queries.ArgError{Param: "arguments", Problem: kindOf(value) + ` cannot stand here; write an object, such as {"limit": 10}`}
}

// textOf writes a value as a parameter takes it, false where it is of another
// type than the parameter's.
func textOf(kind queries.ParamKind, value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, kind == queries.NodeParam || kind == queries.DateParam || kind == queries.WordParam || kind == queries.TextParam
	case bool:
		return strconv.FormatBool(value), kind == queries.FlagParam
	case json.Number:
		if kind != queries.CountParam {
			return "", false
		}
		// A whole number may be written as 3.0 or 3e1 too.
		f, err := value.Float64()
		if err != nil || f != math.Trunc(f) || f < 0 || f > math.MaxInt32 {
			return "", false
		}
		return strconv.FormatInt(int64(f), 10), true
	}
	return "", false
}

// kindOf names the type of a JSON value.
func kindOf(value any) string {
	switch value := value.(type) {
	case string:
		return "a string"
	case bool:
		return "true or false"
	case json.Number:
		return "the number " + short(value.String())
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "null"
}

// wanted says what a parameter takes.
func wanted(p queries.Param) string {
	switch p.Kind {
	case queries.DateParam:
		return `a date as a string, such as "2018-09-21", "2018-09" or "2018"`
	case queries.CountParam:
		return "a whole number from 0 that is no string"
	case queries.WordParam:
		return `one of "` + strings.Join(p.Words, `", "`) + `"`
	case queries.TextParam:
		return "words as a string"
	case queries.FlagParam:
		return "true or false"
	}
	return `a name, alias, title or id as a string, such as "Liu He" or "person/liu-he"`
}

func namesOf(params []queries.Param) []string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
	}
	return names
}

// inputSchema is the schema of the arguments of a tool that no query makes.
func inputSchema(params []queries.Param) queries.Schema {
	properties, required := queries.Schema{}, []string{}
	for _, p := range params {
		properties[p.Name] = p.JSONSchema()
		if p.Required {
			required = append(required, p.Name)
		}
	}
	return queries.Schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// day reads the day that an answer is to be of.
func day(texts map[string]string) (graph.Date, error) {
	text := texts["known-by"]
	if text == "" {
		return graph.Date{}, nil
	}
	date, err := graph.ParseDate(text)
	if err != nil {
		return date, &queries.ArgError{Param: "known-by", Value: text, Problem: strings.TrimPrefix(err.Error(), strconv.Quote(text)+": ")}
	}
	return date, nil
}

// atMost returns the number of an argument, or what stands for none, but no more
// than the most.
func atMost(text string, none, most int) int {
	if text == "" {
		return none
	}
	n, err := strconv.Atoi(text)
	if err != nil || n == 0 || n > most {
		return most
	}
	return n
}
