package render

import (
	"bytes"
	"encoding/json"
	"io"

	"parley/graph"
	"parley/queries"
)

// JSON writes one object: query, parameters, columns, rows, excluded,
// truncated. An absent value is null, never missing.
var JSON = register(&Format{
	Name: "json", Meaning: "one object, for programs", MediaType: "application/json", Extension: ".json",
	Write: func(w io.Writer, a *queries.Answer, _ Options) error {
		var compact, out bytes.Buffer
		if err := writeAnswer(&compact, a); err != nil {
			return err
		}
		if err := json.Indent(&out, compact.Bytes(), "", "  "); err != nil {
			return err
		}
		out.WriteByte('\n')
		_, err := w.Write(out.Bytes())
		return err
	},
})

func writeAnswer(b *bytes.Buffer, a *queries.Answer) error {
	o := object{b: b}
	cited := citations{}
	o.open()
	o.put("query", a.Query.Name)
	o.key("parameters")
	parameters := object{b: b}
	parameters.open()
	for _, p := range a.Parameters {
		parameters.put(p.Name, p.Value)
	}
	parameters.close()
	o.key("columns")
	columns := make([]string, len(a.Query.Columns))
	for i, c := range a.Query.Columns {
		columns[i] = c.Name
	}
	o.value(columns)
	o.key("rows")
	b.WriteByte('[')
	for i := range a.Rows {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeRow(b, a, i, cited); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	excluded := make([]any, len(a.Excluded))
	for i, e := range a.Excluded {
		excluded[i] = struct {
			Node    graph.Ref        `json:"node"`
			Reason  string           `json:"reason"`
			Sources []graph.Citation `json:"sources"`
		}{e.Node, e.Reason, append([]graph.Citation{}, e.Sources...)}
	}
	o.put("excluded", excluded)
	o.put("truncated", a.Truncated)
	o.close()
	return o.err
}

// citations are those that were written before, as they were: one passage is
// behind many rows.
type citations map[graph.Citation][]byte

// writeRow writes one row as an object in the order of the columns.
func writeRow(b *bytes.Buffer, a *queries.Answer, i int, cited citations) error {
	o := object{b: b, cited: cited}
	o.open()
	for j, c := range a.Query.Columns {
		o.put(c.Name, a.Rows[i][j])
	}
	o.close()
	return o.err
}

// object writes a JSON object whose keys keep their order.
type object struct {
	b     *bytes.Buffer
	cited citations // nil to keep none
	begun bool
	err   error
}

func (o *object) open()  { o.b.WriteByte('{') }
func (o *object) close() { o.b.WriteByte('}') }

func (o *object) key(k string) {
	if o.begun {
		o.b.WriteByte(',')
	}
	o.begun = true
	o.b.WriteByte('"')
	o.b.WriteString(k) // a word of our own
	o.b.WriteString(`":`)
}

func (o *object) put(k string, v any) {
	o.key(k)
	o.value(v)
}

func (o *object) value(v any) {
	if cites, ok := v.([]graph.Citation); ok && o.cited != nil {
		o.sources(cites)
		return
	}
	// An encoder, since Marshal would write <, > and & as escapes.
	e := json.NewEncoder(o.b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil && o.err == nil {
		o.err = err
	}
	o.b.Truncate(o.b.Len() - 1) // the encoder's line end
}

// sources writes a list of citations.
func (o *object) sources(cites []graph.Citation) {
	o.b.WriteByte('[')
	for i, c := range cites {
		if i > 0 {
			o.b.WriteByte(',')
		}
		text, ok := o.cited[c]
		if !ok {
			var err error
			if text, err = c.MarshalJSON(); err != nil && o.err == nil {
				o.err = err
			}
			o.cited[c] = text
		}
		o.b.Write(text)
	}
	o.b.WriteByte(']')
}
